// Package notify tells modules of the machine's end: reboot notifiers and the
// panic notifier list (Linux kernel/notifier.c; linux/reboot.h,
// panic_notifier.h). Chains of modules' own are C code in linux/notifier.h.
package notify

import (
	"fmt"
	"slices"
	"sync"

	"rv86/kernel/abi"
	"rv86/kernel/lkm"
	"rv86/kernel/lkm/cstruct"
	"rv86/kmod/kapi"
)

// BlockLayout is struct notifier_block, HeadLayout struct atomic_notifier_head
// (linux/notifier.h).
func BlockLayout(word int) *cstruct.Layout {
	return cstruct.Of(word, "notifier_block", "ptr notifier_call", "ptr next", "u32 priority")
}

// HeadLayout begins with a spinlock.
func HeadLayout(word int) *cstruct.Layout {
	return cstruct.Of(word, "atomic_notifier_head", "u32 locked", "u32 magic", "u32 owner_cpu", "ptr owner", "ptr head")
}

// Actions of reboot notifiers.
const (
	Restart  = 1 // SYS_RESTART
	Halt     = 2 // SYS_HALT
	PowerOff = 3 // SYS_POWER_OFF
)

const stopMask = 0x8000 // NOTIFY_STOP_MASK

// Notify has the rows.
type Notify struct {
	core  lkm.Core
	block *cstruct.Layout

	mu     sync.Mutex
	reboot []uint64 // in the order of calls
	panics uint64   // the list's head, in C memory
}

// New makes them for a core.
func New(core lkm.Core) *Notify { return &Notify{core: core, block: BlockLayout(core.WordSize())} }

func (n *Notify) priority(nb uint64) int32 {
	return int32(cstruct.U32(n.core, nb+n.block.At("priority")))
}

func (n *Notify) register(nb uint64) abi.Errno {
	p := n.priority(nb)
	n.mu.Lock()
	defer n.mu.Unlock()
	if slices.Contains(n.reboot, nb) {
		return abi.EEXIST
	}
	i := 0
	for i < len(n.reboot) && n.priority(n.reboot[i]) >= p {
		i++
	}
	n.reboot = slices.Insert(n.reboot, i, nb)
	return 0
}

func (n *Notify) unregister(nb uint64) abi.Errno {
	n.mu.Lock()
	defer n.mu.Unlock()
	i := slices.Index(n.reboot, nb)
	if i < 0 {
		return abi.ENOENT
	}
	n.reboot = slices.Delete(n.reboot, i, i+1)
	return 0
}

// Reboot calls the reboot notifiers.
func (n *Notify) Reboot(who *lkm.Caller, action uint64) {
	n.mu.Lock()
	chain := slices.Clone(n.reboot)
	n.mu.Unlock()
	for _, nb := range chain {
		var fn uint64
		if !n.core.Guard(who, func() { fn = cstruct.Word(n.core, nb) }) {
			return
		}
		if r, ok := n.core.Run(who, fn, nb, action, 0); !ok || r&stopMask != 0 {
			return
		}
	}
}

// Panic calls the panic notifiers, with the reason.
func (n *Notify) Panic(who *lkm.Caller, reason string) {
	n.mu.Lock()
	head := n.panics
	n.panics = 0 // once
	n.mu.Unlock()
	if head == 0 {
		return
	}
	text := n.core.Alloc(uint64(len(reason)) + 1)
	if text != 0 {
		b := n.core.Slice(text, uint64(len(reason))+1)
		b[copy(b, reason)] = 0
	}
	nb := cstruct.Word(n.core, head+HeadLayout(n.core.WordSize()).At("head"))
	for nb != 0 {
		var fn, next uint64
		if !n.core.Guard(who, func() {
			fn, next = cstruct.Word(n.core, nb), cstruct.Word(n.core, nb+n.block.At("next"))
		}) {
			return
		}
		if r, ok := n.core.Run(who, fn, nb, 0, text); !ok || r&stopMask != 0 {
			return
		}
		nb = next
	}
}

// list gives the panic list's head, which is made when it is first asked for.
func (n *Notify) list() uint64 {
	n.mu.Lock()
	defer n.mu.Unlock()
	if n.panics == 0 {
		l := HeadLayout(n.core.WordSize())
		p := n.core.Alloc(l.Size)
		if p == 0 {
			return 0
		}
		clear(n.core.Slice(p, l.Size))
		const spinMagic = 0xdead4ead // SPINLOCK_MAGIC
		cstruct.SetU32(n.core, p+l.At("magic"), spinMagic)
		n.panics = p
	}
	return n.panics
}

// Leaving lists what a module that goes away leaves behind, and removes it.
func (n *Notify) Leaving(_ string, in func(addr uint64) bool) (left []string) {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.reboot = slices.DeleteFunc(n.reboot, func(nb uint64) bool {
		if !in(nb) {
			return false
		}
		left = append(left, fmt.Sprintf("reboot notifier %s is still registered: unregister_reboot_notifier it before the module goes", n.core.Symbol(nb)))
		return true
	})
	return left
}

// Exports are the rows of the package.
func (n *Notify) Exports() []kapi.Func {
	return []kapi.Func{
		{Name: "register_reboot_notifier", Proto: "int register_reboot_notifier(struct notifier_block *nb)", Call: func(c *kapi.Call) uint64 {
			return lkm.Fail(n.register(c.Ptr()))
		}},
		{Name: "unregister_reboot_notifier", Proto: "int unregister_reboot_notifier(struct notifier_block *nb)", Call: func(c *kapi.Call) uint64 {
			return lkm.Fail(n.unregister(c.Ptr()))
		}},
		{Name: "__panic_notifier_list", Proto: "struct atomic_notifier_head *__panic_notifier_list(void)", Call: func(*kapi.Call) uint64 { return n.list() }},
	}
}
