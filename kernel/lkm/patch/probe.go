package patch

import (
	"fmt"

	"rv86/kernel/abi"
	"rv86/kernel/lkm"
	"rv86/kernel/lkm/cstruct"
	"rv86/kmod/kapi"
)

// ProbeLayout is struct kprobe (linux/kprobes.h).
func ProbeLayout(word int) *cstruct.Layout {
	return cstruct.Of(word, "kprobe", "list list", "ptr addr", "ptr symbol_name", "u32 offset", "ptr pre_handler", "ptr post_handler", "u32 flags", "long nmissed")
}

// RegsLayout is struct pt_regs (asm/ptrace.h): the place alone is filled in.
func RegsLayout(word int) *cstruct.Layout {
	return cstruct.Of(word, "pt_regs", "long pc", "long regs[31]")
}

// probe is a registered struct kprobe.
type probe struct {
	kp, pre uint64
	name    string
}

// register is register_kprobe: by name or by address, at an export's beginning.
func (p *Patch) register(c *kapi.Call, kp uint64) abi.Errno {
	l := ProbeLayout(p.core.WordSize())
	word := func(f string) uint64 { return cstruct.Word(p.core, kp+l.At(f)) }
	nameAt, addr := word("symbol_name"), word("addr")
	switch {
	case nameAt != 0 && addr != 0:
		return abi.EINVAL
	case cstruct.U32(p.core, kp+l.At("offset")) != 0:
		return abi.EOPNOTSUPP
	}
	name := ""
	if nameAt != 0 {
		name = c.Str(nameAt)
		if p.code.FindSymbol(name) == 0 {
			return abi.ENOENT
		}
	} else {
		name = nameOf(p.core.Symbol(addr))
	}
	at := p.code.Probe(name, true)
	if at == 0 || addr != 0 && addr != at {
		p.core.Log(fmt.Sprintf("\x014kprobes: %s is no exported function of the kernel's: only those can be probed\n", name))
		return abi.EOPNOTSUPP
	}
	cstruct.SetWord(p.core, kp+l.At("addr"), at)
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, o := range p.probes {
		if o.kp == kp {
			return abi.EINVAL
		}
	}
	p.probes = append(p.probes, probe{kp: kp, pre: word("pre_handler"), name: name})
	return 0
}

// nameOf is the function in "f+0x0/0x10".
func nameOf(symbol string) string {
	for i := range len(symbol) {
		if symbol[i] == '+' {
			return symbol[:i]
		}
	}
	return symbol
}

func (p *Patch) unregister(kp uint64) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.drop(func(o probe) bool { return o.kp == kp })
}

// drop removes probes. Preconditions: mu is held.
func (p *Patch) drop(which func(o probe) bool) (dropped []probe) {
	var kept []probe
	used := map[string]bool{}
	for _, o := range p.probes {
		if which(o) {
			dropped = append(dropped, o)
		} else {
			kept = append(kept, o)
			used[o.name] = true
		}
	}
	p.probes = kept
	for _, o := range dropped {
		if !used[o.name] {
			p.code.Probe(o.name, false)
		}
	}
	return dropped
}

// Entering calls the handlers of the probes on an export.
func (p *Patch) Entering(c *kapi.Call, name string) {
	p.mu.Lock()
	probes := append([]probe(nil), p.probes...)
	p.mu.Unlock()
	who := lkm.From(c)
	for _, o := range probes {
		if o.name != name || o.pre == 0 {
			continue
		}
		l := RegsLayout(p.core.WordSize())
		regs := p.core.Alloc(l.Size)
		if regs == 0 {
			return
		}
		clear(p.core.Slice(regs, l.Size))
		cstruct.SetWord(p.core, regs, p.code.FindSymbol(name))
		p.core.Run(who, o.pre, o.kp, regs)
		p.core.Free(regs)
	}
}

// Leaving lists what a module that goes away leaves behind, and removes it.
func (p *Patch) Leaving(_ string, in func(addr uint64) bool) (left []string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, o := range p.drop(func(o probe) bool { return in(o.kp) || in(o.pre) }) {
		left = append(left, fmt.Sprintf("the probe on %s is still registered: unregister_kprobe it before the module goes", o.name))
	}
	return left
}

func (p *Patch) probeFuncs() []kapi.Func {
	return []kapi.Func{
		{Name: "register_kprobe", GPL: true, Proto: "int register_kprobe(struct kprobe *p)", Call: func(c *kapi.Call) uint64 {
			return lkm.Fail(p.register(c, c.Ptr()))
		}},
		{Name: "unregister_kprobe", GPL: true, Proto: "void unregister_kprobe(struct kprobe *p)", Call: func(c *kapi.Call) uint64 {
			p.unregister(c.Ptr())
			return 0
		}},
	}
}
