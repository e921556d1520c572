package device

import (
	"testing"

	"rv86/kernel/abi"
	"rv86/kernel/lkm"
	"rv86/kernel/lkm/cfile"
	"rv86/kernel/lkm/chrdev"
	"rv86/kernel/lkm/cstruct"
	"rv86/kernel/lkm/kobj"
	"rv86/kernel/lkm/lkmtest"
	"rv86/kernel/lkm/uaccess"
	"rv86/kernel/vfs"
	"rv86/kmod/kapi"
)

// lab is the device model with its exports at addresses of the test's core.
type lab struct {
	*lkmtest.Core
	who  *lkm.Caller
	rows []kapi.Func
	vars []kapi.Var
	at   map[string]uint64
	m    *Model
	c    *vfs.Caller
}

func newLab(t *testing.T) *lab {
	l := &lab{Core: lkmtest.New(t), at: map[string]uint64{}}
	_, l.who = l.NewThread(7, "test")
	ns := vfs.NewNamespace(vfs.Config{})
	files := cfile.New(cfile.Config{Core: l.Core, Who: func(*vfs.Caller) *lkm.Caller {
		_, who := l.NewThread(8, "reader")
		return who
	}})
	kobjs := kobj.New(files, ns.Sys(), l.export)
	devices := chrdev.New(kobjs, ns)
	l.m = New(kobjs, ns)
	devices.Model(l.m)
	provide := func(funcs []kapi.Func, vars []kapi.Var) {
		l.rows, l.vars = append(l.rows, funcs...), append(l.vars, vars...)
	}
	provide(uaccess.Exports(), nil)
	provide(files.Exports(), nil)
	provide(devices.Provide())
	for _, more := range []func() ([]kapi.Func, []kapi.Var, abi.Errno){kobjs.Provide, l.m.Provide} {
		funcs, vars, e := more()
		if e != 0 {
			t.Fatal(e)
		}
		provide(funcs, vars)
	}
	l.c = &vfs.Caller{FS: ns.NewFSContext()}
	for dir, fs := range map[string]string{"/dev": "devtmpfs", "/sys": "sysfs", "/proc": "proc"} {
		l.c.Mkdir(l.c.FS.Root(), dir, 0o755)
		if e := l.c.Mount(fs, dir, fs, 0, ""); e != 0 {
			t.Fatal(e)
		}
	}
	if e := l.m.Start(); e != 0 {
		t.Fatal(e)
	}
	for i := range l.rows { // so that no address is given out later
		l.export(l.rows[i].Name)
	}
	for i := range l.vars {
		l.export(l.vars[i].Name)
	}
	return l
}

// export gives a row or variable an address when it is first asked for.
func (l *lab) export(name string) uint64 {
	if a, ok := l.at[name]; ok || name == "" {
		return a
	}
	for _, v := range l.vars {
		if v.Name != name {
			continue
		}
		p := l.Alloc(uint64(len(v.Words)) * 8)
		l.at[name] = p
		for i, w := range v.Words {
			cstruct.SetWord(l.Core, p+uint64(i)*8, w.Num+l.export(w.Func))
		}
		return p
	}
	l.at[name] = l.Func(func(who *lkm.Caller, args ...uint64) uint64 {
		return l.Call(who, l.rows, name, args...)
	})
	return l.at[name]
}

func (l *lab) call(name string, args ...uint64) uint64 {
	l.T.Helper()
	return l.Call(l.who, l.rows, name, args...)
}

// zeroed makes a structure.
func (l *lab) zeroed(s *cstruct.Struct) cstruct.View {
	return s.At(l.Core, l.Alloc(s.Size(l.Core)))
}

// text reads a whole file.
func (l *lab) text(path string) string {
	l.T.Helper()
	d, e := l.c.Open(l.c.FS.Root(), path, abi.O_RDONLY, 0)
	if e != 0 {
		return e.Error()
	}
	defer d.Put()
	b := make([]byte, 4096)
	n, e := d.Read(l.c, b)
	if e != 0 {
		return e.Error()
	}
	return string(b[:n])
}

// names lists a directory.
func (l *lab) names(path string) (names []string) {
	l.T.Helper()
	d, e := l.c.Open(l.c.FS.Root(), path, abi.O_RDONLY|abi.O_DIRECTORY, 0)
	if e != 0 {
		return []string{e.Error()}
	}
	defer d.Put()
	d.ReadDir(func(e vfs.DirEntry, _ int64) bool {
		if e.Name != "." && e.Name != ".." {
			names = append(names, e.Name)
		}
		return true
	})
	return names
}
