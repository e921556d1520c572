package module

import (
	"fmt"
	"slices"
	"strings"

	"rv86/kernel/abi"
	"rv86/kernel/lkm"
	"rv86/kernel/vfs"
	"rv86/kmod"
)

// /sys/module (Linux Documentation/ABI/testing/sysfs-module and
// kernel/module/sysfs.c). A module's directory is made when someone looks.

// RegisterSysfs shows the modules in a directory, sys/module.
func (k *Kernel) RegisterSysfs(dir *vfs.Dir) {
	dir.Dynamic(func(name string) *vfs.Node {
		k.mu.Lock()
		m := k.find(name)
		shown := m != nil && m.state != Unformed
		k.mu.Unlock()
		if !shown {
			return nil
		}
		return vfs.DirNode(dirPerm, k.moduleDir(m))
	}, k.shownNames)
	own := dir.Sub("module").Sub("parameters")
	own.Add("sig_enforce", vfs.TextRW(0o644, func() []byte {
		k.mu.Lock()
		defer k.mu.Unlock()
		return []byte(yesNo(k.signatures == signaturesEnforce))
	}, k.storeSigEnforce))
}

const dirPerm = 0o755

func yesNo(b bool) string {
	if b {
		return "Y\n"
	}
	return "N\n"
}

// storeSigEnforce only ever makes the policy stricter (bool_enable_only).
func (k *Kernel) storeSigEnforce(b []byte) abi.Errno {
	k.mu.Lock()
	defer k.mu.Unlock()
	switch strings.TrimSpace(string(b)) {
	case "1", "y", "Y":
		k.signatures = signaturesEnforce
		return 0
	case "0", "n", "N":
		if k.signatures == signaturesEnforce {
			return abi.EROFS
		}
		return 0
	}
	return abi.EINVAL
}

// shownNames are the modules that have a directory, in the order of loading.
func (k *Kernel) shownNames() []string {
	k.mu.Lock()
	defer k.mu.Unlock()
	var names []string
	for _, m := range k.modules {
		if m.state != Unformed {
			names = append(names, m.Name)
		}
	}
	return names
}

func (k *Kernel) moduleDir(m *Module) *vfs.Dir {
	d := vfs.NewDir()
	text := func(name string, f func() string) {
		d.Add(name, vfs.Text(0o444, func() []byte {
			k.mu.Lock()
			defer k.mu.Unlock()
			return []byte(f() + "\n")
		}))
	}
	text("coresize", func() string { return fmt.Sprint(m.coreSize) })
	text("initsize", func() string { return fmt.Sprint(m.initSize) })
	text("initstate", func() string {
		return map[State]string{Live: "live", Coming: "coming", Going: "going"}[m.state]
	})
	text("refcnt", func() string { return fmt.Sprint(m.refs) })
	text("taint", func() string { return letters(m.taint) })
	for _, key := range []string{"srcversion", "version"} {
		if v := m.info.Get(key); v != "" {
			text(key, func() string { return v })
		}
	}
	d.Add("uevent", vfs.TextRW(0o200, func() []byte { return nil }, storeUevent))
	d.Add("holders", vfs.DirNode(dirPerm, k.holdersDir(m)))
	d.Add("sections", vfs.DirNode(dirPerm, k.sectionsDir(m)))
	if len(m.notes) > 0 {
		d.Add("notes", vfs.DirNode(dirPerm, k.notesDir(m)))
	}
	if p := k.paramsDir(m); p != nil {
		d.Add("parameters", vfs.DirNode(dirPerm, p))
	}
	return d
}

// storeUevent takes the names of actions, about which nobody is told here.
func storeUevent(b []byte) abi.Errno {
	action, _, _ := strings.Cut(strings.TrimSpace(string(b)), " ")
	if slices.Contains([]string{"add", "remove", "change", "move", "online", "offline", "bind", "unbind"}, action) {
		return 0
	}
	return abi.EINVAL
}

// holdersDir links to the modules that use this one.
func (k *Kernel) holdersDir(m *Module) *vfs.Dir {
	d := vfs.NewDir()
	for _, name := range k.Users(m.Name) {
		d.Add(name, vfs.Symlink(func(*vfs.Caller) string { return "../../" + name }))
	}
	return d
}

// sectionsDir has a file for each section: where it was loaded.
func (k *Kernel) sectionsDir(m *Module) *vfs.Dir {
	d := vfs.NewDir()
	for _, s := range m.sections {
		d.Add(s.name, vfs.Text(0o400, func() []byte { return fmt.Appendf(nil, "0x%0*x\n", k.digits(), s.addr) }))
	}
	return d
}

func (k *Kernel) notesDir(m *Module) *vfs.Dir {
	d := vfs.NewDir()
	for _, n := range m.notes {
		d.Add(n.name, vfs.Text(0o444, func() []byte {
			k.mu.Lock()
			defer k.mu.Unlock()
			if k.find(m.Name) != m || m.core == 0 {
				return nil
			}
			return slices.Clone(k.Machine.Slice(n.addr, n.size))
		}))
	}
	return d
}

// paramsDir has the parameters that the module wants to be seen; nil if there
// are none.
func (k *Kernel) paramsDir(m *Module) *vfs.Dir {
	var d *vfs.Dir
	for i := range m.params {
		p := &m.params[i]
		const permBits = 0o777
		if p.Perm&permBits == 0 {
			continue
		}
		if d == nil {
			d = vfs.NewDir()
		}
		d.Add(p.Name, vfs.Special(abi.S_IFREG|uint32(p.Perm&permBits), func(c *vfs.Caller, flags int) (vfs.File, abi.Errno) {
			mode := flags & abi.O_ACCMODE
			if mode != abi.O_WRONLY && p.Perm&0o444 == 0 || mode != abi.O_RDONLY && p.Perm&0o222 == 0 {
				return nil, abi.EACCES
			}
			return &paramFile{k: k, m: m, p: p, who: k.callerOf(c)}, 0
		}))
	}
	return d
}

// callerOf finds for whom the module's functions run.
func (k *Kernel) callerOf(c *vfs.Caller) *lkm.Caller {
	if k.CallerOf != nil {
		return k.CallerOf(c)
	}
	return &lkm.Caller{PID: c.PID}
}

// paramFile is an open parameter. It keeps the text that it gave at offset 0.
type paramFile struct {
	vfs.Base
	k    *Kernel
	m    *Module
	p    *kmod.Param
	who  *lkm.Caller
	text []byte
}

// Size is a page, as sysfs has it.
func (f *paramFile) Size() int64 { return kmod.PageSize }

func (f *paramFile) Read(b []byte, off int64) (int, abi.Errno) {
	if off == 0 || f.text == nil {
		text, e := f.k.readParam(f.who, f.m, f.p)
		if e != 0 {
			return 0, e
		}
		f.text = text
	}
	if off >= int64(len(f.text)) {
		return 0, 0
	}
	return copy(b, f.text[off:]), 0
}

func (f *paramFile) Write(b []byte, _ int64) (int, abi.Errno) {
	if e := f.k.writeParam(f.who, f.m, f.p, b); e != 0 {
		return 0, e
	}
	return len(b), 0
}
