package monitor

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"rv86/machine/debug/point"
	"rv86/monitor/expr"
)

// infoRow is a subject of info.
type infoRow struct {
	name, args, help string
	example          string // the arguments of an example
	only             string // the machine that has it; "" for all
	fn               func(m *Monitor, args string) error
}

// infoRows is a function: its rows lead to the Monitor's methods, which know
// the table.
func infoRows() []infoRow {
	quiet := func(f func(m *Monitor)) func(*Monitor, string) error {
		return func(m *Monitor, _ string) error { f(m); return nil }
	}
	return []infoRow{
		{"breakpoints", "", "breakpoints, watchpoints and catchpoints", "", "", quiet((*Monitor).infoBreakpoints)},
		{"registers", "[NAME | all | fpu | csr | control | segments]", "registers; control registers bit by bit", "control", "", (*Monitor).infoRegisters},
		{"frame", "", "the selected frame", "", "", quiet((*Monitor).infoFrame)},
		{"locals", "", "the selected frame's variables", "", "", quiet(func(m *Monitor) { m.showLocals(m.frame(), false) })},
		{"args", "", "the selected frame's parameters", "", "", quiet(func(m *Monitor) { m.showLocals(m.frame(), true) })},
		{"display", "", "what is printed at each stop", "", "", quiet((*Monitor).infoDisplay)},
		{"line", "[PLACE]", "the code of a source line", "watchme.c:20", "", (*Monitor).infoLine},
		{"symbol", "EXPR", "what is at an address", "$pc", "", (*Monitor).infoSymbol},
		{"address", "NAME", "where a symbol is", "total", "", (*Monitor).infoAddress},
		{"source", "", "the source file that is current", "", "", quiet((*Monitor).infoSource)},
		{"sources", "", "source files of modules and programs", "", "", func(m *Monitor, _ string) error { return m.infoSources() }},
		{"functions", "[TEXT]", "functions whose names contain a text", "watchme", "", (*Monitor).infoFunctions},
		{"variables", "[TEXT]", "variables of modules and programs", "total", "", (*Monitor).infoVariables},
		{"modules", "", "loaded modules and where their sections are", "", "", quiet((*Monitor).infoModules)},
		{"time", "", "the machine's time, in instructions", "", "", quiet((*Monitor).infoTime)},
		{"tlb", "", "translations that the processor has cached", "", "", quiet((*Monitor).infoTLB)},
		{"mem", "", "what is mapped, with its rights", "", "", quiet((*Monitor).infoMem)},
		{"devices", "[TEXT]", "the board's devices and their registers, or those with a text in their names", "uart", "", func(m *Monitor, args string) error { return m.infoDevices(args, true) }},
		{"irq", "[TEXT]", "interrupt lines and their levels", "", "", func(m *Monitor, args string) error { return m.infoDevices(args, false) }},
		{"mtree", "", "the map of physical addresses", "", "", quiet(func(m *Monitor) { m.out.printf("%s", ended(m.Target.Mtree())) })},
		{"processes", "", "the kernel's processes", "", "", func(m *Monitor, _ string) error { return m.infoProcesses() }},
		{"gdt", "", "the global descriptor table", "", "i386", func(m *Monitor, _ string) error { return m.infoTable("gdtr") }},
		{"idt", "", "the interrupt descriptor table", "", "i386", func(m *Monitor, _ string) error { return m.infoTable("idtr") }},
		{"tss", "", "the task state segment", "", "i386", func(m *Monitor, _ string) error { return m.infoTSS() }},
	}
}

// ended makes sure that a text ends its line.
func ended(s string) string {
	if s != "" && !strings.HasSuffix(s, "\n") {
		s += "\n"
	}
	return s
}

func infoHelp() string {
	var b strings.Builder
	b.WriteString("Subjects:")
	for _, r := range infoRows() {
		help := r.help
		if r.only != "" {
			help += " (" + r.only + ")"
		}
		fmt.Fprintf(&b, "\n  %-20s %s", r.name, help)
	}
	return b.String()
}

// infoShort are subjects with abbreviations of their own, as in gdb.
var infoShort = map[string]string{"b": "breakpoints", "r": "registers", "f": "frame", "s": "symbol", "m": "mem", "d": "devices", "p": "processes"}

