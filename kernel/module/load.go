package module

import (
	"errors"
	"fmt"

	"rv86/kernel/abi"
	"rv86/kernel/klog"
	"rv86/kernel/lkm"
	"rv86/kernel/wait"
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

	signed   bool
	forced   string // why the load is forced, "" if it is not
	versions map[string]uint32

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
	{"check signature", (*loading).checkSignature, nil},
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
		var err error
		if k.fails() {
			err = hinted("a failure was injected (/proc/sys/kernel/module_fail_nth): write 0 there to end that",
				abi.ENOMEM, "failure injected at step %q", s.name)
		} else {
			err = s.do(l)
		}
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

// explain logs why a load failed, unless the module itself chose to, and for
// those who read more than the console what helps.
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
	if hint := l.hint(err); hint != "" {
		l.k.logf(klog.Debug, "%s: hint: %s", l.name(), hint)
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

func (l *loading) parse() error {
	spec, err := kmod.Parse(l.blob, l.k.Machine.Target())
	l.spec = spec
	return err
}

// takeName puts the module on the list, so that the name is taken. While
// another load of the name is in progress it waits for its outcome: one of two
// simultaneous loads must find the module live when it returns EEXIST. (Linux
// 6.6 gives EBUSY if the other load failed; here this one goes on, as in Linux
// before 6.3, since the name is free again.)
func (l *loading) takeName() error {
	k := l.k
	for {
		k.mu.Lock()
		old := k.find(l.spec.Name)
		if old == nil {
			l.m = &Module{Name: l.spec.Name, state: Unformed, loading: true, refs: 1, info: l.spec.Info}
			k.add(l.m)
			k.mu.Unlock()
			return nil
		}
		pending := old.loading && !old.crashed
		state := old.state
		k.mu.Unlock()
		switch {
		case pending:
		case state == Live:
			return hinted(l.spec.Name+" is loaded already: remove it first (rmmod "+l.spec.Name+") to load another version",
				abi.EEXIST, "module is already loaded")
		case old.crashed:
			return hinted(l.spec.Name+" crashed and stays as it is: only a reboot makes its name free again",
				abi.EBUSY, "module is being loaded or unloaded")
		default:
			return hinted(l.spec.Name+" is being removed at this moment: try again when rmmod has ended",
				abi.EBUSY, "module is being loaded or unloaded")
		}
		e := k.await(l.who, never, func() bool { return k.find(l.spec.Name) != old || !old.loading || old.crashed })
		if e != 0 {
			return e
		}
	}
}

func (l *loading) dropName() { l.k.unlink(l.m) }

func (l *loading) place() (err error) {
	l.layout, err = l.spec.Place()
	return err
}

// allocate takes the two regions in the module window.
func (l *loading) allocate() error {
	m := l.m
	m.coreSize, m.initSize = l.layout.Regions[kmod.Core].Size, l.layout.Regions[kmod.Init].Size
	m.coreText, m.initText = l.layout.Regions[kmod.Core].Text, l.layout.Regions[kmod.Init].Text
	m.core = l.k.mapPages(m.coreSize) // never empty: it has the struct module
	if m.core != 0 && m.initSize > 0 {
		m.init = l.k.mapPages(m.initSize)
	}
	if m.core == 0 || m.initSize > 0 && m.init == 0 {
		l.free()
		return hinted("the machine has too little free memory for the module: free some, or give the machine more",
			abi.ENOMEM, "not enough memory for %d bytes", l.layout.Regions[kmod.Core].Size+l.layout.Regions[kmod.Init].Size)
	}
	return nil
}

// mapPages is Machine.Map, which an injected failure can make fail.
func (k *Kernel) mapPages(n uint64) uint64 {
	if k.fails() {
		return 0
	}
	return k.Machine.Map(n)
}

func (l *loading) free() {
	l.k.dropNotifiers(l.m)
	l.k.reportLeaks(l.m)
	l.k.freeMemory(l.m)
}

// freeMemory gives a module's regions back.
func (k *Kernel) freeMemory(m *Module) {
	k.freeInit(m)
	k.mu.Lock()
	core := m.core
	k.spans.remove(core)
	if core != 0 {
		k.freed.add(span{core, m.coreSize, m.coreText, m}, false)
	}
	size := m.coreSize
	m.core, m.coreSize, m.coreText = 0, 0, 0
	k.mu.Unlock()
	k.freeing(core, size)
	if core != 0 {
		k.Machine.Unmap(core)
	}
	k.debugChange(m)
}

// freeInit gives the INIT region back: code there is gone from here on, and a
// call into it faults.
func (k *Kernel) freeInit(m *Module) {
	k.mu.Lock()
	init := m.init
	if init != 0 {
		k.spans.remove(init)
		m.freedInit = span{init, m.initSize, m.initText, m}
		k.freed.add(m.freedInit, true)
	}
	size := m.initSize
	m.init, m.initSize, m.initText = 0, 0, 0
	k.mu.Unlock()
	k.freeing(init, size)
	if init != 0 {
		k.Machine.Unmap(init)
	}
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
	core := l.layout.Regions[kmod.Core]
	protect(l.m.core, core)
	l.m.roAfterInit = span{base: l.m.core + core.RO, size: core.ROAfterInit - core.RO}
	if l.m.init != 0 {
		protect(l.m.init, l.layout.Regions[kmod.Init])
	}
	l.k.Machine.SyncCode()
	return nil
}

// announce makes the module visible: COMING.
func (l *loading) announce() error {
	k, m := l.k, l.m
	k.mu.Lock()
	k.spans.add(span{m.core, m.coreSize, m.coreText, m})
	if m.init != 0 {
		k.spans.add(span{m.init, m.initSize, m.initText, m})
	}
	k.mu.Unlock()
	k.setState(m, Coming)
	k.debugAdd(m, l.image)
	if err := k.notify(l.who, m, Coming); err != nil {
		if err != errOops {
			k.setState(m, Going) // this step's own part of the work
		}
		return err
	}
	return nil
}

func (l *loading) retire() {
	l.m.closeParams()
	l.k.setState(l.m, Going)
	_ = l.k.notify(l.who, l.m, Going) // nothing can stop an end
}

// setState changes the state, here and in the module's own structure.
func (k *Kernel) setState(m *Module, s State) {
	k.mu.Lock()
	m.state = s
	layout := k.Machine.Target().Module()
	putWord(k.Machine.Slice(m.this+uint64(layout.State), 4), uint64(s))
	putWord(k.Machine.Slice(m.this+uint64(layout.Taints), 4), uint64(m.taint))
	k.changed()
	k.mu.Unlock()
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
		return &initError{abi.Errno(-n)}
	case n != 0:
		l.k.warnf("%s: '%s'->init suspiciously returned %d, it should follow 0/-E convention", "do_init_module", l.m.Name, n)
		l.k.warnf("%s: loading module anyway...", "do_init_module")
	}
	return nil
}

// initError is the refusal of a module's own init function.
type initError struct{ errno abi.Errno }

func (e *initError) Error() string { return fmt.Sprintf("init returned -%d: %s", e.errno, e.errno) }

// Unwrap makes the error number the load's.
func (e *initError) Unwrap() error { return e.errno }

// errnoMax is the largest error number (MAX_ERRNO). A smaller result than its
// negative is no error number, and a load does not fail for it.
const errnoMax = 4095

// goLive ends the load: the INIT memory and its symbols go, and what was only
// writable for init becomes read-only.
func (l *loading) goLive() error {
	k, m := l.k, l.m
	k.setState(m, Live)
	if err := k.notify(l.who, m, Live); err == errOops {
		return err
	}
	if r := m.roAfterInit; r.size > 0 {
		k.Machine.Protect(r.base, r.size, ReadOnly)
	}
	init := m.init
	initSize := m.initSize
	k.freeInit(m)
	defer k.debugChange(m)
	k.mu.Lock()
	m.refs-- // the loader's own
	k.storeRefs(m)
	kept := m.syms[:0:0]
	for _, s := range m.syms {
		switch {
		case init == 0 || s.addr-init >= initSize:
			kept = append(kept, s)
		case s.letter|0x20 == 't':
			m.initSyms = append(m.initSyms, s)
		}
	}
	m.syms = kept
	m.loading = false
	k.changed()
	k.mu.Unlock()
	k.states.Notify(wait.Readable)
	return nil
}
