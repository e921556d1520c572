package monitor

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"
	"time"

	"rv86/monitor/debuginfo"
	"rv86/monitor/expr"
)

// Config says what a monitor works with. Only Target, Out and Lines are needed.
type Config struct {
	Target Target
	Out    io.Writer
	Lines  Lines
	Color  bool
	JSON   bool // one object a command instead of text

	Kernel     *debuginfo.Image                 // nil: unknown
	Module     func(name string) ([]byte, bool) // a module's file, by its name
	Modules    []string                         // names of the modules that Module knows
	Program    func(path string) ([]byte, bool) // a program's file, by its path in the guest
	Sources    []string                         // directories in which source files are looked for
	Foreground func() (ctx context.Context, done func())
	// Disassemble is asked about instructions that the toolchain's tables lack.
	Disassemble func(code []byte, pc uint64) (text string, size int, ok bool)
}

// Lines gives the commands. io.EOF ends the monitor.
type Lines interface {
	ReadLine(prompt string) (string, error)
}

// ErrQuit is returned by Execute for the command quit.
var ErrQuit = errors.New("quit")

// ErrDetach is returned by Execute for the command detach.
var ErrDetach = errors.New("detach")

// Monitor is a debugging session. See the package comment.
type Monitor struct {
	Config
	arch   *arch
	basics expr.Basics
	out    *output

	kernel   *debuginfo.Image // nil: unknown kernel
	programs []*debuginfo.Image
	known    map[string]*debuginfo.Image // programs, by path
	current  *debuginfo.Image            // the program of the address space in use
	looked   bool                        // current was looked for
	modules  moduleList

	points      []*breakpoint
	nextNum     int
	resolved    map[int]location // by point.Point's ID
	displays    []display
	nextDisplay int
	limits      limits

	regs     map[string][]byte // of the present state; nil: to be read
	stack    []*frame
	selected int
	place    activation      // where the machine was shown last
	shown    map[uint64]bool // saved contexts that the stack went through

	history   []expr.Value
	vars      map[string]expr.Value
	last      string // the last command, for Enter
	status    int    // the exit status of a machine that has ended
	ended     string // why the machine has ended; "": it has not
	examineAt examineState
	listAt    listState
	stopped   *stopReport // of the command in progress, for JSON
	depth     int         // of nested command lists and sourced files
	pushed    []Lines
	syntax    string
}

// New opens a session on a machine that stands still.
func New(c Config) (*Monitor, error) {
	a, err := archOf(c.Target.Arch())
	if err != nil {
		return nil, err
	}
	m := &Monitor{Config: c, arch: a, basics: expr.Basics{WordSize: a.word}, vars: map[string]expr.Value{}, known: map[string]*debuginfo.Image{}, nextNum: 1, nextDisplay: 1, syntax: "gnu"}
	m.out = &output{w: c.Out, color: c.Color}
	if c.Foreground == nil {
		m.Foreground = func() (context.Context, func()) { return context.Background(), func() {} }
	}
	m.kernel = c.Kernel
	m.arrived()
	m.install(nil)
	return m, nil
}

const prompt = "(rv86) "

// Run reads and executes commands until quit or the end of the input.
func (m *Monitor) Run() error {
	for {
		line, err := m.readLine(prompt)
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
		switch err := m.Execute(line); {
		case errors.Is(err, ErrQuit):
			return nil
		case errors.Is(err, ErrDetach):
			return err
		}
	}
}

// readLine takes the next line of the file being read, or of the user.
func (m *Monitor) readLine(prompt string) (string, error) {
	if n := len(m.pushed); n > 0 {
		return m.pushed[n-1].ReadLine(prompt)
	}
	if m.Lines == nil {
		return "", io.EOF
	}
	return m.Lines.ReadLine(prompt)
}

// result is a command's outcome in JSON.
type result struct {
	Command string      `json:"command"`
	OK      bool        `json:"ok"`
	Error   string      `json:"error,omitempty"`
	Text    string      `json:"text,omitempty"`
	Stop    *stopReport `json:"stop,omitempty"`
}

