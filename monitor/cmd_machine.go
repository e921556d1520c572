package monitor

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"strings"

	"rv86/machine/debug/point"
)

func machineCommands() []command {
	return []command{
		{
			names: []string{"info"}, group: groupMachine, args: "SUBJECT [ARG]", complete: completeInfo,
			help: "Show something about the program, the debugger or the machine.", more: infoHelp(), example: "info time", fn: (*Monitor).cmdInfo,
		},
		{
			names: []string{"pt", "walk"}, group: groupMachine, args: "[r | w | x] ADDR", complete: completeExpr,
			help: "Follow the page tables for an access to an address, and say why it would fault.", example: "pt x $pc", fn: (*Monitor).cmdWalk,
		},
		{
			names: []string{"wx-audit"}, group: groupMachine,
			help: "List pages that are both writable and executable.", example: "wx-audit", fn: (*Monitor).cmdAudit,
		},
		{
			names: []string{"screen"}, group: groupMachine,
			help: "Show the text screen, on a machine that has one.", example: "screen", fn: (*Monitor).cmdScreen,
		},
	}
}

func (m *Monitor) cmdWalk(args string) error {
	access := byte('r')
	if word, rest, ok := strings.Cut(args, " "); ok && (word == "r" || word == "w" || word == "x") {
		access, args = word[0], rest
	}
	if args == "" {
		return errors.New("say which address: pt [r|w|x] ADDR")
	}
	va, err := m.evalInt(args)
	if err != nil {
		return err
	}
	w := m.Target.Walk(m.trunc(va), access)
	for _, s := range w.Steps {
		m.out.printf("level %d: entry %d at %#x is %#x  %s\n", s.Level, s.Index, s.At, s.Entry, s.Text)
	}
	if w.OK {
		m.out.printf("%s is at physical %#x: %s.\n", m.addr(va), w.PA, strings.TrimSuffix(w.Why, "."))
	} else {
		m.out.printf("%s faults (%c): %s.\n", m.addr(va), access, strings.TrimSuffix(w.Why, "."))
	}
	return nil
}

// infoTLB shows neighbours with the same rights as one.
func (m *Monitor) infoTLB() {
	es := slices.Clone(m.Target.TLB())
	if len(es) == 0 {
		m.out.printf("The TLB is empty.\n")
	}
	slices.SortStableFunc(es, func(a, b point.TLBEntry) int {
		return cmp.Or(strings.Compare(a.Perm, b.Perm), cmp.Compare(a.VA, b.VA))
	})
	for i := 0; i < len(es); {
		run := es[i]
		for i++; i < len(es) && es[i].Perm == run.Perm && es[i].VA == run.VA+run.Size && es[i].PA == run.PA+run.Size; i++ {
			run.Size += es[i].Size
		}
		m.out.printf("%s -> %#x  %6d KiB  %s\n", m.addr(run.VA), run.PA, run.Size>>10, run.Perm)
	}
}

func (m *Monitor) infoMem() {
	n := 0
	m.Target.Mappings(func(x point.Mapping) bool {
		if n++; n > maxListed {
			m.out.printf("...\n")
			return false
		}
		m.showMapping(x)
		return true
	})
	if n == 0 {
		m.out.printf("Nothing is mapped: addresses are physical.\n")
	}
}

func (m *Monitor) showMapping(x point.Mapping) {
	what := ""
	if mod := m.moduleAt(x.VA); mod != nil {
		what = "  [" + mod.name + "]"
	}
	m.out.printf("%s-%s -> %#x  %8d KiB  %s%s\n", m.addr(x.VA), m.addr(x.VA+x.Size-1), x.PA, x.Size>>10, x.Perm, what)
}

func (m *Monitor) cmdAudit(string) error {
	if m.arch == &intel {
		m.out.printf("This machine's pages have no execute permission: every writable page is executable.\n")
		return nil
	}
	n := 0
	m.Target.Mappings(func(x point.Mapping) bool {
		if strings.Contains(x.Perm, "w") && strings.Contains(x.Perm, "x") {
			if n++; n <= maxListed {
				m.showMapping(x)
			}
		}
		return true
	})
	if n == 0 {
		m.out.printf("No page is both writable and executable.\n")
	} else {
		m.out.printf("%d ranges are both writable and executable.\n", n)
	}
	return nil
}

// infoDevices lists the devices whose names contain a text; without all, only
// their interrupt lines.
func (m *Monitor) infoDevices(text string, all bool) error {
	some := false
	for _, d := range m.Target.Devices() {
		if !strings.Contains(d.Name, text) || !all && len(d.Lines) == 0 {
			continue
		}
		some = true
		m.out.printf("%s", m.out.paint(colorName, d.Name))
		if all && d.Where != "" {
			m.out.printf(" at %s", d.Where)
		}
		m.out.printf("\n")
		for _, l := range d.Lines {
			m.out.printf("    %s\n", l)
		}
		if all {
			for _, l := range d.State {
				m.out.printf("    %s\n", l)
			}
		}
	}
	if !some {
		return fmt.Errorf("no device with %q in its name has anything to show", text)
	}
	return nil
}

func (m *Monitor) cmdScreen(string) error {
	rows := m.Target.Screen()
	if rows == nil {
		m.out.printf("The %s machine has no screen.\n", m.arch.name)
		return nil
	}
	last := len(rows)
	for last > 0 && rows[last-1] == "" {
		last--
	}
	for _, r := range rows[:last] {
		m.out.printf("%s\n", r)
	}
	return nil
}

