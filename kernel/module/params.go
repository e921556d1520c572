package module

import (
	"fmt"
	"strings"

	"rv86/kernel/abi"
	"rv86/kernel/klog"
	"rv86/kernel/lkm"
	"rv86/kmod"
)

// Words of struct kernel_param_ops: flags, set, get, free.
const (
	opsFlags = 0
	opsSet   = 1
	opsGet   = 2
	opsFree  = 3

	opsNoArg = 1 // flag: the parameter may be given without a value
)

// paramArgWord is the place of arg in struct kernel_param, in words.
const paramArgWord = 4

func (k *Kernel) word(va uint64) uint64 {
	n := k.Machine.Target().WordSize()
	var v uint64
	for i, b := range k.Machine.Slice(va, uint64(n)) {
		v |= uint64(b) << (8 * i)
	}
	return v
}

func (k *Kernel) wordAt(va uint64, i int) uint64 {
	return k.word(va + uint64(i*k.Machine.Target().WordSize()))
}

// setParams gives the arguments to the module's parameters, by calling each
// one's set function. An unknown name is only warned about, as in Linux.
func (l *loading) setParams() error {
	args, err := kmod.ParseArgs(l.args)
	if err != nil {
		return err
	}
	for _, a := range args {
		if err := l.setParam(a); err != nil {
			if err != errOops {
				l.freeParams() // this step's own part of the work
			}
			return err
		}
	}
	return nil
}

func (l *loading) setParam(a kmod.Arg) error {
	p := l.m.param(a.Name)
	if p == nil {
		l.k.warnf("%s: unknown parameter '%s' ignored", l.m.Name, a.Name)
		return nil
	}
	// The function pointers are the module's data: a fault on reading them
	// is the module's fault too, so the reads are part of a call.
	ops, ok := l.k.readOps(l.who, l.m, p.Ops)
	if !ok {
		return errOops
	}
	value := uint64(0)
	if a.HasValue {
		if value = l.k.heap.store(a.Value); value == 0 {
			return refuse(abi.ENOMEM, "not enough memory for parameter %s", a.Name)
		}
		defer func() { _ = l.k.heap.free(value) }() // the copy is ours: it is allocated
	} else if ops.flags&opsNoArg == 0 {
		return l.paramError(a, abi.EINVAL)
	}
	r, ok := l.k.call(l.who, l.m, ops.set, value, p.Addr)
	if !ok {
		return errOops
	}
	if n := int32(r); n < 0 {
		return l.paramError(a, abi.Errno(-n))
	}
	return nil
}

// paramError words a refusal as Linux's parse_args does.
func (l *loading) paramError(a kmod.Arg, e abi.Errno) error {
	kind := l.m.paramType(a.Name)
	remedy := "; 'modinfo " + l.m.Name + "' lists the parameters"
	switch {
	case e == abi.ENOSPC:
		return hinted(fmt.Sprintf("the value '%s' is too long for parameter %s%s: give a shorter one%s", a.Value, a.Name, kind, remedy),
			e, "`%s' too large for parameter `%s'", a.Value, a.Name)
	case !a.HasValue:
		return hinted(fmt.Sprintf("parameter %s%s needs a value: write %s=VALUE%s", a.Name, kind, a.Name, remedy),
			e, "`%s' invalid for parameter `%s'", a.Value, a.Name)
	case e == abi.ERANGE:
		return hinted(fmt.Sprintf("the value '%s' is outside the range of parameter %s%s%s", a.Value, a.Name, kind, remedy),
			e, "`%s' invalid for parameter `%s'", a.Value, a.Name)
	}
	return hinted(fmt.Sprintf("the value '%s' is none that parameter %s%s takes%s", a.Value, a.Name, kind, remedy),
		e, "`%s' invalid for parameter `%s'", a.Value, a.Name)
}

// paramType is what .modinfo says about a parameter's type, in parentheses.
func (m *Module) paramType(name string) string {
	for _, f := range m.info.All("parmtype") {
		if param, kind, ok := strings.Cut(f, ":"); ok && kmod.SameParam(param, name) {
			return " (" + kind + ")"
		}
	}
	return ""
}

func (m *Module) param(name string) *kmod.Param {
	for i := range m.params {
		if kmod.SameParam(m.params[i].Name, name) {
			return &m.params[i]
		}
	}
	return nil
}

