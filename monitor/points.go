package monitor

import (
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"rv86/machine/debug/point"
	"rv86/monitor/debuginfo"
	"rv86/monitor/expr"
)

// breakpoint is anything that a person asked to stop at.
type breakpoint struct {
	num      int
	kind     bpKind
	spec     string // as it was typed
	places   []place
	pending  bool
	temp     bool
	disabled bool
	cond     *expr.Expr
	ignore   uint64
	hits     uint64
	commands []string

	// A watchpoint's.
	access  point.Kind
	addr, n uint64
	phys    bool
	value   expr.Value // its type, for printing old and new

	// A catchpoint's.
	event  string // trap, interrupt, syscall, ...
	arg    string
	points []point.Point // without IDs
	match  func(m *Monitor, s point.Stop) bool
}

type bpKind uint8

const (
	bpBreak bpKind = iota
	bpWatch
	bpCatch
)

// title is what a breakpoint is called when it stops the machine.
func (b *breakpoint) title() string {
	switch b.kind {
	case bpWatch:
		return watchNames[b.access] + " " + fmt.Sprint(b.num)
	case bpCatch:
		return fmt.Sprintf("Catchpoint %d", b.num)
	}
	if b.temp {
		return fmt.Sprintf("Temporary breakpoint %d", b.num)
	}
	return fmt.Sprintf("Breakpoint %d", b.num)
}

var watchNames = map[point.Kind]string{
	point.Read: "Read watchpoint", point.Write: "Write watchpoint", point.Change: "Watchpoint", point.Access: "Access watchpoint",
}

// location ties a point's ID to what it is for.
type location struct {
	bp *breakpoint
}

// IDs of the monitor's own points; the user's count up from 1.
const (
	idNotify = -1
	idStep   = -2
)

// install tells the Target all points: the user's, the kernel's announcement of
// modules, and those of the command in progress.
func (m *Monitor) install(own []point.Point) {
	m.resolved = map[int]location{}
	var ps []point.Point
	id := 0
	add := func(p point.Point, b *breakpoint) {
		id++
		p.ID = id
		m.resolved[id] = location{b}
		ps = append(ps, p)
	}
	for _, b := range m.points {
		if b.disabled {
			continue
		}
		switch b.kind {
		case bpBreak:
			for _, p := range b.places {
				add(point.Point{Kind: point.Exec, Addr: p.addr}, b)
			}
		case bpWatch:
			add(point.Point{Kind: b.access, Addr: b.addr, Len: b.n, Phys: b.phys}, b)
		case bpCatch:
			for _, p := range b.points {
				add(p, b)
			}
		}
	}
	if m.modules.notify != 0 {
		ps = append(ps, point.Point{ID: idNotify, Kind: point.Exec, Addr: m.modules.notify})
	}
	for _, p := range own {
		p.ID = idStep
		ps = append(ps, p)
	}
	m.Target.SetPoints(ps)
}

// resolvePoints looks up again what may have come or gone with a module.
func (m *Monitor) resolvePoints() {
	for _, b := range m.points {
		if b.kind != bpBreak || strings.HasPrefix(b.spec, "*") {
			continue
		}
		// Where a plain LINE stands for was decided when it was set.
		ps, err := m.locate(b.spec)
		if err != nil {
			// Places in what is gone are gone; others stay.
			b.places = slices.DeleteFunc(b.places, func(p place) bool { return p.image == nil || p.image.Module })
		} else {
			b.places = ps
		}
		b.pending = len(b.places) == 0
	}
}

func (m *Monitor) breakpointNumber(s string) (*breakpoint, error) {
	if s == "" {
		return nil, errors.New("say which breakpoint: its number (info breakpoints lists them)")
	}
	for _, b := range m.points {
		if fmt.Sprint(b.num) == s {
			return b, nil
		}
	}
	return nil, fmt.Errorf("there is no breakpoint %q (info breakpoints lists them)", s)
}

func (m *Monitor) addPoint(b *breakpoint) {
	b.num = m.nextNum
	m.nextNum++
	m.points = append(m.points, b)
	num := expr.Number(uint64(b.num))
	num.Var = "bpnum"
	env{Monitor: m}.SetVariable(num)
}

