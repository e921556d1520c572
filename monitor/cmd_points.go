package monitor

import (
	"errors"
	"fmt"
	"io"
	"path"
	"slices"
	"strings"

	"rv86/machine/debug/point"
	"rv86/monitor/expr"
)

func pointCommands() []command {
	watch := func(name, help, example string, k point.Kind) command {
		return command{
			names: []string{name}, group: groupPoints, args: "[-p] EXPR [if CONDITION]", complete: completeExpr, help: help, example: example,
			fn: func(m *Monitor, args string) error {
				if args == "" {
					return fmt.Errorf("say what to watch: %s EXPR", name)
				}
				return m.setWatch(args, k)
			},
		}
	}
	w := watch("watch", "Stop when what an expression names in memory changes.", "watch total", point.Change)
	w.more = "With -p the expression is a physical address. An address, as in watch 0x80001000, means the word there."
	return []command{
		{
			names: []string{"break"}, group: groupPoints, args: "[PLACE] [if CONDITION]", complete: completePlace,
			help: "Stop before the instruction at a place.",
			more: "A place is a function, MODULE!FUNCTION, FILE:LINE, a line of the current file, or *ADDRESS. If nothing that is\n" +
				"loaded has it, the breakpoint waits for a module that does.",
			example: "break add if by == 2", fn: func(m *Monitor, args string) error { return m.setBreak(args, false) },
		},
		{
			names: []string{"tbreak"}, group: groupPoints, args: "[PLACE] [if CONDITION]", complete: completePlace,
			help: "Like break, but only once.", example: "tbreak watchme_exit",
			fn: func(m *Monitor, args string) error { return m.setBreak(args, true) },
		},
		w,
		watch("cwatch", "The same as watch.", "cwatch origin.x", point.Change),
		watch("wwatch", "Stop when it is written, even with the same value.", "wwatch total", point.Write),
		watch("rwatch", "Stop when it is read.", "rwatch total", point.Read),
		watch("awatch", "Stop when it is read or written.", "awatch origin", point.Access),
		{
			names: []string{"catch"}, group: groupPoints, args: "EVENT [ARG]",
			help: "Stop at an event.", more: catchHelp(), example: "catch unload", fn: (*Monitor).cmdCatch,
		},
		{
			names: []string{"condition"}, group: groupPoints, args: "N [EXPR]", complete: completeExpr,
			help: "Let breakpoint N stop only if EXPR is not 0; without EXPR, always.", example: "condition 1 n > 2", fn: (*Monitor).cmdCondition,
		},
		{
			names: []string{"ignore"}, group: groupPoints, args: "N COUNT",
			help: "Pass the next COUNT hits of breakpoint N.", example: "ignore 1 2", fn: (*Monitor).cmdIgnore,
		},
		{
			names: []string{"commands"}, group: groupPoints, args: "[N]",
			help:    "Run the lines that follow, up to end, when breakpoint N stops; without N, the last one.",
			example: "commands 1\nprint total\nend", fn: (*Monitor).cmdCommands,
		},
		{
			names: []string{"enable"}, group: groupPoints, args: "[N...]",
			help: "Enable breakpoints; without a number, all.", example: "enable 1",
			fn: func(m *Monitor, args string) error {
				return m.eachPoint(args, func(b *breakpoint) { b.disabled = false })
			},
		},
		{
			names: []string{"disable"}, group: groupPoints, args: "[N...]",
			help: "Disable breakpoints; without a number, all.", example: "disable 1",
			fn: func(m *Monitor, args string) error {
				return m.eachPoint(args, func(b *breakpoint) { b.disabled = true })
			},
		},
		{
			names: []string{"delete", "clear"}, group: groupPoints, args: "[N...]",
			help: "Delete breakpoints; without a number, all.", example: "delete",
			fn: func(m *Monitor, args string) error {
				return m.eachPoint(args, func(b *breakpoint) {
					m.points = slices.DeleteFunc(m.points, func(x *breakpoint) bool { return x == b })
				})
			},
		},
	}
}

// eachPoint calls f for the breakpoints that are named, or for all.
func (m *Monitor) eachPoint(args string, f func(b *breakpoint)) error {
	if args == "" {
		for _, b := range slices.Clone(m.points) {
			f(b)
		}
		return nil
	}
	var bs []*breakpoint
	for _, w := range strings.Fields(args) {
		b, err := m.breakpointNumber(w)
		if err != nil {
			return err
		}
		bs = append(bs, b)
	}
	for _, b := range bs {
		f(b)
	}
	return nil
}

func (m *Monitor) cmdCondition(args string) error {
	num, text, _ := strings.Cut(args, " ")
	b, err := m.breakpointNumber(num)
	if err != nil {
		return err
	}
	if text = strings.TrimSpace(text); text == "" {
		b.cond = nil
		m.out.printf("Breakpoint %d now stops always.\n", b.num)
		return nil
	}
	cond, err := m.condition(text)
	if err == nil {
		b.cond = cond
	}
	return err
}