// Execute runs one command line and prints its result or what was wrong. The
// error is the same, for scripts; ErrQuit ends the session.
func (m *Monitor) Execute(line string) error {
	line = strings.TrimSpace(line)
	if line == "" {
		if line = m.last; line == "" {
			return nil
		}
	} else if line[0] == '#' {
		return nil
	}
	m.stopped = nil
	var text strings.Builder
	if m.JSON && m.depth == 0 {
		defer func(w io.Writer) { m.out.w = w }(m.out.w)
		m.out.w = &text
	}
	err := m.dispatch(line)
	switch {
	case errors.Is(err, ErrQuit), errors.Is(err, ErrDetach):
		return err
	case m.JSON && m.depth == 0:
		r := result{Command: line, OK: err == nil, Text: text.String(), Stop: m.stopped}
		if err != nil {
			r.Error = err.Error()
		}
		if b, e := json.Marshal(r); e == nil {
			fmt.Fprintf(m.Out, "%s\n", b)
		}
	case err != nil:
		m.out.printf("%s\n", m.out.paint(colorError, sentence(err)))
	}
	return err
}

// sentence makes an error one: a capital and a full stop.
func sentence(err error) string {
	s := err.Error()
	if s == "" {
		return s
	}
	if last := s[len(s)-1]; last != '.' && last != '\n' && last != '?' {
		s += "."
	}
	if first := s[0]; first >= 'a' && first <= 'z' {
		if word, _, _ := strings.Cut(s, " "); !strings.ContainsAny(word, "._/:!0123456789") {
			s = strings.ToUpper(s[:1]) + s[1:]
		}
	}
	return s
}

// arrived forgets what was read of the machine's former state, and follows the
// modules.
func (m *Monitor) arrived() {
	m.forget()
	m.followModules()
}

// forget drops what was read of the machine's state.
func (m *Monitor) forget() {
	m.regs, m.stack, m.selected, m.shown = nil, nil, 0, map[uint64]bool{}
	m.current, m.looked = nil, false
}

// limits bound a run.
type limits struct {
	insns uint64
	time  time.Duration
}

// output writes text, coloured on a terminal.
type output struct {
	w     io.Writer
	color bool
}

func (o *output) printf(format string, a ...any) { fmt.Fprintf(o.w, format, a...) }

// SGR codes (ECMA-48 8.3.117).
const (
	colorName  = "1"
	colorAddr  = "36"
	colorFile  = "32"
	colorError = "31"
)

func (o *output) paint(code, s string) string {
	if !o.color || s == "" {
		return s
	}
	return "\x1b[" + code + "m" + s + "\x1b[0m"
}

// register reads a register by any of its names.
func (m *Monitor) register(name string) ([]byte, bool) {
	if m.regs == nil {
		m.regs = map[string][]byte{}
		for _, r := range m.Target.Registers() {
			m.regs[r.Name] = r.Value
		}
	}
	b, ok := m.regs[m.arch.canonical(name)]
	return b, ok
}

// reg is a register as a number; 0 if the machine has none of that name.
func (m *Monitor) reg(name string) uint64 {
	b, ok := m.register(name)
	if !ok {
		return 0
	}
	return number(b)
}

func number(b []byte) (v uint64) {
	for i := min(len(b), 8) - 1; i >= 0; i-- {
		v = v<<8 | uint64(b[i])
	}
	return v
}

// word reads a word of guest memory.
func (m *Monitor) word(va uint64) (uint64, error) {
	b := make([]byte, m.arch.word)
	err := m.Target.ReadVirt(va, b)
	return number(b), err
}

// trunc cuts an address to the machine's size.
func (m *Monitor) trunc(v uint64) uint64 {
	if m.arch.word == 4 {
		return uint64(uint32(v))
	}
	return v
}

// stopReport is why and where the machine stopped, for JSON.
type stopReport struct {
	Reason   string `json:"reason"`
	Insn     uint64 `json:"insn"`
	PC       string `json:"pc"`
	Point    int    `json:"breakpoint,omitempty"`
	Function string `json:"function,omitempty"`
	File     string `json:"file,omitempty"`
	Line     int    `json:"line,omitempty"`
	Status   *int   `json:"status,omitempty"`
	Text     string `json:"text,omitempty"`
}

// Ended gives the exit status of a machine that has ended; ok is false if it is
// alive.
func (m *Monitor) Ended() (status int, ok bool) {
	if m.ended == "" {
		return 0, false
	}
	return m.status, true
}
