package expr

import (
	"debug/dwarf"
	"fmt"
)

// node is a part of an expression.
type node interface{}

type (
	number struct {
		v     uint64
		char  bool
		words string // of its type
	}
	real   struct{ f float64 }
	text   struct{ s string }
	reg    struct{ name string }
	name   struct{ parts []string } // a.b.c: a name, or fields of one
	member struct {
		x     node
		field string
	}
	index struct{ x, i node }
	unary struct {
		op string
		x  node
	}
	infix struct {
		op   string
		a, b node
	}
	cast struct {
		t dwarf.Type
		x node
	}
	sizeofType struct{ t dwarf.Type }
	choice     struct{ cond, a, b node }
	assign     struct {
		op   string
		a, b node
	}
)

// Expr is an expression that was read.
type Expr struct {
	root node
	Text string
}

// maxDepth bounds nesting, so that no text exhausts the stack.
const maxDepth = 200

type parser struct {
	env   Env
	text  string
	toks  []token
	depth int
}

// Parse reads an expression. env tells types from variables in casts.
func Parse(env Env, s string) (*Expr, error) {
	toks, err := lex(s)
	if err != nil {
		return nil, err
	}
	p := &parser{env: env, text: s, toks: toks}
	if p.peek().kind == tokEnd {
		return nil, &SyntaxError{s, 0, "an expression is missing"}
	}
	n, err := p.assignment()
	if err != nil {
		return nil, err
	}
	if t := p.peek(); t.kind != tokEnd {
		return nil, p.fail("%s is left over", describe(t))
	}
	return &Expr{n, s}, nil
}

func describe(t token) string {
	switch t.kind {
	case tokEnd:
		return "the end"
	case tokReg:
		return "$" + t.text
	case tokNumber, tokReal:
		return "a number"
	}
	return fmt.Sprintf("%q", t.text)
}

func (p *parser) peek() token { return p.toks[0] }

func (p *parser) next() token {
	t := p.toks[0]
	if t.kind != tokEnd {
		p.toks = p.toks[1:]
	}
	return t
}

func (p *parser) op(s string) bool {
	if t := p.peek(); t.kind == tokOp && t.text == s {
		p.next()
		return true
	}
	return false
}

func (p *parser) expect(s string) error {
	if !p.op(s) {
		return p.fail("%q is missing before %s", s, describe(p.peek()))
	}
	return nil
}

func (p *parser) fail(format string, a ...any) error {
	return &SyntaxError{p.text, p.peek().pos, fmt.Sprintf(format, a...)}
}

var assignments = map[string]string{
	"=": "", "+=": "+", "-=": "-", "*=": "*", "/=": "/", "%=": "%", "&=": "&", "|=": "|", "^=": "^", "<<=": "<<", ">>=": ">>",
}

func (p *parser) assignment() (node, error) {
	if p.depth++; p.depth > maxDepth {
		return nil, p.fail("too many parentheses")
	}
	defer func() { p.depth-- }()
	a, err := p.conditional()
	if err != nil {
		return nil, err
	}
	t := p.peek()
	op, ok := assignments[t.text]
	if t.kind != tokOp || !ok {
		return a, nil
	}
	p.next()
	b, err := p.assignment()
	return assign{op, a, b}, err
}

func (p *parser) conditional() (node, error) {
	cond, err := p.binary(0)
	if err != nil || !p.op("?") {
		return cond, err
	}
	a, err := p.assignment()
	if err != nil {
		return nil, err
	}
	if err := p.expect(":"); err != nil {
		return nil, err
	}
	b, err := p.assignment()
	return choice{cond, a, b}, err
}

// levels are the binary operators, weakest first. @ makes an array, as in gdb.
var levels = [][]string{
	{"||"}, {"&&"}, {"|"}, {"^"}, {"&"}, {"==", "!="}, {"<", ">", "<=", ">="}, {"<<", ">>"}, {"@"}, {"+", "-"}, {"*", "/", "%"},
}

func (p *parser) binary(level int) (node, error) {
	if level == len(levels) {
		return p.unary()
	}
	a, err := p.binary(level + 1)
	for err == nil {
		op := ""
		for _, s := range levels[level] {
			if p.op(s) {
				op = s
				break
			}
		}
		if op == "" {
			return a, nil
		}
		var b node
		b, err = p.binary(level + 1)
		a = infix{op, a, b}
	}
	return nil, err
}

