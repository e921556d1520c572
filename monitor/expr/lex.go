package expr

import (
	"fmt"
	"strconv"
	"strings"
)

type tokenKind uint8

const (
	tokEnd tokenKind = iota
	tokNumber
	tokReal // a floating-point number
	tokString
	tokName   // identifier
	tokQuoted // 'a name'
	tokReg    // $name, without the $
	tokOp
)

type token struct {
	kind tokenKind
	text string
	num  uint64
	real float64
	pos  int
	char bool // a number that was written as a character
	// words name the type that a number's suffix asks for.
	words string
}

// operators, longest first.
var operators = []string{
	"<<=", ">>=",
	"->", "<<", ">>", "<=", ">=", "==", "!=", "&&", "||", "+=", "-=", "*=", "/=", "%=", "&=", "|=", "^=",
	"+", "-", "*", "/", "%", "&", "|", "^", "~", "!", "<", ">", "=", "?", ":", "(", ")", "[", "]", ".", "@", ",",
}

// SyntaxError says what is wrong with an expression and where.
type SyntaxError struct {
	Text string
	Pos  int
	Why  string
}

func (e *SyntaxError) Error() string {
	if e.Text == "" {
		return e.Why
	}
	return fmt.Sprintf("%s in %q", e.Why, e.Text)
}

func lex(text string) (out []token, err error) {
	fail := func(pos int, why string) ([]token, error) { return nil, &SyntaxError{text, pos, why} }
	for i := 0; i < len(text); {
		c := text[i]
		start := i
		switch {
		case c == ' ' || c == '\t':
			i++
			continue
		case c >= '0' && c <= '9':
			t, n := numeral(text[i:])
			i += n
			if t.kind == tokEnd {
				return fail(start, fmt.Sprintf("%q is not a number", text[start:i]))
			}
			t.text, t.pos = text[start:i], start
			out = append(out, t)
		case c == '$':
			for i++; i < len(text) && (nameByte(text[i]) || text[i] == '$'); i++ {
			}
			out = append(out, token{kind: tokReg, text: text[start+1 : i], pos: start})
		case nameStart(c):
			for i < len(text) && (nameByte(text[i]) || i > start && text[i] == '!' && i+1 < len(text) && nameStart(text[i+1])) {
				i++
			}
			out = append(out, token{kind: tokName, text: text[start:i], pos: start})
		case c == '"':
			s, n, err := unquote(text[i:])
			if err != nil {
				return fail(start, "a string without an end")
			}
			i += n
			out = append(out, token{kind: tokString, text: s, pos: start})
		case c == '\'':
			t, n, ok := quoted(text[i:])
			if !ok {
				return fail(start, "a quote without an end")
			}
			i += n
			t.pos = start
			out = append(out, t)
		default:
			op := operatorAt(text[i:])
			if op == "" {
				return fail(start, fmt.Sprintf("%q means nothing here", string(c)))
			}
			i += len(op)
			out = append(out, token{kind: tokOp, text: op, pos: start})
		}
	}
	return append(out, token{kind: tokEnd, pos: len(text)}), nil
}

// numeral reads a number from the start of s: tokEnd if what stands there is
// none. A point belongs to it only before a digit, or 5.x would be half a number.
func numeral(s string) (t token, n int) {
	word := func() {
		for n < len(s) && nameByte(s[n]) {
			n++
		}
	}
	digit := func(i int) bool { return i < len(s) && s[i] >= '0' && s[i] <= '9' }
	word()
	hex := strings.HasPrefix(s, "0x") || strings.HasPrefix(s, "0X")
	if !hex && n < len(s) && s[n] == '.' && digit(n+1) {
		n++
		word()
	}
	if !hex && s[n-1]|0x20 == 'e' && n < len(s) && (s[n] == '-' || s[n] == '+') && digit(n+1) {
		n++
		word()
	}
	digits := strings.TrimRight(s[:n], "uUlL")
	if v, err := strconv.ParseUint(digits, 0, 64); err == nil {
		words := strings.NewReplacer("u", "unsigned ", "l", "long ").Replace(strings.ToLower(s[len(digits):n]))
		return token{kind: tokNumber, num: v, words: words}, n
	}
	if hex || !strings.ContainsAny(s[:n], ".eE") {
		return token{}, n
	}
	if f, err := strconv.ParseFloat(strings.TrimRight(s[:n], "fFlL"), 64); err == nil {
		return token{kind: tokReal, real: f}, n
	}
	return token{}, n
}

func operatorAt(s string) string {
	for _, op := range operators {
		if strings.HasPrefix(s, op) {
			return op
		}
	}
	return ""
}

func nameStart(c byte) bool { return c == '_' || c|0x20 >= 'a' && c|0x20 <= 'z' || c >= 0x80 }
func nameByte(c byte) bool  { return nameStart(c) || c >= '0' && c <= '9' }

// unquote reads a C string from the start of s.
func unquote(s string) (text string, n int, err error) {
	for i := 1; i < len(s); i++ {
		switch s[i] {
		case '\\':
			i++
		case '"':
			text, err := strconv.Unquote(s[:i+1])
			return text, i + 1, err
		}
	}
	return "", 0, strconv.ErrSyntax
}

// quoted reads what stands in single quotes: a character, or a name that would
// otherwise not be one.
func quoted(s string) (t token, n int, ok bool) {
	end := 1
	for end < len(s) && s[end] != '\'' {
		if s[end] == '\\' {
			end++
		}
		end++
	}
	if end >= len(s) {
		return t, 0, false
	}
	if v, _, rest, err := strconv.UnquoteChar(s[1:end+1], '\''); err == nil && rest == "'" {
		return token{kind: tokNumber, num: uint64(v), char: true}, end + 1, true
	}
	return token{kind: tokQuoted, text: s[1:end]}, end + 1, true
}