func (m *Monitor) cmdIgnore(args string) error {
	num, text, _ := strings.Cut(args, " ")
	b, err := m.breakpointNumber(num)
	if err != nil {
		return err
	}
	if b.ignore, err = m.evalInt(text); err != nil {
		return err
	}
	m.out.printf("Will ignore the next %d hits of breakpoint %d.\n", b.ignore, b.num)
	return nil
}

func (m *Monitor) cmdCommands(args string) error {
	if args == "" {
		if len(m.points) == 0 {
			return errors.New("there is no breakpoint yet")
		}
		args = fmt.Sprint(m.points[len(m.points)-1].num)
	}
	b, err := m.breakpointNumber(args)
	if err != nil {
		return err
	}
	b.commands = nil
	for {
		line, err := m.readLine(">")
		if errors.Is(err, io.EOF) {
			return errors.New("the commands have no end")
		}
		if err != nil {
			return err
		}
		if line = strings.TrimSpace(line); line == "end" {
			return nil
		}
		b.commands = append(b.commands, line)
	}
}

// maxDepth bounds command lists that run the machine into breakpoints with
// command lists.
const maxDepth = 50

// runList runs a breakpoint's commands.
func (m *Monitor) runList(lines []string) error {
	if m.depth >= maxDepth {
		return errors.New("the breakpoints' commands run each other without end")
	}
	m.depth++
	defer func() { m.depth-- }()
	for _, l := range lines {
		if l == "silent" {
			continue
		}
		if err := m.dispatch(l); err != nil {
			return err
		}
	}
	return nil
}

// catchable is an event that catch knows.
type catchable struct {
	name, args, help string
	// set fills the breakpoint in.
	set func(m *Monitor, b *breakpoint) error
}

func simpleCatch(k point.Kind) func(*Monitor, *breakpoint) error {
	return func(_ *Monitor, b *breakpoint) error {
		b.points = []point.Point{{Kind: k, Cause: point.AnyCause}}
		return nil
	}
}

// catchables is a function: its rows lead to the Monitor's methods, which know
// the table.
func catchables() []catchable {
	return []catchable{
		{"trap", "[CAUSE]", "an exception or interrupt is taken; CAUSE is a number or a name, as in page-fault", (*Monitor).catchTrap},
		{"interrupt", "", "an interrupt is taken", simpleCatch(point.Interrupt)},
		{"syscall", "[NAME]", "a program makes a system call", (*Monitor).catchSyscall},
		{"privilege", "", "the privilege level changes", simpleCatch(point.Privilege)},
		{"pagetable", "", "a page table in use, or the register that names it, is written", simpleCatch(point.PageTable)},
		{"magic", "", "the guest executes a magic instruction (slti x0,x0,0x86 or xchg bx,bx)", simpleCatch(point.Magic)},
		{"load", "[MODULE]", "a module was linked and is about to start", catchModule},
		{"unload", "[MODULE]", "a module's memory was freed", catchModule},
		{"exec", "[PROGRAM]", "a program is started; PROGRAM is its path, or the last part of it", catchExec},
		{"panic", "", "the kernel gives up", catchFunctions("rv86/kernel/nucleus.Panic", "rv86/kernel/nucleus.die", "runtime.fatalpanic", "runtime.throw", "runtime.fatal")},
	}
}

func catchHelp() string {
	var b strings.Builder
	b.WriteString("Events:")
	for _, c := range catchables() {
		fmt.Fprintf(&b, "\n  %-20s %s", strings.TrimSpace(c.name+" "+c.args), c.help)
	}
	return b.String()
}

func catchModule(m *Monitor, b *breakpoint) error {
	if m.modules.notify == 0 {
		return errors.New("this kernel does not tell about its modules")
	}
	b.arg = strings.ReplaceAll(b.arg, "-", "_")
	if b.arg == "" || m.moduleNamed(b.arg) != nil || slices.Contains(m.Modules, b.arg) {
		return nil
	}
	names := slices.Clone(m.Modules)
	for _, x := range m.modules.list {
		names = append(names, x.name)
	}
	if near := nearest(b.arg, names); near != "" {
		return fmt.Errorf("no module %q is known; did you mean %q?", b.arg, near)
	}
	m.out.printf("No module %q is known yet.\n", b.arg)
	return nil
}

// catchFunctions stops where the kernel does something.
func catchFunctions(names ...string) func(*Monitor, *breakpoint) error {
	return func(m *Monitor, b *breakpoint) error {
		if m.kernel != nil {
			for _, n := range names {
				if s, ok := m.kernel.Symbol(n); ok {
					b.points = append(b.points, point.Point{Kind: point.Exec, Addr: s.Addr})
				}
			}
		}
		if b.points == nil {
			return fmt.Errorf("where this kernel would do that is not known")
		}
		return nil
	}
}

