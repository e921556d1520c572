package monitor

import (
	"debug/dwarf"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	"rv86/monitor/debuginfo"
	"rv86/monitor/expr"
)

// env is what expressions see from the frame that is selected.
type env struct {
	*Monitor
	frame *frame
}

func (m *Monitor) env() env { return env{m, m.frame()} }

// Word implements expr.Types.
func (e env) Word() int { return e.arch.word }

// Pointer implements expr.Types.
func (e env) Pointer(t dwarf.Type) dwarf.Type { return e.basics.Pointer(t) }

// Basic implements expr.Types.
func (e env) Basic(words string) (dwarf.Type, bool) { return e.basics.Basic(words) }

// goTypes are the machine's own words for what Go calls otherwise.
var goTypes = map[string]string{
	"uint8": "unsigned char ", "uint16": "unsigned short ", "uint32": "unsigned int ", "uint64": "unsigned long long ",
	"int8": "char ", "int16": "short ", "int32": "int ", "int64": "long long ", "uintptr": "unsigned long ",
	"u8": "unsigned char ", "u16": "unsigned short ", "u32": "unsigned int ", "u64": "unsigned long long ",
	"s8": "char ", "s16": "short ", "s32": "int ", "s64": "long long ",
	"uint8_t": "unsigned char ", "uint16_t": "unsigned short ", "uint32_t": "unsigned int ", "uint64_t": "unsigned long long ",
	"int8_t": "char ", "int16_t": "short ", "int32_t": "int ", "int64_t": "long long ", "size_t": "unsigned long ",
}

// Type implements expr.Types: the frame's own program first.
func (e env) Type(keyword, name string) (dwarf.Type, bool) {
	images := e.images()
	if e.frame != nil && e.frame.image != nil {
		images = append([]*debuginfo.Image{e.frame.image}, images...)
	}
	for _, im := range images {
		if t, ok := im.Type(keyword, name); ok {
			return t, true
		}
	}
	if words, ok := goTypes[name]; ok && keyword == "" {
		return e.Basic(words)
	}
	return nil, false
}

// Register implements expr.Env: registers, values of the history, and variables
// of the session's own.
func (e env) Register(name string) (expr.Value, error) {
	if v, ok, err := e.past(name); ok || err != nil {
		return v, err
	}
	if e.frame != nil {
		if b, ok := e.frame.register(name); ok {
			return e.typed(name, b), nil
		}
	}
	if f, ok := machineVariables[name]; ok {
		return e.typed("", expr.Number(f(e.Target)).Bytes), nil
	}
	if v, ok := e.vars[name]; ok {
		return v, nil
	}
	if e.isRegister(name) {
		return expr.Value{}, fmt.Errorf("the value of $%s in frame %d is not known: the functions that it called may have changed it", name, e.selected)
	}
	return expr.Value{}, e.noRegister(name)
}

// machineVariables are what the machine has besides registers.
var machineVariables = map[string]func(t Target) uint64{
	"insn": Target.Insn, "asid": Target.AddressSpace, "root": Target.AddressSpace,
}

// NewVariable implements expr.Env: one of the session's.
func (e env) NewVariable(name string) (expr.Value, bool) {
	if name == "" || strings.ContainsAny(name[:1], "0123456789$") || e.isRegister(name) || machineVariables[name] != nil {
		return expr.Value{}, false
	}
	return expr.Value{Var: name}, true
}

// isRegister says that the machine has a register of that name.
func (m *Monitor) isRegister(name string) bool {
	_, ok := m.register(name)
	return ok
}

// noRegister is the error for a $NAME that stands for nothing, with the nearest
// that stands for something.
func (m *Monitor) noRegister(name string) error {
	names := append(m.registerNames(""), "pc", "sp")
	names = append(names, slices.Collect(maps.Keys(m.arch.alias))...)
	names = append(names, slices.Collect(maps.Keys(machineVariables))...)
	names = append(names, slices.Collect(maps.Keys(m.vars))...)
	slices.Sort(names)
	if near := nearest(name, names); near != "" {
		return fmt.Errorf("there is no register or variable $%s; did you mean $%s?", name, near)
	}
	return fmt.Errorf("there is no register or variable $%s (info registers all lists registers; set $%s = VALUE makes a variable)", name, name)
}

// past gives $, $$, $3 and $$2; ok is false for other names.
func (e env) past(name string) (v expr.Value, ok bool, err error) {
	n := len(e.history)
	at := -1
	switch {
	case name == "":
		at = n - 1
	case name == "$":
		at = n - 2
	case strings.HasPrefix(name, "$"):
		k, err := strconv.Atoi(name[1:])
		if err != nil {
			return v, false, nil
		}
		at = n - 1 - k
	default:
		k, err := strconv.Atoi(name)
		if err != nil {
			return v, false, nil
		}
		at = k - 1
	}
	switch {
	case n == 0:
		return v, false, errors.New("nothing was printed yet: $ is the last value of print")
	case at < 0 || at >= n:
		return v, false, fmt.Errorf("there is no value $%s: values from $1 to $%d were printed", name, n)
	}
	return e.history[at], true, nil
}