func (m *Monitor) cmdInfo(args string) error {
	word, rest, _ := strings.Cut(args, " ")
	if word == "" {
		m.out.printf("%s\n", infoHelp())
		return nil
	}
	if full, ok := infoShort[word]; ok {
		word = full
	}
	var by []infoRow
	var names []string
	for _, r := range infoRows() {
		names = append(names, r.name)
		if r.name == word {
			by = []infoRow{r}
			break
		}
		if strings.HasPrefix(r.name, word) {
			by = append(by, r)
		}
	}
	switch {
	case len(by) == 0:
		if near := nearest(word, names); near != "" {
			return fmt.Errorf("there is no info about %q; did you mean %q?", word, near)
		}
		return fmt.Errorf("there is no info about %q (info lists all)", word)
	case len(by) > 1:
		names = nil
		for _, r := range by {
			names = append(names, r.name)
		}
		return fmt.Errorf("info %q may be %s: type more letters", word, strings.Join(names, ", "))
	case by[0].only != "" && by[0].only != m.arch.name:
		return fmt.Errorf("the %s machine has no %s", m.arch.name, strings.TrimPrefix(by[0].help, "the "))
	}
	rest = strings.TrimSpace(rest)
	if by[0].args == "" && rest != "" {
		return fmt.Errorf("info %s takes no argument: %q is left over", by[0].name, rest)
	}
	return by[0].fn(m, rest)
}

// registerGroups are the words that info registers takes.
var registerGroups = map[string][]string{
	"":         {point.GroupGeneral},
	"general":  {point.GroupGeneral},
	"fpu":      {point.GroupFPU},
	"float":    {point.GroupFPU},
	"csr":      {point.GroupCSR, point.GroupControl},
	"control":  {point.GroupControl, point.GroupCSR},
	"segments": {point.GroupSegment},
	"segment":  {point.GroupSegment},
	"all":      {point.GroupGeneral, point.GroupSegment, point.GroupControl, point.GroupCSR, point.GroupFPU},
}

func (m *Monitor) infoRegisters(args string) error {
	groups, ok := registerGroups[args]
	some := false
	name := m.arch.canonical(strings.TrimPrefix(args, "$"))
	for _, r := range m.Target.Registers() {
		if ok && !slices.Contains(groups, r.Group) || !ok && r.Name != name {
			continue
		}
		some = true
		m.showRegister(r)
	}
	if !some && ok {
		return fmt.Errorf("the %s machine has no %s registers", m.arch.name, args)
	}
	if !some {
		return fmt.Errorf("there is no register or group %q: groups are all, control, csr, fpu, general, segments", args)
	}
	return nil
}

func (m *Monitor) showRegister(r point.Register) {
	value := r.Value
	if f := m.frame(); f.level > 0 {
		if b, ok := f.register(r.Name); ok {
			value = b
		}
	}
	var hex strings.Builder
	for i := len(value) - 1; i >= 0; i-- {
		fmt.Fprintf(&hex, "%02x", value[i])
	}
	line := fmt.Sprintf("%-15s 0x%s", r.Name, hex.String())
	if len(value) <= 8 && r.Group == point.GroupGeneral {
		n := number(value)
		if name := m.symbolText(n); name != "" {
			line += fmt.Sprintf("  <%s>", name)
		} else if s := signed(n, len(value)); len(r.Fields) == 0 {
			line += fmt.Sprintf("  %d", s)
		}
	}
	if text := m.floatText(r, value); text != "" {
		line += "  " + text
	}
	m.out.printf("%s\n", line)
	for _, f := range r.Fields {
		text := ""
		if f.Text != "" {
			text = "  " + f.Text
		}
		m.out.printf("    %-10s %#x%s\n", f.Name, f.Value, text)
	}
}

func signed(n uint64, size int) int64 {
	shift := 64 - 8*size
	return int64(n<<shift) >> shift
}

func (m *Monitor) infoFrame() {
	f := m.frame()
	m.out.printf("Frame %d: %s\n", f.level, m.frameText(f, true))
	if cfa, ok := f.CFA(); ok {
		m.out.printf("  the caller's stack pointer is %s\n", m.addr(cfa))
	}
	if f.nextPC != 0 {
		m.out.printf("  returns to %s", m.addr(f.nextPC))
		if s := m.symbolText(f.nextPC); s != "" {
			m.out.printf(" <%s>", s)
		}
		m.out.printf("\n")
	}
	if f.fn != nil {
		for _, c := range f.fn.InlinedAt(f.lookup) {
			m.out.printf("  in code of %s, inlined at line %d\n", shortName(c.Name), c.Line)
		}
	}
	if f.saved != 0 {
		m.out.printf("  its registers are saved at %s\n", m.addr(f.saved))
	}
}

