// Package ioport is access to devices from C code: ranges of device registers
// that modules claim, and their addresses (Linux kernel/resource.c, ioremap;
// linux/ioport.h, linux/io.h). The accesses themselves are C code in the header.
package ioport

import (
	"fmt"
	"slices"
	"sort"
	"strings"
	"sync"

	"rv86/kernel/lkm"
	"rv86/kernel/lkm/cstruct"
	"rv86/kmod/kapi"
)

// Layout is struct resource (linux/ioport.h).
func Layout(word int) *cstruct.Layout {
	return cstruct.Of(word, "resource", "u64 start", "u64 end", "ptr name", "long flags",
		"long desc", "ptr parent", "ptr sibling", "ptr child")
}

// Range is a claimed range; End is its last address.
type Range struct {
	Start, End uint64
	Name       string
}

// space is the ports or the memory.
type space struct {
	limit  uint64 // the last address
	own    []Range
	claims []claim
}

type claim struct {
	Range
	resource uint64 // its struct resource
}

// Ports has the rows.
type Ports struct {
	core  lkm.Core
	remap func(pa, size uint64) uint64

	mu     sync.Mutex
	spaces [2]space // ports, memory
}

const (
	ports  = 0
	memory = 1
)

// New makes the rows. remap gives the address at which device memory is seen, 0
// if it is not; the ranges are what the kernel's own drivers use.
func New(core lkm.Core, remap func(pa, size uint64) uint64, ownPorts, ownMemory []Range) *Ports {
	p := &Ports{core: core, remap: remap}
	p.spaces[ports] = space{limit: 0xffff, own: ownPorts}
	p.spaces[memory] = space{limit: 1<<56 - 1, own: ownMemory}
	return p
}

// claim is request_region.
func (p *Ports) claim(c *kapi.Call, which int, start, n, nameAt uint64, name string) uint64 {
	p.mu.Lock()
	defer p.mu.Unlock()
	s := &p.spaces[which]
	r := Range{start, start + n - 1, name}
	if n == 0 || r.End < start || r.End > s.limit {
		return 0
	}
	for _, o := range s.own {
		if r.Start <= o.End && o.Start <= r.End {
			return 0
		}
	}
	for _, o := range s.claims {
		if r.Start <= o.End && o.Start <= r.End {
			return 0
		}
	}
	l := Layout(p.core.WordSize())
	res := c.Alloc(l.Size)
	if res == 0 {
		return 0
	}
	clear(p.core.Slice(res, l.Size))
	cstruct.Put(p.core, res+l.At("start"), 8, r.Start)
	cstruct.Put(p.core, res+l.At("end"), 8, r.End)
	cstruct.SetWord(p.core, res+l.At("name"), nameAt)
	s.claims = append(s.claims, claim{r, res})
	sort.Slice(s.claims, func(i, j int) bool { return s.claims[i].Start < s.claims[j].Start })
	return res
}

// release is release_region.
func (p *Ports) release(which int, start, n uint64) {
	p.mu.Lock()
	defer p.mu.Unlock()
	s := &p.spaces[which]
	for i, c := range s.claims {
		if c.Start == start && c.End == start+n-1 {
			s.claims = slices.Delete(s.claims, i, i+1)
			p.core.Free(c.resource)
			return
		}
	}
	p.core.Log(fmt.Sprintf("\x014Trying to free nonexistent resource <%016x-%016x>\n", start, start+n-1))
}

// Text is /proc/ioports or, with mem, /proc/iomem.
func (p *Ports) Text(mem bool) string {
	p.mu.Lock()
	defer p.mu.Unlock()
	which, digits := ports, 4
	if mem {
		which, digits = memory, 8
	}
	s := &p.spaces[which]
	all := slices.Clone(s.own)
	for _, c := range s.claims {
		all = append(all, c.Range)
	}
	sort.Slice(all, func(i, j int) bool { return all[i].Start < all[j].Start })
	var b strings.Builder
	for _, r := range all {
		fmt.Fprintf(&b, "%0*x-%0*x : %s\n", digits, r.Start, digits, r.End, r.Name)
	}
	return b.String()
}

// Exports are the rows of the package. resource_size_t has 64 bits.
func (p *Ports) Exports() []kapi.Func {
	request := func(name string, which int) kapi.Func {
		return kapi.Func{Name: name, Proto: "struct resource *" + name + "(resource_size_t start, resource_size_t n, const char *name)", Call: func(c *kapi.Call) uint64 {
			start, n, nameAt := c.Ulonglong(), c.Ulonglong(), c.Ptr()
			text := "<BAD>"
			if nameAt != 0 {
				text = c.Str(nameAt)
			}
			return p.claim(c, which, start, n, nameAt, text)
		}}
	}
	release := func(name string, which int) kapi.Func {
		return kapi.Func{Name: name, Proto: "void " + name + "(resource_size_t start, resource_size_t n)", Call: func(c *kapi.Call) uint64 {
			p.release(which, c.Ulonglong(), c.Ulonglong())
			return 0
		}}
	}
	return []kapi.Func{
		request("__request_region", ports), release("__release_region", ports),
		request("__request_mem_region", memory), release("__release_mem_region", memory),
		{Name: "ioremap", Proto: "void *ioremap(phys_addr_t offset, size_t size)", Call: func(c *kapi.Call) uint64 {
			pa, size := c.Ulonglong(), c.Ulong()
			if size == 0 || pa+size < pa {
				return 0
			}
			return p.remap(pa, size)
		}},
		{Name: "iounmap", Proto: "void iounmap(volatile void *addr)", Call: func(*kapi.Call) uint64 { return 0 }},
	}
}
