package text

import (
	"errors"
	"fmt"
	"os"
	"strconv"
	"syscall"

	"golang.org/x/term"

	"rv86/userland/box"
)

var testCommand = box.Command{
	Name: "test", Usage: "EXPRESSION", Help: "Evaluate an expression; the exit status says whether it holds.",
	Raw: true, Run: func(c *box.Context) int { return evaluate(c, c.Args) },
}

var bracketCommand = box.Command{
	Name: "[", Usage: "EXPRESSION ]", Help: "Evaluate an expression; the exit status says whether it holds.",
	Raw: true,
	Run: func(c *box.Context) int {
		if n := len(c.Args); n > 0 && c.Args[n-1] == "]" {
			return evaluate(c, c.Args[:n-1])
		}
		c.Errorf("missing ']'")
		return box.Misuse
	},
}

func evaluate(c *box.Context, args []string) int {
	p := &testParser{args: args}
	if len(args) == 0 {
		return box.Failure
	}
	result, err := p.or()
	if err == nil && len(p.args) > 0 {
		err = fmt.Errorf("extra argument '%s'", p.args[0])
	}
	switch {
	case err != nil:
		c.Errorf("%s", err)
		return box.Misuse
	case result:
		return box.OK
	}
	return box.Failure
}

// testParser evaluates XCU test's grammar by recursive descent:
//
//	or: and [-o or]; and: not [-a and]; not: [!] primary
//
// An operand is one by its place: `test -f = -f` compares two strings.
type testParser struct{ args []string }

func (p *testParser) next() (string, error) {
	if len(p.args) == 0 {
		return "", errors.New("argument expected")
	}
	word := p.args[0]
	p.args = p.args[1:]
	return word, nil
}

func (p *testParser) accept(word string) bool {
	if len(p.args) > 0 && p.args[0] == word {
		p.args = p.args[1:]
		return true
	}
	return false
}

func (p *testParser) or() (bool, error) {
	left, err := p.and()
	if err != nil || !p.accept("-o") {
		return left, err
	}
	right, err := p.or()
	return left || right, err
}

func (p *testParser) and() (bool, error) {
	left, err := p.not()
	if err != nil || !p.accept("-a") {
		return left, err
	}
	right, err := p.and()
	return left && right, err
}

func (p *testParser) not() (bool, error) {
	if len(p.args) > 1 && binaryTests[p.args[1]] == nil && p.accept("!") {
		value, err := p.not()
		return !value, err
	}
	return p.primary()
}

func (p *testParser) primary() (bool, error) {
	if len(p.args) >= 3 && binaryTests[p.args[1]] != nil {
		left, operator, right := p.args[0], p.args[1], p.args[2]
		p.args = p.args[3:]
		return binaryTests[operator](left, right)
	}
	word, err := p.next()
	if err != nil {
		return false, err
	}
	if word == "(" && len(p.args) > 0 {
		value, err := p.or()
		if err == nil && !p.accept(")") {
			err = errors.New("missing ')'")
		}
		return value, err
	}
	if unary := unaryTests[word]; unary != nil && len(p.args) > 0 {
		operand, err := p.next()
		return err == nil && unary(operand), err
	}
	return word != "", nil
}

func modeTest(holds func(os.FileMode) bool) func(string) bool {
	return func(name string) bool {
		info, err := os.Stat(name)
		return err == nil && holds(info.Mode())
	}
}

func accessTest(mode uint32) func(string) bool {
	return func(name string) bool { return syscall.Access(name, mode) == nil }
}

// The modes of access(2).
const (
	mayRead    = 4
	mayWrite   = 2
	mayExecute = 1
)

var unaryTests = map[string]func(string) bool{
	"-n": func(s string) bool { return s != "" },
	"-z": func(s string) bool { return s == "" },
	"-e": modeTest(func(os.FileMode) bool { return true }),
	"-f": modeTest(os.FileMode.IsRegular),
	"-d": modeTest(os.FileMode.IsDir),
	"-b": modeTest(func(m os.FileMode) bool { return m&os.ModeDevice != 0 && m&os.ModeCharDevice == 0 }),
	"-c": modeTest(func(m os.FileMode) bool { return m&os.ModeCharDevice != 0 }),
	"-p": modeTest(func(m os.FileMode) bool { return m&os.ModeNamedPipe != 0 }),
	"-S": modeTest(func(m os.FileMode) bool { return m&os.ModeSocket != 0 }),
	"-u": modeTest(func(m os.FileMode) bool { return m&os.ModeSetuid != 0 }),
	"-h": isLink,
	"-L": isLink,
	"-s": func(name string) bool {
		info, err := os.Stat(name)
		return err == nil && info.Size() > 0
	},
	"-r": accessTest(mayRead),
	"-w": accessTest(mayWrite),
	"-x": accessTest(mayExecute),
	"-t": func(fd string) bool {
		n, err := strconv.Atoi(fd)
		return err == nil && term.IsTerminal(n)
	},
}

func isLink(name string) bool {
	info, err := os.Lstat(name)
	return err == nil && info.Mode()&os.ModeSymlink != 0
}

func numbers(holds func(a, b int64) bool) func(left, right string) (bool, error) {
	return func(left, right string) (bool, error) {
		a, err := strconv.ParseInt(left, 10, 64)
		if err != nil {
			return false, fmt.Errorf("invalid integer '%s'", left)
		}
		b, err := strconv.ParseInt(right, 10, 64)
		if err != nil {
			return false, fmt.Errorf("invalid integer '%s'", right)
		}
		return holds(a, b), nil
	}
}

var binaryTests = map[string]func(left, right string) (bool, error){
	"=":   func(a, b string) (bool, error) { return a == b, nil },
	"==":  func(a, b string) (bool, error) { return a == b, nil },
	"!=":  func(a, b string) (bool, error) { return a != b, nil },
	"-eq": numbers(func(a, b int64) bool { return a == b }),
	"-ne": numbers(func(a, b int64) bool { return a != b }),
	"-lt": numbers(func(a, b int64) bool { return a < b }),
	"-le": numbers(func(a, b int64) bool { return a <= b }),
	"-gt": numbers(func(a, b int64) bool { return a > b }),
	"-ge": numbers(func(a, b int64) bool { return a >= b }),
	"-nt": func(a, b string) (bool, error) { return newer(a, b), nil },
	"-ot": func(a, b string) (bool, error) { return newer(b, a), nil },
	"-ef": func(a, b string) (bool, error) {
		x, errX := os.Stat(a)
		y, errY := os.Stat(b)
		return errX == nil && errY == nil && os.SameFile(x, y), nil
	},
}

// newer holds also when only the first file exists (XCU test, -nt).
func newer(a, b string) bool {
	x, err := os.Stat(a)
	if err != nil {
		return false
	}
	y, err := os.Stat(b)
	return err != nil || x.ModTime().After(y.ModTime())
}
