package monitor

import (
	"errors"
	"fmt"
	"os"
	"strconv"
	"strings"

	"rv86/machine/debug/point"
	"rv86/monitor/expr"
)

func reverseCommands() []command {
	back := func(f func(m *Monitor) (stop, error)) func(m *Monitor, args string) error {
		return func(m *Monitor, args string) error {
			m.ended = ""
			return counted(f)(m, args)
		}
	}
	return []command{
		{
			names: []string{"rstepi", "reverse-stepi", "rsi"}, group: groupReverse, args: "[N]", repeat: true,
			help: "Go back by N instructions.", example: "rstepi 2",
			fn: func(m *Monitor, args string) error {
				n, err := m.count(args)
				if err != nil {
					return err
				}
				s := stop{Stop: m.Target.ReverseStep(n)}
				m.arrived()
				return m.finishRun(s)
			},
		},
		{
			names: []string{"rstep", "reverse-step", "rs"}, group: groupReverse, args: "[N]", repeat: true,
			help: "Go back to the beginning of the source line executed before, into functions.", example: "rstep",
			fn: back(func(m *Monitor) (stop, error) { return m.reverseLine(true) }),
		},
		{
			names: []string{"rnext", "reverse-next", "rn"}, group: groupReverse, args: "[N]", repeat: true,
			help: "Go back to the beginning of the source line executed before, over calls.", example: "rnext",
			fn: back(func(m *Monitor) (stop, error) { return m.reverseLine(false) }),
		},
		{
			names: []string{"rnexti", "reverse-nexti", "rni"}, group: groupReverse, args: "[N]", repeat: true,
			help: "Go back by N instructions; a call counts as one.", example: "rnexti",
			fn: back((*Monitor).reverseNextInsn),
		},
		{
			names: []string{"rfinish", "reverse-finish"}, group: groupReverse, repeat: true,
			help: "Go back to the call of the selected frame's function.", example: "rfinish",
			fn: back((*Monitor).reverseFinish),
		},
		{
			names: []string{"rcontinue", "reverse-continue", "rc"}, group: groupReverse, repeat: true,
			help: "Go back to the latest breakpoint, or to the start of what is remembered.", example: "rcontinue",
			fn: func(m *Monitor, _ string) error { return m.finishRun(m.run(m.backward, nil, nil)) },
		},
		{
			names: []string{"goto"}, group: groupReverse, args: "INSN",
			help: "Move to a time, in either direction; info time shows the present one.", example: "goto $insn",
			fn: func(m *Monitor, args string) error {
				n, err := m.evalInt(args)
				if err != nil {
					return err
				}
				return m.gotoInsn(n)
			},
		},
		{
			names: []string{"last-write", "lw"}, group: groupReverse, args: "[-p] EXPR", complete: completeExpr,
			help: "Say which instruction wrote a place in memory last.", example: "last-write total",
			fn: (*Monitor).lastWrite,
		},
		{
			names: []string{"savevm"}, group: groupReverse, args: "FILE", complete: completeFile,
			help: "Save the machine's state to a file.", example: "savevm $TMP/state.vm", fn: (*Monitor).cmdSave,
		},
		{
			names: []string{"loadvm"}, group: groupReverse, args: "FILE", complete: completeFile,
			help: "Put the machine into a saved state. The history begins again.", example: "loadvm $TMP/state.vm", fn: (*Monitor).cmdLoad,
		},
	}
}

// reverseNextInsn goes back by one instruction of this function.
func (m *Monitor) reverseNextInsn() (stop, error) {
	from := m.pc()
	f := m.frames(1)[0]
	s := stop{Stop: m.Target.ReverseStep(1)}
	m.arrived()
	if s.Reason == point.HistoryStart || f.fn == nil || m.pc() >= f.fn.Low && m.pc() < f.fn.High || from == f.fn.Low {
		return s, nil
	}
	// It was the return of a call: back to the call.
	var own []point.Point
	for _, a := range m.callsBefore(f.fn.Low, from) {
		own = append(own, point.Point{Kind: point.Exec, Addr: a})
	}
	sp := f.regs[m.arch.spDwarf]
	return m.run(m.backward, own, func() bool { return m.reg(m.arch.sp) == sp }), nil
}

// callsBefore gives the instruction that ends where an address is.
func (m *Monitor) callsBefore(low, a uint64) (out []uint64) {
	for at := low; at < a; {
		size := m.instructionSize(at)
		if at+size == a {
			return []uint64{at}
		}
		at += max(size, 1)
	}
	return nil
}

// operand is a range of memory that a person named.
type operand struct {
	addr, n uint64
	phys    bool
}

// memoryOperand reads [-p] EXPR: something in memory, or an address.
func (m *Monitor) memoryOperand(args string) (operand, error) {
	o := operand{n: uint64(m.arch.word)}
	if rest, ok := strings.CutPrefix(args, "-p "); ok {
		o.phys, args = true, rest
	}
	if args == "" {
		return o, errors.New("say which memory: an expression, or an address")
	}
	v, err := expr.Evaluate(m.env(), args)
	if err != nil {
		return o, err
	}
	if v.Mem && !o.phys {
		o.addr, o.n = v.Addr, uint64(max(expr.Size(v.Type), 1))
		return o, nil
	}
	if v.Reg != "" && v.Type != nil && !strings.HasPrefix(strings.TrimSpace(args), "$") {
		return o, fmt.Errorf("%s is in a register", args)
	}
	o.addr, err = expr.Int(m.env(), v)
	return o, err
}

var errNoSave = errors.New("this machine's state cannot be saved")

func (m *Monitor) cmdSave(args string) error {
	name := fileName(args)
	if name == "" {
		return errors.New("say where to: savevm FILE")
	}
	saver, ok := m.Target.(Saver)
	if !ok {
		return errNoSave
	}
	f, err := os.Create(name)
	if err != nil {
		return fileError(err)
	}
	if err := saver.SaveVM(f); err != nil {
		f.Close()
		return fmt.Errorf("save the machine: %w", err)
	}
	if err := f.Close(); err != nil {
		return err
	}
	m.out.printf("Saved to %s.\n", name)
	return nil
}

func (m *Monitor) cmdLoad(args string) error {
	name := fileName(args)
	if name == "" {
		return errors.New("say from where: loadvm FILE")
	}
	saver, ok := m.Target.(Saver)
	if !ok {
		return errNoSave
	}
	f, err := os.Open(name)
	if err != nil {
		return fileError(err)
	}
	defer f.Close()
	if err := saver.LoadVM(f); err != nil {
		return fmt.Errorf("load the machine: %w", err)
	}
	m.ended = ""
	m.arrived()
	return m.finishRun(stop{Stop: point.Stop{Reason: point.Stepped}})
}

// fileName takes quotes off.
func fileName(s string) string {
	if q, err := strconv.Unquote(s); err == nil {
		return q
	}
	return s
}
