package module

import (
	"slices"
	"sort"

	"rv86/kernel/abi"
	"rv86/kernel/lkm"
)

// Notifiers of modules (Linux register_module_notifier): functions that hear
// of every module that comes, is live, or goes.
//
// struct notifier_block, in words: notifier_call 0, next 1, priority 2.
const (
	notifierCall     = 0
	notifierPriority = 2
)

// Results of a notifier (include/linux/notifier.h).
const (
	notifyStopMask = 0x8000
	notifyError    = notifyStopMask | 2 // NOTIFY_BAD; notifier_from_errno subtracts
	notifyOK       = 1
)

// notifier is a registered struct notifier_block.
type notifier struct {
	block    uint64
	priority int32
}

// RegisterNotifier adds a block after those of its priority.
func (e *env) RegisterNotifier(block uint64) uint64 {
	k := e.k
	n := notifier{block, int32(k.wordAt(block, notifierPriority))}
	k.mu.Lock()
	defer k.mu.Unlock()
	if slices.ContainsFunc(k.notifiers, func(o notifier) bool { return o.block == block }) {
		return lkm.Fail(abi.EEXIST)
	}
	k.notifiers = append(k.notifiers, n)
	sort.SliceStable(k.notifiers, func(i, j int) bool { return k.notifiers[i].priority > k.notifiers[j].priority })
	return 0
}

// UnregisterNotifier takes a block away.
func (e *env) UnregisterNotifier(block uint64) uint64 {
	k := e.k
	k.mu.Lock()
	defer k.mu.Unlock()
	i := slices.IndexFunc(k.notifiers, func(n notifier) bool { return n.block == block })
	if i < 0 {
		return lkm.Fail(abi.ENOENT)
	}
	k.notifiers = slices.Delete(k.notifiers, i, i+1)
	return 0
}

// notify tells all. A notifier may refuse a module that is COMING: then those
// before it are told that it goes. The error is the notifier's, or errOops.
func (k *Kernel) notify(who *lkm.Caller, m *Module, s State) error {
	k.mu.Lock()
	list := slices.Clone(k.notifiers)
	k.mu.Unlock()
	for i, n := range list {
		r, ok := k.callNotifier(who, n, s, m)
		if !ok {
			return errOops
		}
		if r&notifyStopMask == 0 {
			continue
		}
		e := abi.Errno(0)
		if r > notifyStopMask|notifyOK { // notifier_to_errno
			e = abi.Errno(r&^notifyStopMask - notifyOK)
		}
		if e == 0 || s != Coming {
			return nil
		}
		for _, n := range list[:i] {
			if _, ok := k.callNotifier(who, n, Going, m); !ok {
				return errOops
			}
		}
		return refuse(e, "a module notifier (%s) refused it", k.notifierName(n))
	}
	return nil
}

// callNotifier calls one: int f(struct notifier_block *, unsigned long, void *).
func (k *Kernel) callNotifier(who *lkm.Caller, n notifier, s State, m *Module) (uint32, bool) {
	fn := uint64(0)
	if f := guard(func() { fn = k.wordAt(n.block, notifierCall) }); f != nil {
		k.oops(who, nil, f)
		return 0, false
	}
	r, ok := k.call(who, nil, fn, n.block, uint64(s), m.this)
	return uint32(r), ok
}

// dropNotifiers forgets those of a module that goes: their code goes with it.
func (k *Kernel) dropNotifiers(m *Module) {
	k.mu.Lock()
	defer k.mu.Unlock()
	k.notifiers = slices.DeleteFunc(k.notifiers, func(n notifier) bool {
		s := k.spans.find(n.block)
		if s == nil || s.m != m {
			return false
		}
		k.warnf("%s: removed with its module notifier registered; unregister_module_notifier was not called", m.Name)
		return true
	})
}

func (k *Kernel) notifierName(n notifier) (name string) {
	if guard(func() { name = k.Symbol(k.wordAt(n.block, notifierCall)) }) != nil {
		return "?"
	}
	return name
}