// setBreak is break and tbreak: PLACE [if CONDITION].
func (m *Monitor) setBreak(args string, temp bool) error {
	spec, cond := cutWord(args, "if")
	b := &breakpoint{kind: bpBreak, spec: spec, temp: temp}
	if cond != "" {
		var err error
		if b.cond, err = m.condition(cond); err != nil {
			return err
		}
	}
	ps, err := m.locate(spec)
	switch {
	case errors.Is(err, errPending):
		if err := m.beyond(spec); err != nil {
			return err
		}
		b.pending = true
	case err != nil:
		return err
	}
	b.places = ps
	if spec == "" || spec[0] >= '0' && spec[0] <= '9' {
		b.spec = m.absolute(spec, ps[0])
	}
	m.addPoint(b)
	switch {
	case b.pending:
		m.out.printf("%s (%s) pending: %s\n", b.title(), spec, m.whoHas(spec))
	case len(ps) == 1:
		m.out.printf("%s at %s", b.title(), m.addr(ps[0].addr))
		if where := m.describe(ps[0].addr); where != "" {
			m.out.printf(": %s", where)
		}
		m.out.printf(".\n")
	default:
		m.out.printf("%s at %d places.\n", b.title(), len(ps))
	}
	return nil
}

// condition reads a breakpoint's condition.
func (m *Monitor) condition(text string) (*expr.Expr, error) {
	e, err := expr.Parse(m.env(), text)
	if err == nil && e.Assigns() {
		return nil, fmt.Errorf("the condition %q would change what it asks for: == compares", text)
	}
	return e, err
}

// absolute writes a place that depends on the present one so that it does not.
func (m *Monitor) absolute(spec string, p place) string {
	if p.image != nil && spec != "" && !strings.HasPrefix(spec, "0x") {
		if file, line, _, _, ok := p.image.Line(p.addr); ok {
			return fmt.Sprintf("%s:%d", m.shortFile(p.image, file), line)
		}
	}
	return fmt.Sprintf("*%#x", p.addr)
}

// beyond is the error for a line behind the last one with code of a file that a
// module brings.
func (m *Monitor) beyond(spec string) error {
	i := strings.LastIndexByte(spec, ':')
	if i <= 0 {
		return nil
	}
	line, err := strconv.Atoi(spec[i+1:])
	if err != nil {
		return nil
	}
	_, file, named := strings.Cut(spec[:i], "!")
	if !named {
		file = spec[:i]
	}
	known := false
	for _, mod := range m.Modules {
		im := m.unplaced(mod)
		if im == nil || !slices.ContainsFunc(im.Files(), func(f string) bool { return debuginfo.SameFile(file, f) }) {
			continue
		}
		if _, actual := im.Addresses(file, line); actual != 0 {
			return nil
		}
		known = true
	}
	if known {
		return fmt.Errorf("%s has no code at line %d or after it", file, line)
	}
	return nil
}

// whoHas says, in a sentence, which module a pending name may come with.
func (m *Monitor) whoHas(spec string) string {
	name := spec
	if mod, rest, ok := strings.Cut(spec, "!"); ok {
		if _, known := m.moduleFile(mod); known {
			return "module " + mod + " is not loaded."
		}
		name = rest
	}
	for _, mod := range m.Modules {
		im := m.unplaced(mod)
		if im == nil {
			continue
		}
		if file, _, ok := strings.Cut(name, ":"); ok {
			for _, f := range im.Files() {
				if strings.HasSuffix(f, "/"+file) || f == file {
					return m.absent(im.Name) + "."
				}
			}
		}
		if len(inImage(im, name)) > 0 {
			return m.absent(im.Name) + "."
		}
	}
	if near := m.nearestFunction(name); near != "" {
		return fmt.Sprintf("no module that is known has it; did you mean %q?", near)
	}
	return "no module that is known has it."
}

// nearestFunction looks among the functions of the modules that are known, and
// the kernel's.
func (m *Monitor) nearestFunction(name string) string {
	var names []string
	add := func(im *debuginfo.Image) {
		if im == nil {
			return
		}
		for _, s := range im.Symbols() {
			if s.Func {
				names = append(names, shortName(s.Name))
			}
		}
	}
	for _, mod := range m.Modules {
		add(m.unplaced(mod))
	}
	add(m.kernel)
	return nearest(name, names)
}

