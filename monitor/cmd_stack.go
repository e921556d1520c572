package monitor

import (
	"errors"
	"fmt"
	"strings"

	"rv86/monitor/expr"
)

func stackCommands() []command {
	return []command{
		{
			names: []string{"backtrace", "bt", "where"}, group: groupStack, args: "[N | full]", repeat: true,
			help: "Show the calls that led here, N at most; full shows their variables, too.",
			more: "The stack goes through C modules, the stubs of the kernel's exports, the kernel and the program that made the\n" +
				"system call. What is between them is shown in angle brackets.",
			example: "backtrace 5", fn: (*Monitor).cmdBacktrace,
		},
		{
			names: []string{"frame"}, group: groupStack, args: "[N]",
			help: "Select frame N, or show the selected one. Registers and variables are then that frame's.", example: "frame 0",
			fn: (*Monitor).cmdFrame,
		},
		{
			names: []string{"up"}, group: groupStack, args: "[N]", repeat: true,
			help: "Select the caller's frame.", example: "up",
			fn: func(m *Monitor, args string) error { return m.cmdUp(args, 1) },
		},
		{
			names: []string{"down"}, group: groupStack, args: "[N]", repeat: true,
			help: "Select the frame of what this one called.", example: "up\ndown",
			fn: func(m *Monitor, args string) error { return m.cmdUp(args, -1) },
		},
	}
}

// functionName is what a frame's function is called.
func (m *Monitor) functionName(f *frame) string {
	if f.fn != nil {
		return shortName(f.fn.Name)
	}
	if name, ok := m.stub(f.pc); ok {
		return name
	}
	if f.image != nil {
		if s, ok := f.image.At(f.lookup); ok {
			return shortName(s.Name)
		}
	}
	if x := m.moduleAt(f.lookup); x != nil {
		return "?? [" + x.name + "]"
	}
	if vector, ok := m.gateTo(f.pc); ok {
		return fmt.Sprintf("vector_%#02x", vector)
	}
	return "??"
}

// frameText is a frame's line, with its address if asked or if it is in the
// middle of a line.
func (m *Monitor) frameText(f *frame, address bool) string {
	var b strings.Builder
	file, line, low := "", 0, uint64(0)
	ok := false
	if f.image != nil {
		file, line, low, _, ok = f.image.Line(f.lookup)
	}
	if address || !ok || low != f.pc {
		b.WriteString(m.addr(f.pc) + " in ")
	}
	b.WriteString(m.out.paint(colorName, m.functionName(f)) + " (" + m.argsText(f) + ")")
	if ok {
		b.WriteString(" at " + m.out.paint(colorFile, fmt.Sprintf("%s:%d", m.shortFile(f.image, file), line)))
	} else if f.image != nil && f.image != m.kernel {
		b.WriteString(" from " + f.image.Name)
	}
	return b.String()
}

// argsText is a C function's parameters; Go's are many, and mostly moved.
func (m *Monitor) argsText(f *frame) string {
	if f.fn == nil {
		return ""
	}
	if f.fn.Go() {
		return "..."
	}
	e := env{m, f}
	var out []string
	for _, v := range f.fn.Locals(f.lookup) {
		if !v.Param {
			continue
		}
		out = append(out, v.Name+"="+e.short(v.Name))
	}
	return strings.Join(out, ", ")
}

// short is a variable's value for a line of a backtrace.
func (e env) short(name string) string {
	v, ok, err := e.local(name)
	if !ok || err != nil {
		return "?"
	}
	if n := expr.Size(v.Type); n > 8 {
		return "..."
	}
	text, err := expr.Format(e, v, 0)
	if err != nil {
		return "?"
	}
	return text
}

func (m *Monitor) cmdBacktrace(args string) error {
	n := uint64(maxFrames)
	full := args == "full"
	if args != "" && !full {
		var err error
		if n, err = m.count(args); err != nil {
			return err
		}
	}
	fs := m.frames(int(min(n, maxFrames)))
	for i, f := range fs {
		if uint64(i) >= n {
			break
		}
		if f.note != "" {
			m.out.printf("    %s\n", f.note)
		}
		m.out.printf("#%-2d %s\n", f.level, m.frameText(f, f.level > 0))
		if full {
			m.showLocals(f, false)
		}
	}
	return nil
}

func (m *Monitor) cmdFrame(args string) error {
	if args != "" {
		n, err := m.evalInt(args)
		if err != nil {
			return err
		}
		if fs := m.frames(int(min(n, maxFrames)) + 1); n >= uint64(len(fs)) {
			return fmt.Errorf("there is no frame %d: the outermost is %d", n, len(fs)-1)
		}
		m.selected = int(n)
	}
	m.showFrame()
	return nil
}

func (m *Monitor) showFrame() {
	f := m.frame()
	m.out.printf("#%-2d %s\n", f.level, m.frameText(f, f.level > 0))
	m.showSource(f)
}

func (m *Monitor) cmdUp(args string, sign int) error {
	n, err := m.count(args)
	if err != nil {
		return err
	}
	to := m.selected + sign*int(min(n, maxFrames))
	switch {
	case to < 0:
		if m.selected == 0 {
			return errors.New("this is the innermost frame")
		}
		to = 0
	default:
		if fs := m.frames(to + 1); to >= len(fs) {
			if m.selected == len(fs)-1 {
				return errors.New("this is the outermost frame")
			}
			to = len(fs) - 1
		}
	}
	m.selected = to
	m.showFrame()
	return nil
}

// showLocals prints a frame's variables, or its parameters.
func (m *Monitor) showLocals(f *frame, params bool) {
	kind := "locals"
	if params {
		kind = "arguments"
	}
	if f.fn == nil {
		m.out.printf("No %s are known here: the code has no debug information.\n", kind)
		return
	}
	e := env{m, f}
	some := false
	for _, v := range f.fn.Locals(f.lookup) {
		if v.Param != params || v.Name == "" || f.fn.Go() && strings.HasPrefix(v.Name, "~") {
			continue
		}
		some = true
		text := "?"
		if x, err := e.variable(v); err != nil {
			text = "<" + err.Error() + ">"
		} else if s, err := expr.Format(e, x, 0); err != nil {
			text = "<" + err.Error() + ">"
		} else {
			text = s
		}
		m.out.printf("%s = %s\n", v.Name, text)
	}
	if !some {
		m.out.printf("No %s.\n", kind)
	}
}