// typed gives a register its C type.
func (e env) typed(name string, b []byte) expr.Value {
	words := map[int]string{1: "unsigned char ", 2: "unsigned short ", 4: "unsigned int ", 8: "unsigned long long "}
	v := expr.Value{Bytes: b, Reg: name}
	canonical := e.arch.canonical(name)
	if t, ok := e.vectorType(canonical); ok && expr.Size(t) == int64(len(b)) {
		v.Type = t
		return v
	}
	switch t, ok := e.Basic(words[len(b)]); {
	case canonical == e.arch.pc:
		v.Type = e.Pointer(&dwarf.FuncType{})
	case canonical == e.arch.sp:
		v.Type = e.Pointer(&dwarf.VoidType{})
	case ok && len(b) == e.arch.word:
		v.Type, _ = e.Basic("long ")
	case ok:
		v.Type = t
	}
	return v
}

// SetVariable implements expr.Env.
func (e env) SetVariable(v expr.Value) { e.vars[v.Var] = v }

// SetRegister implements expr.Env.
func (e env) SetRegister(name string, b []byte) error {
	if e.frame != nil && e.frame.level != 0 {
		return errors.New("only the innermost frame's registers can be changed: select frame 0 first")
	}
	if err := e.Target.SetRegister(e.arch.canonical(name), b); err != nil {
		return err
	}
	e.arrived()
	return nil
}

// Read implements expr.Env.
func (e env) Read(a uint64, b []byte) error {
	if e.frame != nil {
		return e.frame.Read(a, b)
	}
	return e.Target.ReadVirt(e.trunc(a), b)
}

// Write implements expr.Env.
func (e env) Write(a uint64, b []byte) error {
	if f := e.frame; f != nil && f.root != 0 && f.root != e.Target.AddressSpace() {
		return errors.New("the frame's program is in another address space than the processor: only its memory can be read")
	}
	err := e.Target.WriteVirt(e.trunc(a), b)
	e.Monitor.regs = nil
	return err
}

// Symbol implements expr.Env.
func (e env) Symbol(a uint64) string { return e.symbolText(a) }

// Lookup implements expr.Env: locals, the program's globals, then everything.
func (e env) Lookup(name string) (expr.Value, error) {
	mod, bare, named := strings.Cut(name, "!")
	if !named {
		bare = name
		if v, ok, err := e.local(name); ok {
			return v, err
		}
	}
	images := e.images()
	if e.frame != nil && e.frame.image != nil && !named {
		images = append([]*debuginfo.Image{e.frame.image}, images...)
	}
	if pkg := e.goPackage(); pkg != "" && !named {
		if v, ok := e.global(e.frame.image, pkg+"."+name); ok {
			return v, nil
		}
	}
	for _, im := range images {
		if named && im.Name != mod {
			continue
		}
		if v, ok := e.global(im, bare); ok {
			return v, nil
		}
	}
	return expr.Value{}, e.unknown(name)
}

// goPackage is the path of the package whose function the frame is in; "" in C.
func (e env) goPackage() string {
	if e.frame == nil || e.frame.fn == nil || !e.frame.fn.Go() {
		return ""
	}
	name := e.frame.fn.Name
	dir := strings.LastIndexByte(name, '/') + 1
	if i := strings.IndexAny(name, "([{"); i >= 0 && i < dir {
		dir = strings.LastIndexByte(name[:i], '/') + 1
	}
	pkg, _, ok := strings.Cut(name[dir:], ".")
	if !ok {
		return ""
	}
	return name[:dir] + pkg
}

// local finds a variable of the frame; the innermost of several.
func (e env) local(name string) (expr.Value, bool, error) {
	f := e.frame
	if f == nil || f.fn == nil {
		return expr.Value{}, false, nil
	}
	vs := f.fn.Locals(f.lookup)
	for i := len(vs) - 1; i >= 0; i-- {
		if vs[i].Name == name {
			v, err := e.variable(vs[i])
			return v, true, err
		}
	}
	return expr.Value{}, false, nil
}

// global finds a variable or function of an image.
func (e env) global(im *debuginfo.Image, name string) (expr.Value, bool) {
	for _, g := range im.Globals(name) {
		if v, err := e.variable(g); err == nil {
			return v, true
		}
	}
	s, ok := im.Symbol(name)
	if !ok {
		if all := im.EndingIn(name); len(all) > 0 {
			for _, g := range im.Globals(all[0].Name) {
				if v, err := e.variable(g); err == nil {
					return v, true
				}
			}
			s, ok = all[0], true
		}
	}
	if !ok {
		if entries := im.Named(name); len(entries) > 0 {
			return expr.Value{Type: &dwarf.FuncType{}, Func: true, Addr: entries[0]}, true
		}
		return expr.Value{}, false
	}
	if s.Func {
		return expr.Value{Type: &dwarf.FuncType{}, Func: true, Addr: s.Addr}, true
	}
	// Data without debug information is a word.
	t, _ := e.Basic("long ")
	if s.Size == 4 {
		t, _ = e.Basic("int ")
	}
	return expr.Value{Type: t, Mem: true, Addr: s.Addr}, true
}

