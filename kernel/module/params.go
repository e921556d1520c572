package module

import (
	"rv86/kernel/abi"
	"rv86/kernel/klog"
	"rv86/kernel/lkm"
	"rv86/kmod"
)

// Words of struct kernel_param_ops: flags, set, get, free.
const (
	opsFlags = 0
	opsSet   = 1
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
	if e == abi.ENOSPC {
		return refuse(e, "`%s' too large for parameter `%s'", a.Value, a.Name)
	}
	return refuse(e, "`%s' invalid for parameter `%s'", a.Value, a.Name)
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
type paramOps struct{ flags, set, free uint64 }

// readOps reads the structure at an address the module gave.
func (k *Kernel) readOps(who *lkm.Caller, m *Module, va uint64) (ops paramOps, ok bool) {
	f := guard(func() {
		ops = paramOps{k.wordAt(va, opsFlags) & 0xffffffff, k.wordAt(va, opsSet), k.wordAt(va, opsFree)}
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