// absent says why what is in a module is not in memory.
func (m *Monitor) absent(module string) string {
	if m.moduleNamed(module) != nil {
		return "it is in the init memory of module " + module + ", which was freed"
	}
	return "it is in module " + module + ", which is not loaded"
}

// cutWord splits "PLACE if CONDITION" at a word that stands alone.
func cutWord(s, word string) (before, after string) {
	fields := " " + s + " "
	if i := strings.Index(fields, " "+word+" "); i >= 0 {
		return strings.TrimSpace(fields[:i]), strings.TrimSpace(fields[i+len(word)+2:])
	}
	return strings.TrimSpace(s), ""
}

// setWatch is watch, rwatch, awatch and cwatch: [-p] EXPR [if CONDITION].
func (m *Monitor) setWatch(args string, access point.Kind) error {
	text, cond := cutWord(args, "if")
	b := &breakpoint{kind: bpWatch, access: access}
	if rest, ok := strings.CutPrefix(text, "-p "); ok {
		b.phys, text = true, strings.TrimSpace(rest)
	}
	b.spec = text
	v, err := expr.Evaluate(m.env(), text)
	if err != nil {
		return err
	}
	switch {
	case b.phys:
		n, err := expr.Int(m.env(), v)
		if err != nil {
			return err
		}
		b.addr, b.n = n, uint64(m.arch.word)
		b.value.Type, _ = m.basics.Basic("unsigned long ")
	case !v.Mem && (v.Type == nil || v.Reg == "" && v.Bytes != nil):
		// An address: the word there.
		n, err := expr.Int(m.env(), v)
		if err != nil {
			return err
		}
		b.addr, b.n = m.trunc(n), uint64(m.arch.word)
		b.value.Type, _ = m.basics.Basic("unsigned long ")
		b.spec = fmt.Sprintf("*%#x", b.addr)
	case !v.Mem:
		return fmt.Errorf("%s is in a register or optimized out: only memory can be watched", text)
	default:
		b.addr, b.n, b.value.Type = v.Addr, uint64(max(expr.Size(v.Type), 1)), v.Type
	}
	if cond != "" {
		if b.cond, err = m.condition(cond); err != nil {
			return err
		}
	}
	m.addPoint(b)
	m.out.printf("%s: %s\n", b.title(), b.spec)
	return nil
}

// infoBreakpoints lists them.
func (m *Monitor) infoBreakpoints() {
	if len(m.points) == 0 {
		m.out.printf("No breakpoints or watchpoints.\n")
		return
	}
	m.out.printf("%-4s %-15s %-3s %s\n", "Num", "Type", "Enb", "What")
	for _, b := range m.points {
		kind := map[bpKind]string{bpBreak: "breakpoint", bpWatch: "watchpoint", bpCatch: "catchpoint"}[b.kind]
		if b.kind == bpWatch {
			kind = map[point.Kind]string{point.Read: "read", point.Write: "write", point.Access: "access"}[b.access] + " watchpoint"
			kind = strings.TrimSpace(kind)
		}
		enabled := "y"
		if b.disabled {
			enabled = "n"
		}
		what := b.spec
		switch {
		case b.pending:
			what += " (pending)"
		case b.kind == bpBreak && len(b.places) == 1:
			what = fmt.Sprintf("%s at %s", b.spec, m.addr(b.places[0].addr))
			if d := m.describe(b.places[0].addr); d != "" && strings.HasPrefix(d, "file ") {
				what += ", " + d
			}
		case b.kind == bpBreak:
			what += fmt.Sprintf(" at %d places", len(b.places))
		case b.kind == bpCatch:
			what = strings.TrimSpace(b.event + " " + b.arg)
		case b.phys:
			what = "physical " + what
		}
		if b.temp {
			what += " (once)"
		}
		m.out.printf("%-4d %-15s %-3s %s\n", b.num, kind, enabled, what)
		if b.cond != nil {
			m.out.printf("\tstop only if %s\n", b.cond.Text)
		}
		if b.hits > 0 {
			m.out.printf("\thit %s\n", times(b.hits))
		}
		if b.ignore > 0 {
			m.out.printf("\tignore the next %d hits\n", b.ignore)
		}
		for _, c := range b.commands {
			m.out.printf("\t    %s\n", c)
		}
	}
}

func times(n uint64) string {
	if n == 1 {
		return "once"
	}
	return fmt.Sprintf("%d times", n)
}
