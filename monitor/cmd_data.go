package monitor

import (
	"errors"
	"fmt"
	"strings"

	"rv86/monitor/expr"
)

func dataCommands() []command {
	return []command{
		{
			names: []string{"print", "inspect"}, group: groupData, args: "[/FMT] EXPR", complete: completeExpr, repeat: true,
			help: "Print the value of an expression.",
			more: "Expressions are C's: variables, $registers, * & . -> [] casts and arithmetic; a@n is an array of n from a on;\n" +
				"module!name and 'a/package.name' say whose name is meant. Every value gets a number, $1 and so on.\n" +
				"FMT is x d u o t (binary) a (address) c f s or z (hexadecimal with zeroes).",
			example: "print origin.x * 2 + n", fn: (*Monitor).cmdPrint,
		},
		{
			names: []string{"set"}, group: groupData, args: "EXPR = EXPR | $NAME = EXPR", complete: completeExpr,
			help:    "Change a register, memory, or a variable of the session. This begins a new future.",
			more:    "A $NAME that stands for nothing becomes a variable of the session, with its value's type.",
			example: "set n = n", fn: (*Monitor).cmdSet,
		},
		{
			names: []string{"x"}, group: groupData, args: "[/NFU] EXPR", complete: completeExpr, repeat: true,
			help: "Look at memory: N units of size U (b h w g) in format F (x d u o t a c s i z).",
			more: "With -p before the expression the address is physical. Enter goes on behind.", example: "x/4xw $sp", fn: (*Monitor).cmdExamine,
		},
		{
			names: []string{"display"}, group: groupData, args: "[[/FMT] EXPR]", complete: completeExpr,
			help: "Print an expression whenever the machine stops; without one, print all.", example: "display n", fn: (*Monitor).cmdDisplay,
		},
		{
			names: []string{"undisplay"}, group: groupData, args: "[N...]",
			help: "Stop printing expressions; without a number, all.", example: "undisplay", fn: (*Monitor).cmdUndisplay,
		},
		{
			names: []string{"whatis"}, group: groupData, args: "EXPR", complete: completeExpr,
			help: "Print the type of an expression.", example: "whatis origin", fn: (*Monitor).cmdWhatis,
		},
		{
			names: []string{"ptype"}, group: groupData, args: "EXPR | TYPE", complete: completeExpr,
			help: "Print a type with its fields.", example: "ptype struct point", fn: (*Monitor).cmdPtype,
		},
		{
			names: []string{"registers"}, group: groupData, args: "[NAME | all | fpu | csr | control | segments]", complete: completeRegister,
			help: "Show registers, control registers bit by bit; the same as info registers.", example: "registers", fn: (*Monitor).infoRegisters,
		},
	}
}

func (m *Monitor) eval(text string) (expr.Value, error) { return expr.Evaluate(m.env(), text) }

func (m *Monitor) evalInt(text string) (uint64, error) {
	v, err := m.eval(text)
	if err != nil {
		return 0, err
	}
	return expr.Int(m.env(), v)
}

// format is gdb's /NFU.
type format struct {
	count  uint64
	letter byte
	size   int // bytes; 0: the default
}

const formatLetters = "xduotacfszi"

var unitSizes = map[byte]int{'b': 1, 'h': 2, 'w': 4, 'g': 8}

// cutFormat takes /NFU off the front.
func cutFormat(args string) (f format, rest string, err error) {
	f.count = 1
	text, ok := strings.CutPrefix(args, "/")
	if !ok {
		return f, args, nil
	}
	text, rest, _ = strings.Cut(text, " ")
	digits := 0
	for digits < len(text) && text[digits] >= '0' && text[digits] <= '9' {
		digits++
	}
	if digits > 0 {
		if _, err := fmt.Sscan(text[:digits], &f.count); err != nil || f.count == 0 || f.count > 1<<16 {
			return f, "", fmt.Errorf("%s is no number of units", text[:digits])
		}
	}
	for _, c := range []byte(text[digits:]) {
		switch size, unit := unitSizes[c]; {
		case unit:
			f.size = size
		case strings.IndexByte(formatLetters, c) >= 0:
			f.letter = c
		default:
			return f, "", fmt.Errorf("%q is no format: letters are %s, sizes b h w g", string(c), strings.Join(strings.Split(formatLetters, ""), " "))
		}
	}
	return f, strings.TrimSpace(rest), nil
}

