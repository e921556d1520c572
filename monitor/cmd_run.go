package monitor

import (
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"

	"rv86/machine/debug/point"
)

func runCommands() []command {
	return []command{
		{
			names: []string{"continue", "fg"}, group: groupRun, args: "[N]", repeat: true,
			help:    "Run until a breakpoint, the end, or Ctrl-C; pass the present breakpoint N-1 times.",
			example: "continue", fn: (*Monitor).cmdContinue,
		},
		{
			names: []string{"step"}, group: groupRun, args: "[N]", repeat: true,
			help:    "Run to the beginning of another source line, into functions that have lines.",
			more:    "A call of something without source lines, such as a kernel function called by a module, is run through.",
			example: "step", fn: counted(func(m *Monitor) (stop, error) { return m.stepLine(false) }),
		},
		{
			names: []string{"next"}, group: groupRun, args: "[N]", repeat: true,
			help:    "Run to the beginning of another source line of this function, through what it calls.",
			example: "next", fn: counted(func(m *Monitor) (stop, error) { return m.stepLine(true) }),
		},
		{
			names: []string{"stepi", "si"}, group: groupRun, args: "[N]", repeat: true,
			help: "Execute N instructions.", example: "stepi 3",
			fn: func(m *Monitor, args string) error { return m.cmdStepInsn(args, false) },
		},
		{
			names: []string{"nexti", "ni"}, group: groupRun, args: "[N]", repeat: true,
			help: "Execute N instructions; a call counts as one.", example: "nexti 2",
			fn: func(m *Monitor, args string) error { return m.cmdStepInsn(args, true) },
		},
		{
			names: []string{"finish"}, group: groupRun, repeat: true,
			help: "Run until the selected frame's function returns, and print what it returns.", example: "finish",
			fn: func(m *Monitor, _ string) error {
				if err := m.alive(); err != nil {
					return err
				}
				return m.finish()
			},
		},
		{
			names: []string{"until"}, group: groupRun, args: "[PLACE]", complete: completePlace, repeat: true,
			help: "Like next, but past the end of a loop; or run to a place.", example: "until",
			fn: func(m *Monitor, args string) error {
				if err := m.alive(); err != nil {
					return err
				}
				if args != "" {
					return m.advance(args)
				}
				return m.until()
			},
		},
		{
			names: []string{"advance"}, group: groupRun, args: "PLACE", complete: completePlace,
			help: "Run to a place, or until this function returns.", example: "advance watchme.c:38",
			fn: func(m *Monitor, args string) error {
				if err := m.alive(); err != nil {
					return err
				}
				if args == "" {
					return errors.New("say where to: advance PLACE")
				}
				return m.advance(args)
			},
		},
		{
			names: []string{"runto"}, group: groupRun, args: "INSN",
			help: "Run until the machine's time is INSN instructions, or a breakpoint.", example: "runto $insn + 100",
			fn: (*Monitor).cmdRunTo,
		},
		{
			names: []string{"limit"}, group: groupRun, args: "[insns N | time D | off]",
			help: "Bound each run by instructions or by host time.", example: "limit insns 1000000",
			fn: (*Monitor).cmdLimit,
		},
		{
			names: []string{"type"}, group: groupRun, args: "\"TEXT\"",
			help: "Type on the guest's console; \\n is Enter. The guest reads it when it runs.", example: `type "lsmod\n"`,
			fn: (*Monitor).cmdType,
		},
	}
}

// counted makes a command of a step that may be repeated.
func counted(one func(m *Monitor) (stop, error)) func(m *Monitor, args string) error {
	return func(m *Monitor, args string) error {
		if err := m.alive(); err != nil {
			return err
		}
		n, err := m.count(args)
		if err != nil {
			return err
		}
		var s stop
		for range n {
			if s, err = one(m); err != nil {
				return err
			}
			if s.Reason != point.Stepped && !s.own || len(s.bps) > 0 {
				break
			}
		}
		return m.finishRun(s)
	}
}

// count reads a number of repetitions; 1 if there is none.
func (m *Monitor) count(args string) (uint64, error) {
	if args == "" {
		return 1, nil
	}
	n, err := m.evalInt(args)
	if err != nil {
		return 0, err
	}
	if n == 0 || n > 1<<40 {
		return 0, fmt.Errorf("%s times is not possible", args)
	}
	return n, nil
}

func (m *Monitor) cmdContinue(args string) error {
	if err := m.alive(); err != nil {
		return err
	}
	n, err := m.count(args)
	if err != nil {
		return err
	}
	if n > 1 {
		for _, b := range m.breaksHere() {
			b.ignore = n - 1
			m.out.printf("Will ignore the next %d hits of breakpoint %d.\n", n-1, b.num)
		}
	}
	m.out.printf("Continuing.\n")
	return m.finishRun(m.run(m.forward, nil, nil))
}

// breaksHere are the breakpoints at the present PC.
func (m *Monitor) breaksHere() (out []*breakpoint) {
	for _, b := range m.points {
		for _, p := range b.places {
			if p.addr == m.pc() {
				out = append(out, b)
			}
		}
	}
	return out
}

func (m *Monitor) cmdStepInsn(args string, over bool) error {
	if err := m.alive(); err != nil {
		return err
	}
	n, err := m.count(args)
	if err != nil {
		return err
	}
	return m.finishRun(m.stepInsn(n, over))
}

func (m *Monitor) cmdRunTo(args string) error {
	if err := m.alive(); err != nil {
		return err
	}
	n, err := m.evalInt(args)
	if err != nil {
		return err
	}
	now := m.Target.Insn()
	if n <= now {
		return fmt.Errorf("the machine is at instruction %d already: goto %d goes back", now, n)
	}
	old := m.limits
	defer func() { m.limits = old }()
	m.limits.insns = n - now
	return m.finishRun(m.run(m.forward, nil, nil))
}

func (m *Monitor) cmdLimit(args string) error {
	kind, value, _ := strings.Cut(args, " ")
	switch kind {
	case "":
	case "off":
		m.limits = limits{}
	case "insns":
		n, err := m.evalInt(value)
		if err != nil {
			return err
		}
		m.limits.insns = n
	case "time":
		d, err := time.ParseDuration(strings.TrimSpace(value))
		if err != nil || d < 0 {
			return fmt.Errorf("%q is not a time: write 500ms or 10s", value)
		}
		m.limits.time = d
	default:
		return fmt.Errorf("%q cannot be limited: limit insns N, limit time D, limit off", kind)
	}
	if m.limits == (limits{}) {
		m.out.printf("Runs have no limit.\n")
	}
	if m.limits.insns > 0 {
		m.out.printf("A run ends after %d instructions.\n", m.limits.insns)
	}
	if m.limits.time > 0 {
		m.out.printf("A run ends after %v.\n", m.limits.time)
	}
	return nil
}

func (m *Monitor) cmdType(args string) error {
	text, err := strconv.Unquote(args)
	if err != nil {
		return errors.New(`the text stands in quotes: type "ls\n"`)
	}
	m.Target.ConsoleInput([]byte(text))
	m.ended = "" // a machine that had nothing to do has something now
	return nil
}