func (p *parser) unary() (node, error) {
	if p.depth++; p.depth > maxDepth {
		return nil, p.fail("too many operators")
	}
	defer func() { p.depth-- }()
	for _, op := range []string{"-", "+", "!", "~", "*", "&"} {
		if p.op(op) {
			x, err := p.unary()
			return unary{op, x}, err
		}
	}
	t := p.peek()
	if t.kind == tokName && t.text == "sizeof" {
		return p.sizeof()
	}
	if t.kind == tokOp && t.text == "(" {
		save := p.toks
		p.next()
		if typ, ok := p.typeName(); ok && p.op(")") {
			x, err := p.unary()
			return cast{typ, x}, err
		}
		p.toks = save
	}
	return p.postfix()
}

func (p *parser) sizeof() (node, error) {
	p.next()
	save := p.toks
	if p.op("(") {
		if typ, ok := p.typeName(); ok && p.op(")") {
			return sizeofType{typ}, nil
		}
		p.toks = save
	}
	x, err := p.unary()
	return unary{"sizeof", x}, err
}

func (p *parser) postfix() (node, error) {
	x, err := p.primary()
	for err == nil {
		switch {
		case p.op("["):
			var i node
			if i, err = p.assignment(); err == nil {
				err = p.expect("]")
			}
			x = index{x, i}
		case p.peek().kind == tokOp && p.peek().text == "(":
			return nil, p.fail("functions of the guest cannot be called")
		case p.op("->"), p.op("."):
			t := p.next()
			if t.kind != tokName {
				return nil, p.fail("the name of a field is missing")
			}
			// a.b may also be the name of a Go variable.
			if n, ok := x.(name); ok {
				x = name{append(append([]string(nil), n.parts...), t.text)}
			} else {
				x = member{x, t.text}
			}
		default:
			return x, nil
		}
	}
	return nil, err
}

func (p *parser) primary() (node, error) {
	switch t := p.next(); t.kind {
	case tokNumber:
		return number{t.num, t.char, t.words}, nil
	case tokReal:
		return real{t.real}, nil
	case tokString:
		return text{t.text}, nil
	case tokReg:
		return reg{t.text}, nil
	case tokName, tokQuoted:
		if tag := p.peek(); t.kind == tokName && tagged[t.text] && tag.kind == tokName {
			return nil, fmt.Errorf("there is no %s %s in what is loaded", t.text, tag.text)
		}
		return name{[]string{t.text}}, nil
	case tokOp:
		if t.text == "(" {
			x, err := p.assignment()
			if err != nil {
				return nil, err
			}
			// Parentheses end a dotted name.
			return unary{"()", x}, p.expect(")")
		}
		return nil, p.fail("%q needs something before it", t.text)
	}
	return nil, p.fail("something is missing at the end")
}

// typeName reads a type: int, unsigned long, struct list_head *, a typedef.
func (p *parser) typeName() (dwarf.Type, bool) {
	t, ok := p.baseType()
	if !ok {
		return nil, false
	}
	for p.op("*") {
		t = p.env.Pointer(t)
	}
	return t, true
}

// tagged are the words before the names of C's own types.
var tagged = map[string]bool{"struct": true, "union": true, "enum": true}

// qualifiers say nothing here.
var qualifiers = map[string]bool{"const": true, "volatile": true}

func (p *parser) baseType() (dwarf.Type, bool) {
	words := ""
	for {
		t := p.peek()
		if t.kind == tokQuoted && words == "" {
			p.next()
			return p.env.Type("", t.text)
		}
		if t.kind != tokName {
			break
		}
		if qualifiers[t.text] {
			p.next()
			continue
		}
		if tagged[t.text] {
			p.next()
			tag := p.next()
			return p.env.Type(t.text, tag.text)
		}
		switch t.text {
		case "unsigned", "signed", "int", "char", "short", "long", "void", "float", "double":
			p.next()
			words += t.text + " "
			continue
		}
		if words != "" {
			return nil, false
		}
		p.next()
		return p.env.Type("", t.text)
	}
	return p.env.Basic(words)
}

// Assigns says that the expression changes something.
func (e *Expr) Assigns() bool {
	_, ok := e.root.(assign)
	return ok
}

// ParseType reads a type alone.
func ParseType(env Env, s string) (dwarf.Type, bool) {
	toks, err := lex(s)
	if err != nil {
		return nil, false
	}
	p := &parser{env: env, text: s, toks: toks}
	t, ok := p.typeName()
	return t, ok && p.peek().kind == tokEnd
}