func (m *Monitor) cmdPrint(args string) error {
	f, text, err := cutFormat(args)
	if err != nil {
		return err
	}
	if text == "" {
		text = "$"
	}
	v, err := m.eval(text)
	if err != nil {
		return err
	}
	v, err = expr.Load(m.env(), v)
	if err != nil && v.Gone == "" {
		return err
	}
	out, err := expr.Format(m.env(), v, f.letter)
	if err != nil {
		return err
	}
	m.history = append(m.history, v)
	m.out.printf("$%d = %s\n", len(m.history), out)
	return nil
}

func (m *Monitor) cmdSet(args string) error {
	args = strings.TrimPrefix(args, "var ")
	if args == "" {
		return errors.New("say what to set: set NAME = VALUE")
	}
	e, err := expr.Parse(m.env(), args)
	if err != nil {
		return err
	}
	if !e.Assigns() {
		return fmt.Errorf("%q changes nothing: write set NAME = VALUE", args)
	}
	_, err = e.Eval(m.env())
	if err == nil {
		m.arrivedHere()
	}
	return err
}

// arrivedHere reads the present state again, and keeps the frame.
func (m *Monitor) arrivedHere() {
	selected := m.selected
	m.arrived()
	m.selected = selected
}

// examineState is where x goes on.
type examineState struct {
	f     format
	next  uint64
	phys  bool
	begun bool // an address was given
}

func (m *Monitor) cmdExamine(args string) error {
	f, text, err := cutFormat(args)
	if err != nil {
		return err
	}
	st := &m.examineAt
	if f.letter == 0 {
		if f.letter = st.f.letter; f.letter == 0 {
			f.letter = 'x'
		}
	}
	if f.size == 0 {
		if f.size = st.f.size; f.size == 0 {
			f.size = 4
		}
		if f.letter == 'a' {
			f.size = m.arch.word
		}
		if f.letter == 'c' {
			f.size = 1
		}
	}
	if text == "" && !st.begun {
		return errors.New("say where: x/4x ADDRESS")
	}
	st.begun = true
	if text != "" {
		st.phys = false
		if rest, ok := strings.CutPrefix(text, "-p "); ok {
			st.phys, text = true, rest
		}
		v, err := m.eval(text)
		if err != nil {
			return err
		}
		if n, err := expr.Int(m.env(), v); err == nil && !(v.Mem && expr.Size(v.Type) > 0 && !isArray(v)) {
			st.next = n
		} else if v.Mem {
			st.next = v.Addr
			if n, err := expr.Int(m.env(), v); err == nil && !isArray(v) {
				st.next = n // a pointer or number: its value is the address
			}
		} else {
			return err
		}
	}
	st.f = f
	st.next = m.trunc(st.next)
	switch f.letter {
	case 'i':
		return m.examineCode(int(f.count))
	case 's':
		return m.examineStrings(int(f.count))
	}
	return m.examineUnits()
}

func isArray(v expr.Value) bool { return strings.HasSuffix(expr.TypeString(expr.Plain(v.Type)), "]") }

func (m *Monitor) read(a uint64, b []byte) error {
	if m.examineAt.phys {
		return m.Target.ReadPhys(a, b)
	}
	return m.Target.ReadVirt(m.trunc(a), b)
}

// perLine is how many units stand in a line.
var perLine = map[int]uint64{1: 8, 2: 8, 4: 4, 8: 2}

func (m *Monitor) examineUnits() error {
	st := &m.examineAt
	f := st.f
	for i := uint64(0); i < f.count; i++ {
		b := make([]byte, f.size)
		if err := m.read(st.next, b); err != nil {
			if i%perLine[f.size] != 0 {
				m.out.printf("\n")
			}
			return unreadable(st.next, err)
		}
		if i%perLine[f.size] == 0 {
			if i > 0 {
				m.out.printf("\n")
			}
			m.out.printf("%s", m.addr(st.next))
			if name := m.symbolText(st.next); name != "" && !st.phys {
				m.out.printf(" <%s>", name)
			}
			m.out.printf(":")
		}
		letter := f.letter
		if letter == 'x' {
			letter = 'z'
		}
		m.out.printf("\t%s", expr.Scalar(m.env(), number(b), f.size, letter))
		st.next = m.trunc(st.next + uint64(f.size))
	}
	m.out.printf("\n")
	return nil
}