func (m *Monitor) infoDisplay() {
	if len(m.displays) == 0 {
		m.out.printf("Nothing is displayed.\n")
	}
	for _, d := range m.displays {
		m.out.printf("%d: %s\n", d.num, d.text)
	}
}

func (m *Monitor) infoLine(args string) error {
	ps, err := m.locate(args)
	if err != nil {
		return fmt.Errorf("%s: %w", args, err)
	}
	some := false
	for _, p := range ps {
		if p.image == nil {
			continue
		}
		file, line, low, high, ok := p.image.Line(p.addr)
		if !ok {
			continue
		}
		some = true
		m.out.printf("Line %d of %s is from %s", line, m.shortFile(p.image, file), m.addr(low))
		if s := m.symbolText(low); s != "" {
			m.out.printf(" <%s>", s)
		}
		m.out.printf(" to %s.\n", m.addr(high))
	}
	if !some {
		return fmt.Errorf("of which source line the code at %#x is, is not known", ps[0].addr)
	}
	return nil
}

func (m *Monitor) infoSymbol(args string) error {
	n, err := m.evalInt(args)
	if err != nil {
		return err
	}
	s := m.symbolText(n)
	if s == "" {
		return fmt.Errorf("nothing that is known is at %#x", n)
	}
	m.out.printf("%s is %s\n", m.addr(n), s)
	return nil
}

func (m *Monitor) infoAddress(args string) error {
	v, err := m.eval(args)
	if err != nil {
		return err
	}
	switch {
	case v.Gone != "":
		m.out.printf("%s is %s.\n", args, v.Gone)
	case v.Func:
		m.out.printf("%s is a function at %s.\n", args, m.addr(v.Addr))
	case v.Mem:
		m.out.printf("%s is at %s, %d bytes.\n", args, m.addr(v.Addr), expr.Size(v.Type))
	case v.Reg != "":
		m.out.printf("%s is in register %s.\n", args, v.Reg)
	default:
		m.out.printf("%s is a value without an address.\n", args)
	}
	return nil
}

func (m *Monitor) infoSource() {
	file, line := m.currentSource()
	if file == "" {
		m.out.printf("No source file is current.\n")
		return
	}
	m.out.printf("%s, line %d\n", file, line)
	if _, ok := m.source(file); !ok {
		m.out.printf("The file is not found; directory DIR adds a place to look.\n")
	}
}

func (m *Monitor) infoSources() error {
	some := false
	for _, im := range m.images() {
		if im == m.kernel {
			continue
		}
		for _, f := range im.Files() {
			some = true
			m.out.printf("%-12s %s\n", im.Name, f)
		}
	}
	if !some {
		return errors.New("no module or program that is here has debug information")
	}
	return nil
}

func (m *Monitor) infoFunctions(args string) error {
	n := 0
	for _, im := range m.images() {
		for _, s := range im.Symbols() {
			if !s.Func || !strings.Contains(s.Name, args) || args == "" && im == m.kernel {
				continue
			}
			if n++; n > maxListed {
				return errors.New("there are more: give more of the name")
			}
			m.out.printf("%s  %s\n", m.addr(s.Addr), m.symbolText(s.Addr))
		}
	}
	return m.found(n, "function", args)
}

func (m *Monitor) infoVariables(args string) error {
	n := 0
	for _, im := range m.images() {
		if im == m.kernel && args == "" {
			continue
		}
		for _, name := range im.GlobalNames() {
			if !strings.Contains(name, args) {
				continue
			}
			if n++; n > maxListed {
				return errors.New("there are more: give more of the name")
			}
			t := "?"
			if typ, ok := im.Globals(name)[0].Type(); ok {
				t = expr.TypeString(typ)
			}
			m.out.printf("%-12s %s  %s\n", im.Name, name, t)
		}
	}
	return m.found(n, "variable", args)
}

// found is the error for a list without anything in it.
func (m *Monitor) found(n int, kind, text string) error {
	switch {
	case n > 0:
		return nil
	case text == "":
		return fmt.Errorf("no module or program that is here has a %s; for the kernel's, give a part of the name", kind)
	}
	return fmt.Errorf("no %s has %q in its name", kind, text)
}

func (m *Monitor) infoTime() {
	m.out.printf("Instruction %d, %s, %s.\n", m.Target.Insn(), m.Target.Privilege(), m.spaceText())
}

func (m *Monitor) spaceText() string {
	if root := m.Target.AddressSpace(); root != 0 {
		return fmt.Sprintf("page tables at %#x", root)
	}
	return "no paging"
}