// paramOps is a struct kernel_param_ops.
type paramOps struct{ flags, set, get, free uint64 }

// readOps reads the structure at an address the module gave.
func (k *Kernel) readOps(who *lkm.Caller, m *Module, va uint64) (ops paramOps, ok bool) {
	f := guard(func() {
		ops = paramOps{k.wordAt(va, opsFlags) & 0xffffffff, k.wordAt(va, opsSet), k.wordAt(va, opsGet), k.wordAt(va, opsFree)}
	})
	if f != nil {
		k.oops(who, m, f)
		return paramOps{}, false
	}
	return ops, true
}

func (l *loading) freeParams() {
	l.k.freeParams(l.who, l.m)
}

// freeParams gives back what parameters hold (copies of strings).
func (k *Kernel) freeParams(who *lkm.Caller, m *Module) bool {
	word := uint64(k.Machine.Target().WordSize())
	for _, p := range m.params {
		ops, ok := k.readOps(who, m, p.Ops)
		if !ok {
			return false
		}
		if ops.free == 0 {
			continue
		}
		if _, ok := k.call(who, m, ops.free, k.word(p.Addr+paramArgWord*word)); !ok {
			k.logf(klog.Err, "%s: freeing parameter %s faulted", m.Name, p.Name)
			return false
		}
	}
	return true
}

// The parameters of a running module, in /sys/module/M/parameters (Linux
// kernel/params.c, param_attr_show and param_attr_store).

// paramTextMax is the longest text of a parameter's value, a page.
const paramTextMax = kmod.PageSize

// readParam gives a parameter's value as text.
func (k *Kernel) readParam(who *lkm.Caller, m *Module, p *kmod.Param) (text []byte, e abi.Errno) {
	e = k.withParam(who, m, p, func(ops paramOps) abi.Errno {
		if ops.get == 0 {
			return abi.EPERM
		}
		buf := k.heap.alloc(paramTextMax, site{})
		if buf == 0 {
			return abi.ENOMEM
		}
		defer func() { _ = k.heap.free(buf) }() // it is allocated
		r, ok := k.call(who, m, ops.get, buf, p.Addr)
		if !ok {
			return errnoOops
		}
		n := int32(r)
		if n < 0 {
			return abi.Errno(-n)
		}
		text = append(text, k.Machine.Slice(buf, uint64(min(n, paramTextMax)))...)
		return 0
	})
	return text, e
}

// writeParam sets a parameter.
func (k *Kernel) writeParam(who *lkm.Caller, m *Module, p *kmod.Param, value []byte) abi.Errno {
	return k.withParam(who, m, p, func(ops paramOps) abi.Errno {
		if ops.set == 0 {
			return abi.EPERM
		}
		if len(value) >= paramTextMax {
			return abi.EINVAL
		}
		buf := k.heap.store(string(value))
		if buf == 0 {
			return abi.ENOMEM
		}
		defer func() { _ = k.heap.free(buf) }() // it is allocated
		r, ok := k.call(who, m, ops.set, buf, p.Addr)
		if !ok {
			return errnoOops
		}
		if n := int32(r); n < 0 {
			return abi.Errno(-n)
		}
		return 0
	})
}

// errnoOops is what a caller whose process must die gets.
const errnoOops = abi.EFAULT

// withParam runs f while nobody else is at the module's parameters and the
// module cannot go. A caller for whom C code faulted dies.
func (k *Kernel) withParam(who *lkm.Caller, m *Module, p *kmod.Param, f func(ops paramOps) abi.Errno) abi.Errno {
	m.paramMu.Lock()
	defer m.paramMu.Unlock()
	if m.paramsGone || m.crashed {
		return abi.ENODEV
	}
	oopses := k.Oopses()
	ops, ok := k.readOps(who, m, p.Ops)
	e := errnoOops
	if ok {
		e = f(ops)
	}
	if k.Oopses() != oopses && m.crashed && who.Thread != nil {
		who.Thread.Die(int(abi.SIGSEGV))
	}
	return e
}

// Oopses counts the reports since boot.
func (k *Kernel) Oopses() int {
	k.mu.Lock()
	defer k.mu.Unlock()
	return k.oopses
}
