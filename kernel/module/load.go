package module

import (
	"errors"
	"fmt"

	"rv86/kernel/abi"
	"rv86/kernel/klog"
	"rv86/kernel/lkm"
	"rv86/kmod"
)

// Flags of finit_module(2).
const (
	IgnoreModversions = 1
	IgnoreVermagic    = 2
	Compressed        = 4
)

// loading is one load in progress.
type loading struct {
	k     *Kernel
	who   *lkm.Caller
	blob  []byte
	args  string
	flags int

	m      *Module
	spec   *kmod.Spec
	layout *kmod.Layout
	image  *kmod.Image
}

// step is one part of a load. undo takes back what do did; it runs when a later
// step fails.
type step struct {
	name string
	do   func(l *loading) error
	undo func(l *loading)
}

// loadSteps is the order of a load. What can be refused without memory comes
// first; the name is taken before memory is, so that two loads of one module
// cannot both go on; nothing of the module runs before its pages have their
// final protection.
var loadSteps = []step{
	{"parse", (*loading).parse, nil},
	{"check modinfo", (*loading).checkInfo, nil},
	{"take name", (*loading).takeName, (*loading).dropName},
	{"lay out", (*loading).place, nil},
	{"allocate", (*loading).allocate, (*loading).free},
	{"taint", (*loading).noteTaints, nil},
	{"link", (*loading).link, (*loading).dropUses},
	{"read tables", (*loading).readTables, nil},
	{"protect", (*loading).protect, nil},
	{"announce", (*loading).announce, (*loading).retire},
	{"parameters", (*loading).setParams, (*loading).freeParams},
	{"constructors", (*loading).construct, nil},
	{"init", (*loading).runInit, nil},
	{"go live", (*loading).goLive, nil},
}

// errOops says that C code of the module faulted: nothing may be undone.
var errOops = errors.New("module: oops")

// Result is the outcome of a system call that may run C code.
type Result struct {
	Errno abi.Errno
	// Oops says that the calling process must be killed.
	Oops bool
}

// Load performs init_module(2): blob is the module's file, args its parameters.
func (k *Kernel) Load(who *lkm.Caller, blob []byte, args string, flags int) Result {
	l := &loading{k: k, who: who, blob: blob, args: args, flags: flags}
	for i, s := range loadSteps {
		err := s.do(l)
		if err == nil {
			continue
		}
		if err == errOops {
			return Result{abi.EINTR, true}
		}
		for j := i - 1; j >= 0; j-- {
			if loadSteps[j].undo != nil {
				loadSteps[j].undo(l)
			}
		}
		l.explain(err)
		return Result{Errno: kmod.ErrnoOf(err)}
	}
	return Result{}
}

// name is what log lines call the module.
func (l *loading) name() string {
	if l.spec != nil {
		return l.spec.Name
	}
	return "module"
}

// explain logs why a load failed, unless the module itself chose to.
func (l *loading) explain(err error) {
	var unknown *kmod.UnknownSymbols
	var reloc *kmod.RelocError
	var refused *kmod.Error
	switch {
	case errors.As(err, &unknown):
		for _, u := range unknown.Syms {
			var why *kmod.Error
			if errors.As(u.Err, &why) {
				l.k.logf(klog.Err, "%s", why.Why)
			}
			l.k.logf(klog.Err, "%s", kmod.UnknownSymbolText(unknown.Module, u))
		}
	case errors.As(err, &reloc):
		l.k.logf(klog.Err, "%s", reloc)
	case errors.As(err, &refused):
		l.k.logf(klog.Err, "%s: %s", l.name(), refused.Why)
	}
}

func refuse(e abi.Errno, format string, args ...any) error {
	return &kmod.Error{Errno: e, Why: fmt.Sprintf(format, args...)}
}

func (k *Kernel) logf(level klog.Level, format string, args ...any) {
	k.Log.Printk(level, fmt.Sprintf(format, args...)+"\n")
}

func (k *Kernel) infof(format string, args ...any) { k.logf(klog.Info, format, args...) }
func (k *Kernel) warnf(format string, args ...any) { k.logf(klog.Warning, format, args...) }

func (l *loading) parse() (err error) {
	l.spec, err = kmod.Parse(l.blob, l.k.Machine.Target())
	return err
}

// checkInfo reads what .modinfo says about the build.
func (l *loading) checkInfo() error {
	if magic := l.spec.Info.Get("vermagic"); l.flags&IgnoreVermagic == 0 && magic != l.k.Vermagic {
		if magic == "" {
			return refuse(abi.ENOEXEC, "no version magic in .modinfo, should be '%s'", l.k.Vermagic)
		}
		return refuse(abi.ENOEXEC, "version magic '%s' should be '%s'", magic, l.k.Vermagic)
	}
	for _, name := range l.k.Blacklist {
		if kmod.SameParam(name, l.spec.Name) {
			return refuse(abi.EPERM, "module is blacklisted")
		}
	}
	return nil
}

// takeName puts the module on the list, so that the name is taken.
func (l *loading) takeName() error {
	k := l.k
	k.mu.Lock()
	defer k.mu.Unlock()
	if old := k.find(l.spec.Name); old != nil {
		if old.state == Live {
			return refuse(abi.EEXIST, "module is already loaded")
		}
		return refuse(abi.EBUSY, "module is being loaded or unloaded")
	}
	l.m = &Module{Name: l.spec.Name, state: Unformed, refs: 1, gpl: l.spec.Info.GPLCompatible()}
	k.modules = append([]*Module{l.m}, k.modules...)
	return nil
}

func (l *loading) dropName() { l.k.unlink(l.m) }