// variable finds where a variable is and makes a value of it.
func (e env) variable(v *debuginfo.Variable) (expr.Value, error) {
	t, ok := v.Type()
	if !ok {
		return expr.Value{}, fmt.Errorf("%s has a type that cannot be read", v.Name)
	}
	var fn *debuginfo.Func
	var fr debuginfo.Frame = noFrame{e.Monitor}
	if e.frame != nil {
		fn, fr = e.frame.fn, e.frame
	}
	ps, err := v.Locate(fn, fr)
	if errors.Is(err, debuginfo.ErrOptimisedOut) {
		return expr.Value{Type: t, Gone: err.Error()}, nil
	}
	if err != nil {
		return expr.Value{}, fmt.Errorf("%s: %w", v.Name, err)
	}
	if len(ps) == 1 {
		return e.whole(t, ps[0])
	}
	var b []byte
	for _, p := range ps {
		part, ok := e.piece(p, int(p.Size))
		if !ok {
			return expr.Value{Type: t, Gone: "partly " + debuginfo.ErrOptimisedOut.Error()}, nil
		}
		b = append(b, part...)
	}
	return expr.Value{Type: t, Bytes: fit(b, expr.Size(t))}, nil
}

func fit(b []byte, n int64) []byte {
	for int64(len(b)) < n {
		b = append(b, 0)
	}
	return b[:n]
}

// whole is a variable in one place.
func (e env) whole(t dwarf.Type, p debuginfo.Piece) (expr.Value, error) {
	switch p.Kind {
	case debuginfo.InMemory:
		return expr.Value{Type: t, Mem: true, Addr: e.trunc(p.Num)}, nil
	case debuginfo.InRegister:
		b, ok := e.piece(p, int(expr.Size(t)))
		if !ok {
			return expr.Value{Type: t, Gone: "not saved"}, nil
		}
		v := expr.Value{Type: t, Bytes: b}
		if int(p.Num) < len(e.arch.dwarf) && expr.Size(t) == int64(e.arch.word) {
			v.Reg = e.arch.dwarf[p.Num]
		}
		return v, nil
	case debuginfo.Constant:
		b, _ := e.piece(p, int(expr.Size(t)))
		return expr.Value{Type: t, Bytes: b}, nil
	}
	return expr.Value{Type: t, Gone: debuginfo.ErrOptimisedOut.Error()}, nil
}

// piece gives the bytes of a part of a variable.
func (e env) piece(p debuginfo.Piece, n int) ([]byte, bool) {
	switch p.Kind {
	case debuginfo.InMemory:
		b := make([]byte, n)
		return b, e.Read(p.Num, b) == nil
	case debuginfo.InRegister:
		if e.frame == nil {
			return nil, false
		}
		v, ok := e.frame.Reg(int(p.Num))
		return fit(expr.Number(v).Bytes, int64(n)), ok
	case debuginfo.Constant:
		if p.Bytes != nil {
			return fit(slices.Clone(p.Bytes), int64(n)), true
		}
		return fit(expr.Number(p.Num).Bytes, int64(n)), true
	}
	return nil, false
}

// noFrame is the context of a global variable while nothing is known of the
// stack.
type noFrame struct{ *Monitor }

func (noFrame) Reg(int) (uint64, bool) { return 0, false }
func (noFrame) CFA() (uint64, bool)    { return 0, false }
func (n noFrame) PC() uint64           { return n.pc() }
func (n noFrame) Read(a uint64, b []byte) error {
	return n.Target.ReadVirt(n.trunc(a), b)
}

// unknown is the error for a name nobody has, with the nearest that somebody
// has.
func (e env) unknown(name string) error {
	if mod, _, ok := strings.Cut(name, "!"); ok && e.moduleNamed(mod) == nil {
		var names []string
		for _, x := range e.modules.list {
			names = append(names, x.name)
		}
		if near := nearest(mod, names); near != "" {
			return fmt.Errorf("module %q is not loaded; did you mean %q?", mod, near)
		}
		return fmt.Errorf("module %q is not loaded", mod)
	}
	near := e.nearestSymbol(name)
	switch _, err := e.Register(name); {
	case err == nil && name != "":
		near = "$" + name
	case near == "":
		return fmt.Errorf("no symbol %q in what is loaded", name)
	}
	return fmt.Errorf("no symbol %q in what is loaded; did you mean %q?", name, near)
}

// nearestSymbol looks among the frame's variables and the modules' names, which
// are few; then among the kernel's.
func (e env) nearestSymbol(name string) string {
	var names []string
	if e.frame != nil && e.frame.fn != nil {
		for _, v := range e.frame.fn.Locals(e.frame.lookup) {
			names = append(names, v.Name)
		}
	}
	for _, im := range e.images() {
		if im.Module {
			for _, s := range im.Symbols() {
				names = append(names, s.Name)
			}
			names = append(names, im.GlobalNames()...)
		}
	}
	if near := nearest(name, names); near != "" || e.kernel == nil {
		return near
	}
	names = nil
	for _, s := range e.kernel.Symbols() {
		names = append(names, shortName(s.Name))
	}
	return nearest(name, names)
}