// catchExec stops where the kernel is about to replace a program, if it is the
// one that is meant.
func catchExec(m *Monitor, b *breakpoint) error {
	if want := b.arg; want != "" {
		b.match = func(m *Monitor, _ point.Stop) bool {
			name := m.goArgument("name")
			return name == want || path.Base(name) == want
		}
	}
	return catchFunctions(goExec)(m, b)
}

// goArgument is a string parameter of the Go function that the machine is at the
// beginning of; "" if it is not known.
func (m *Monitor) goArgument(name string) string {
	e := m.env()
	v, ok, err := e.local(name)
	if !ok || err != nil {
		return ""
	}
	w := m.arch.word
	if v, err = expr.Load(e, v); err != nil || len(v.Bytes) != 2*w {
		return ""
	}
	return m.goString([]uint64{number(v.Bytes[:w]), number(v.Bytes[w:])})
}

func (m *Monitor) cmdCatch(args string) error {
	event, arg, _ := strings.Cut(args, " ")
	arg = strings.TrimSpace(arg)
	var names []string
	for _, c := range catchables() {
		names = append(names, c.name)
		if c.name != event {
			continue
		}
		b := &breakpoint{kind: bpCatch, event: event, arg: arg}
		if c.args == "" && b.arg != "" {
			return fmt.Errorf("catch %s takes no argument: %q is left over", event, b.arg)
		}
		if err := c.set(m, b); err != nil {
			return err
		}
		m.addPoint(b)
		m.out.printf("%s (%s)\n", b.title(), strings.TrimSpace(event+" "+b.arg))
		return nil
	}
	if event == "" {
		return fmt.Errorf("say what to catch: events are %s", strings.Join(names, ", "))
	}
	return fmt.Errorf("%q cannot be caught: events are %s", event, strings.Join(names, ", "))
}

// catchTrap watches for one cause, or for all.
func (m *Monitor) catchTrap(b *breakpoint) error {
	cause := int64(point.AnyCause)
	if b.arg != "" {
		var ok bool
		if cause, ok = m.arch.causeNamed(b.arg); !ok {
			n, err := m.evalInt(b.arg)
			if err != nil {
				return fmt.Errorf("%q is not a cause: use a number or one of %s", b.arg, strings.Join(m.arch.causeNames(), ", "))
			}
			cause = int64(n)
		}
	}
	b.points = []point.Point{{Kind: point.Trap, Cause: cause}}
	return nil
}

// catchSyscall watches for the trap of a system call, of one number or of all.
func (m *Monitor) catchSyscall(b *breakpoint) error {
	b.points = []point.Point{{Kind: point.Trap, Cause: m.arch.syscallCause}}
	if b.arg == "" {
		return nil
	}
	num, ok := syscallNumber(m.arch.name, b.arg)
	if !ok {
		n, err := m.evalInt(b.arg)
		if err != nil {
			if near := nearest(b.arg, syscallNames(m.arch.name)); near != "" {
				return fmt.Errorf("there is no system call %q; did you mean %q?", b.arg, near)
			}
			return fmt.Errorf("there is no system call %q", b.arg)
		}
		num = n
	}
	b.match = func(m *Monitor, _ point.Stop) bool { return m.reg(m.arch.syscallReg) == num }
	return nil
}

// trapDetail says what was caught.
func (m *Monitor) trapDetail(b *breakpoint, s point.Stop) string {
	switch b.event {
	case "trap", "interrupt":
		return ": " + m.arch.trapText(s.Cause, s.IRQ)
	case "privilege":
		return ": now " + m.Target.Privilege()
	}
	switch b.event {
	case "exec":
		return m.execDetail()
	case "panic":
		return m.panicDetail()
	}
	if b.event == "pagetable" && s.Addr != m.pc() {
		return fmt.Sprintf(": the entry at physical %#x", s.Addr)
	}
	if b.event != "syscall" {
		return ""
	}
	n := m.reg(m.arch.syscallReg)
	name := syscallName(m.arch.name, n)
	if name == "" {
		name = fmt.Sprint(n)
	}
	return ", call of " + name
}

// panicDetail is what the kernel says when it gives up: the first string that the
// function is given.
func (m *Monitor) panicDetail() string {
	f := m.frame()
	if f.fn == nil {
		return ""
	}
	for _, v := range f.fn.Locals(f.lookup) {
		if text := m.goArgument(v.Name); v.Param && text != "" {
			return ": " + text
		}
	}
	return ""
}

// execDetail names a program that is about to be started, and its arguments.
func (m *Monitor) execDetail() string {
	name := m.goArgument("name")
	if name == "" {
		return ""
	}
	text := ": " + name
	e := m.env()
	if v, ok, err := e.local("argv"); ok && err == nil {
		if args, err := expr.Format(e, v, 0); err == nil {
			text += ", argv " + args
		}
	}
	return text
}