// unlink takes a module off the list.
func (k *Kernel) unlink(m *Module) {
	k.mu.Lock()
	defer k.mu.Unlock()
	for i, x := range k.modules {
		if x == m {
			k.modules = append(k.modules[:i:i], k.modules[i+1:]...)
			break
		}
	}
	k.changed()
}

func (l *loading) place() (err error) {
	l.layout, err = l.spec.Place()
	return err
}

// allocate takes the two regions in the module window.
func (l *loading) allocate() error {
	m := l.m
	m.coreSize, m.initSize = l.layout.Regions[kmod.Core].Size, l.layout.Regions[kmod.Init].Size
	m.coreText, m.initText = l.layout.Regions[kmod.Core].Text, l.layout.Regions[kmod.Init].Text
	m.core = l.k.Machine.Map(m.coreSize) // never empty: it has the struct module
	if m.initSize > 0 {
		m.init = l.k.Machine.Map(m.initSize)
	}
	if m.core == 0 || m.initSize > 0 && m.init == 0 {
		l.free()
		return refuse(abi.ENOMEM, "not enough memory for %d bytes", m.coreSize+m.initSize)
	}
	return nil
}

func (l *loading) free() { l.k.freeMemory(l.m) }

// freeMemory gives a module's regions back.
func (k *Kernel) freeMemory(m *Module) {
	k.freeInit(m)
	k.mu.Lock()
	core := m.core
	m.core, m.coreSize, m.coreText = 0, 0, 0
	k.mu.Unlock()
	if core != 0 {
		k.Machine.Unmap(core)
	}
}

// freeInit gives the INIT region back: code there is gone from here on, and a
// call into it faults.
func (k *Kernel) freeInit(m *Module) {
	k.mu.Lock()
	init := m.init
	m.init, m.initSize, m.initText = 0, 0, 0
	k.mu.Unlock()
	if init != 0 {
		k.Machine.Unmap(init)
	}
}

// noteTaints records what using this module says about the kernel, with
// Linux's warnings for what is new.
func (l *loading) noteTaints() error {
	info, k := l.spec.Info, l.k
	before := k.Taint()
	add := func(bit uint, format string, args ...any) {
		if before>>bit&1 == 0 && format != "" {
			k.warnf(format, args...)
		}
		k.mu.Lock()
		k.taint |= 1 << bit
		l.m.taint |= 1 << bit
		k.mu.Unlock()
	}
	if info.Get("intree") == "" {
		add(TaintOutOfTree, "%s: loading out-of-tree module taints kernel.", l.m.Name)
	}
	if info.Get("staging") != "" {
		add(TaintCrap, "%s: module is from the staging directory, the quality is unknown, you have been warned.", l.m.Name)
	}
	if l.flags&IgnoreVermagic != 0 {
		add(TaintForced, "%s: kernel tainted: module loaded by force", l.m.Name)
	}
	if !l.m.gpl {
		add(TaintProprietary, "%s: module license '%s' taints kernel.", l.m.Name, info.License())
	}
	return nil
}

// protect gives each part its rights; nothing is ever writable and executable.
func (l *loading) protect() error {
	protect := func(base uint64, r kmod.Region) {
		p := l.k.Machine.Protect
		if r.Text > 0 {
			p(base, r.Text, ReadExec)
		}
		if r.RO > r.Text {
			p(base+r.Text, r.RO-r.Text, ReadOnly)
		}
	}
	protect(l.m.core, l.layout.Regions[kmod.Core])
	if l.m.init != 0 {
		protect(l.m.init, l.layout.Regions[kmod.Init])
	}
	l.k.Machine.SyncCode()
	return nil
}

// announce makes the module visible: COMING.
func (l *loading) announce() error {
	l.k.setState(l.m, Coming)
	return nil
}

func (l *loading) retire() { l.k.setState(l.m, Going) }

// setState changes the state, here and in the module's own structure.
func (k *Kernel) setState(m *Module, s State) {
	k.mu.Lock()
	defer k.mu.Unlock()
	m.state = s
	layout := k.Machine.Target().Module()
	putWord(k.Machine.Slice(m.this+uint64(layout.State), 4), uint64(s))
	putWord(k.Machine.Slice(m.this+uint64(layout.Taints), 4), uint64(m.taint))
	k.changed()
}

func (l *loading) construct() error {
	for _, fn := range l.m.ctors {
		if _, ok := l.k.call(l.who, l.m, fn); !ok {
			return errOops
		}
	}
	return nil
}

// runInit calls the module's init function. What it returns below zero is the
// module's own refusal.
func (l *loading) runInit() error {
	if l.m.initFn == 0 {
		return nil
	}
	r, ok := l.k.call(l.who, l.m, l.m.initFn)
	if !ok {
		return errOops
	}
	switch n := int32(r); {
	case n < 0 && n >= -errnoMax:
		return abi.Errno(-n)
	case n != 0:
		l.k.warnf("%s: '%s'->init suspiciously returned %d, it should follow 0/-E convention", "do_init_module", l.m.Name, n)
		l.k.warnf("%s: loading module anyway...", "do_init_module")
	}
	return nil
}

// errnoMax is the largest error number (MAX_ERRNO). A smaller result than its
// negative is no error number, and a load does not fail for it.
const errnoMax = 4095

// goLive ends the load: the INIT memory and its symbols go.
func (l *loading) goLive() error {
	k, m := l.k, l.m
	k.setState(m, Live)
	init := m.init
	initSize := m.initSize
	k.freeInit(m)
	k.mu.Lock()
	defer k.mu.Unlock()
	m.refs-- // the loader's own
	kept := m.syms[:0]
	for _, s := range m.syms {
		if init == 0 || s.addr-init >= initSize {
			kept = append(kept, s)
		}
	}
	m.syms = kept
	k.changed()
	return nil
}
