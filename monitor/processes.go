package monitor

import (
	"cmp"
	"errors"
	"slices"
	"strings"

	"rv86/monitor/debuginfo"
	"rv86/monitor/expr"
)

// process is a row of the kernel's process table.
type process struct {
	pid, parent uint64
	root        uint64
	name        string
	exe         string
}

// goProcesses is the kernel's table.
const goProcesses = "rv86/kernel/task.processes"

var errNoProcesses = errors.New("this kernel's processes cannot be read")

// processes lists the kernel's processes by number.
func (m *Monitor) processes() ([]process, error) {
	if m.kernel == nil {
		return nil, errNoProcesses
	}
	e := env{m, nil}
	table, ok := e.global(m.kernel, goProcesses)
	if !ok {
		return nil, errNoProcesses
	}
	if at, err := expr.Int(e, table); err != nil || at == 0 {
		return nil, err // the kernel has not begun
	}
	slots, err := mapSlots(e, table)
	if err != nil {
		return nil, err
	}
	var out []process
	for _, s := range slots {
		p, err := expr.Field(e, s, "elem")
		if err != nil {
			return nil, err
		}
		out = append(out, e.process(p))
	}
	slices.SortFunc(out, func(a, b process) int { return cmp.Compare(a.pid, b.pid) })
	return out, nil
}

// process reads a Process; what cannot be read is 0.
func (e env) process(p expr.Value) process {
	num := func(path ...string) uint64 {
		f, err := expr.Field(e, p, path...)
		if err != nil {
			return 0
		}
		n, err := expr.Int(e, f)
		if err != nil {
			return 0
		}
		return n
	}
	out := process{pid: num("PID"), root: num("MM", "root"), name: e.text(p, "name")}
	if num("parent") != 0 {
		out.parent = num("parent", "PID")
	}
	if num("exe") != 0 {
		if d, err := expr.Field(e, p, "exe", "path", "Dent"); err == nil {
			out.exe = e.path(d)
		}
	}
	return out
}

// text reads a string field.
func (e env) text(v expr.Value, path ...string) string {
	f, err := expr.Field(e, v, path...)
	if err != nil {
		return ""
	}
	w, err := e.words(f.Addr, 2)
	if err != nil {
		return ""
	}
	return e.goString(w)
}

// path is a directory entry's place below the root of its file system.
func (e env) path(d expr.Value) string {
	const deepest = 64
	var parts []string
	for range deepest {
		if at, err := expr.Int(e, d); err != nil || at == 0 {
			break
		}
		if name := e.text(d, "name"); name != "" && name != "/" {
			parts = append(parts, name)
		}
		var err error
		if d, err = expr.Field(e, d, "parent"); err != nil {
			break
		}
	}
	slices.Reverse(parts)
	return "/" + strings.Join(parts, "/")
}

// exeAt is the path of the program in an address space; "" if it is not known.
func (m *Monitor) exeAt(root uint64) string {
	if root == 0 {
		return ""
	}
	ps, err := m.processes()
	if err != nil {
		return ""
	}
	for _, p := range ps {
		if p.root == root {
			return p.exe
		}
	}
	return ""
}

// programAt gives the symbols of the program in an address space; nil if they
// are not known.
func (m *Monitor) programAt(root uint64) *debuginfo.Image {
	exe := m.exeAt(root)
	if m.Program == nil || exe == "" {
		return nil
	}
	return m.programFile(exe)
}

// elsewhere says that a place is in a program, and another program's address
// space is in use.
func (m *Monitor) elsewhere(p place) bool {
	if p.image == nil || p.image == m.kernel || p.image.Module || m.Program == nil {
		return false
	}
	if _, guest := m.Program(p.image.Name); !guest {
		return false // a file of the host's: which program it is is not known
	}
	exe := m.exeAt(m.Target.AddressSpace())
	return exe != "" && exe != p.image.Name
}

// programFile reads a program's symbols, once.
func (m *Monitor) programFile(exe string) *debuginfo.Image {
	if im, ok := m.known[exe]; ok {
		return im
	}
	var im *debuginfo.Image
	if file, ok := m.Program(exe); ok {
		im, _ = debuginfo.Load(exe, file, nil)
	}
	m.known[exe] = im
	return im
}
