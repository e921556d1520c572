package module

import (
	"rv86/kernel/abi"
	"rv86/kernel/klog"
	"rv86/kernel/lkm"
)

// Flags of delete_module(2).
const (
	unloadForce = 0x200 // O_TRUNC
)

// Unload performs delete_module(2).
func (k *Kernel) Unload(who *lkm.Caller, name string, flags int) Result {
	m, e := k.claim(name, flags&unloadForce != 0)
	if e != 0 {
		return Result{Errno: e}
	}
	if m.exitFn != 0 {
		if _, ok := k.call(who, m, m.exitFn); !ok {
			return Result{abi.EINTR, true}
		}
	}
	m.closeParams()
	if k.notify(who, m, Going) == errOops {
		return Result{abi.EINTR, true}
	}
	if k.Settle != nil {
		k.Settle(who, m.contains)
	}
	if k.Leaving != nil {
		k.Leaving(m.Name, m.contains)
	}
	if !k.freeParams(who, m) {
		return Result{abi.EINTR, true}
	}
	k.mu.Lock()
	k.lastUnloaded = m.Name + m.taints()
	k.mu.Unlock()
	k.dropUses(m)
	k.dropNotifiers(m)
	k.reportLeaks(m)
	k.freeMemory(m)
	k.unlink(m)
	return Result{}
}

// claim finds a module that may be removed and marks it GOING. The order of the
// checks is Linux's: it decides which error a caller sees.
func (k *Kernel) claim(name string, force bool) (*Module, abi.Errno) {
	k.mu.Lock()
	m := k.find(name)
	var e abi.Errno
	hint := ""
	switch {
	case m == nil || m.state == Unformed:
		e = abi.ENOENT
	case len(m.users) > 0:
		e = abi.EWOULDBLOCK
	case m.crashed:
		e, hint = abi.EBUSY, "it crashed and stays as it is: only a reboot removes it"
	case m.state != Live || m.loading:
		e, hint = abi.EBUSY, "it is being loaded or removed at this moment"
	case m.permanent() && !force:
		// It never meant to be removed: what it registered would stay.
		e, hint = abi.EBUSY, "it has no module_exit, so it means to stay"
	case m.refs > 0 && !force:
		e = abi.EWOULDBLOCK
	}
	if e != 0 {
		k.mu.Unlock()
		if hint != "" {
			k.logf(klog.Debug, "%s: hint: %s", name, hint)
		}
		return nil, e
	}
	if force && (m.refs > 0 || m.permanent()) {
		k.taint |= 1 << TaintForcedRmmod
	}
	m.state = Going // under the same lock: nobody else can claim it
	k.mu.Unlock()
	k.setState(m, Going)
	k.debugChange(m)
	return m, 0
}