// tableRegister reads GDTR or IDTR: base and limit.
func (m *Monitor) tableRegister(name string) (base, limit uint64, err error) {
	for _, r := range m.Target.Registers() {
		if r.Name != name {
			continue
		}
		for _, f := range r.Fields {
			switch f.Name {
			case "base":
				base = f.Value
			case "limit":
				limit = f.Value
			}
		}
		if r.Fields == nil && len(r.Value) >= 6 { // as SGDT stores it
			limit, base = number(r.Value[:2]), number(r.Value[2:6])
		}
		return base, limit, nil
	}
	return 0, 0, fmt.Errorf("the machine has no register %s", name)
}

// Kinds of system descriptor (SDM 3A table 3-2).
var systemTypes = map[uint64]string{
	1: "TSS (16 bits, available)", 2: "LDT", 3: "TSS (16 bits, busy)", 4: "call gate (16 bits)", 5: "task gate",
	6: "interrupt gate (16 bits)", 7: "trap gate (16 bits)", 9: "TSS (available)", 11: "TSS (busy)", 12: "call gate",
	14: "interrupt gate", 15: "trap gate",
}

// infoTable prints the descriptors that are present.
func (m *Monitor) infoTable(name string) error {
	base, limit, err := m.tableRegister(name)
	if err != nil {
		return err
	}
	m.out.printf("%s: base %s, limit %#x\n", name, m.addr(base), limit)
	const entry = 8
	for off := uint64(0); off+entry-1 <= limit; off += entry {
		b := make([]byte, entry)
		if err := m.Target.ReadVirt(base+off, b); err != nil {
			return fmt.Errorf("cannot read the table: %w", err)
		}
		if d := number(b); d != 0 {
			at := fmt.Sprintf("%#04x", off) // the selector
			if name == "idtr" {
				at = fmt.Sprintf("vector %#02x", off/entry)
			}
			m.out.printf("  %s  %016x  %s\n", at, d, m.descriptorText(d, name == "idtr"))
		}
	}
	return nil
}

// gateTo finds the interrupt gate that leads to an address: kernels build their
// entries at run time, without symbols.
func (m *Monitor) gateTo(a uint64) (vector uint64, ok bool) {
	if m.arch != &intel {
		return 0, false
	}
	base, limit, err := m.tableRegister("idtr")
	if err != nil {
		return 0, false
	}
	const entry = 8
	table := make([]byte, (limit+1)/entry*entry)
	if m.Target.ReadVirt(base, table) != nil {
		return 0, false
	}
	for at := 0; at+entry <= len(table); at += entry {
		if d := number(table[at:][:entry]); d != 0 && gateTarget(d) == a {
			return uint64(at / entry), true
		}
	}
	return 0, false
}

// gateTarget is the offset in a gate (SDM 3A figure 6-2).
func gateTarget(d uint64) uint64 { return d&0xffff | d>>48<<16 }

// descriptorText decodes a descriptor (SDM 3A figures 3-8, 6-2).
func (m *Monitor) descriptorText(d uint64, gate bool) string {
	kind, dpl := d>>40&0xf, d>>45&3
	present := "present"
	if d>>47&1 == 0 {
		present = "not present"
	}
	system := d>>44&1 == 0
	if system && (gate || kind >= 4 && kind != 9 && kind != 11) {
		to := gateTarget(d)
		text := fmt.Sprintf("%s to %#x:%#x, DPL %d, %s", systemTypes[kind], d>>16&0xffff, to, dpl, present)
		if s := m.symbolText(to); s != "" {
			text += " <" + s + ">"
		}
		return text
	}
	base := d>>16&0xff_ffff | d>>56<<24
	limit := d&0xffff | d>>48&0xf<<16
	if d>>55&1 == 1 {
		limit = limit<<12 | 0xfff
	}
	name := systemTypes[kind]
	if !system {
		name = "data"
		if kind&8 != 0 {
			name = "code"
		}
	}
	return fmt.Sprintf("%s, base %#x, limit %#x, DPL %d, %s", name, base, limit, dpl, present)
}

// tssWords are the fields of a 32-bit TSS (SDM 3A figure 7-2).
var tssWords = []string{
	"link", "esp0", "ss0", "esp1", "ss1", "esp2", "ss2", "cr3", "eip", "eflags", "eax", "ecx", "edx", "ebx", "esp", "ebp",
	"esi", "edi", "es", "cs", "ss", "ds", "fs", "gs", "ldt", "iomap",
}

func (m *Monitor) infoTSS() error {
	base, _, err := m.tableRegister("tr")
	if err != nil {
		return err
	}
	m.out.printf("TSS at %s\n", m.addr(base))
	w, err := m.words(base, len(tssWords))
	if err != nil {
		return fmt.Errorf("cannot read it: %w", err)
	}
	for i, name := range tssWords {
		m.out.printf("  %-7s 0x%08x\n", name, w[i])
	}
	return nil
}

// infoProcesses reads the kernel's process table through its debug information.
func (m *Monitor) infoProcesses() error {
	procs, err := m.processes()
	if err != nil {
		return err
	}
	m.out.printf("%5s %5s %-10s %-15s %s\n", "PID", "PPID", "root", "name", "program")
	for _, p := range procs {
		mark := ""
		if p.root != 0 && p.root == m.Target.AddressSpace() {
			mark = "  (current)"
		}
		m.out.printf("%5d %5d %-10s %-15s %s%s\n", p.pid, p.parent, fmt.Sprintf("%#x", p.root), p.name, p.exe, mark)
	}
	return nil
}