// unreadable says which memory is not there, and why.
func unreadable(at uint64, err error) error {
	if r := (interface{ Reason() string })(nil); errors.As(err, &r) {
		err = errors.New(r.Reason())
	}
	return fmt.Errorf("cannot read memory at %#x: %w", at, err)
}

func (m *Monitor) examineCode(n int) error {
	st := &m.examineAt
	for range n {
		text := m.instructionText(st.next, "   ")
		if st.next == m.pc() {
			text = "=> " + strings.TrimPrefix(text, "   ")
		}
		m.out.printf("%s\n", text)
		size := m.instructionSize(st.next)
		if size == 0 {
			return fmt.Errorf("cannot read memory at %#x", st.next)
		}
		st.next = m.trunc(st.next + size)
	}
	return nil
}

func (m *Monitor) examineStrings(n int) error {
	const longest = 200
	st := &m.examineAt
	for range n {
		var s []byte
		start := st.next
		for c := []byte{0}; ; {
			if err := m.read(st.next, c); err != nil {
				return unreadable(st.next, err)
			}
			st.next = m.trunc(st.next + 1)
			if c[0] == 0 || len(s) == longest {
				break
			}
			s = append(s, c[0])
		}
		m.out.printf("%s:\t%q\n", m.addr(start), s)
	}
	return nil
}

// display is an expression that is shown at each stop.
type display struct {
	num  int
	f    format
	text string
}

func (m *Monitor) cmdDisplay(args string) error {
	if args == "" {
		m.showDisplays()
		return nil
	}
	f, text, err := cutFormat(args)
	if err != nil {
		return err
	}
	if f.letter != 'i' && f.letter != 's' {
		if _, err := m.eval(text); err != nil {
			return err
		}
	}
	d := display{m.nextDisplay, f, text}
	m.nextDisplay++
	m.displays = append(m.displays, d)
	m.showDisplay(d)
	return nil
}

func (m *Monitor) showDisplays() {
	for _, d := range m.displays {
		m.showDisplay(d)
	}
}

func (m *Monitor) showDisplay(d display) {
	if d.f.letter == 'i' || d.f.letter == 's' {
		m.out.printf("%d: x/%c %s\n", d.num, d.f.letter, d.text)
		if err := m.cmdExamine(fmt.Sprintf("/%d%c %s", d.f.count, d.f.letter, d.text)); err != nil {
			m.out.printf("%s\n", sentence(err))
		}
		return
	}
	v, err := m.eval(d.text)
	if err == nil {
		var out string
		if out, err = expr.Format(m.env(), v, d.f.letter); err == nil {
			m.out.printf("%d: %s = %s\n", d.num, d.text, out)
			return
		}
	}
	m.out.printf("%d: %s = <%v>\n", d.num, d.text, err)
}

func (m *Monitor) cmdUndisplay(args string) error {
	if args == "" {
		m.displays = nil
		return nil
	}
	for _, w := range strings.Fields(args) {
		found := false
		for i, d := range m.displays {
			if fmt.Sprint(d.num) == w {
				m.displays = append(m.displays[:i:i], m.displays[i+1:]...)
				found = true
				break
			}
		}
		if !found {
			return fmt.Errorf("there is no display %q", w)
		}
	}
	return nil
}

func (m *Monitor) cmdWhatis(args string) error {
	v, err := m.eval(args)
	if err != nil {
		return err
	}
	m.out.printf("type = %s\n", expr.TypeString(v.Type))
	return nil
}

func (m *Monitor) cmdPtype(args string) error {
	if t, ok := expr.ParseType(m.env(), args); ok {
		m.out.printf("type = %s\n", expr.Describe(t))
		return nil
	}
	v, err := m.eval(args)
	if err != nil {
		return err
	}
	m.out.printf("type = %s\n", expr.Describe(v.Type))
	return nil
}
