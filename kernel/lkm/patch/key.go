package patch

import (
	"encoding/binary"
	"sync"

	"rv86/kernel/lkm"
	"rv86/kernel/lkm/cstruct"
	"rv86/kmod/kapi"
)

// Code is what holds the modules' code.
type Code interface {
	Poke(addr uint64, code []byte) bool
	Probe(name string, on bool) uint64
	FindSymbol(name string) uint64
}

// Patch has the rows.
type Patch struct {
	core lkm.Core
	code Code

	mu     sync.Mutex
	jumps  []jump
	probes []probe
}

// New makes them for a core and what holds its modules.
func New(core lkm.Core, code Code) *Patch { return &Patch{core: core, code: code} }

// jump is a branch on a static key: an entry of a module's __jump_table, three
// words.
type jump struct {
	at, target, key uint64
	likely          bool // bit 0 of the third word: jump while the key is off
}

// section is where the compiler collects them.
const section = "__jump_table"

// Linked takes a module's branches in and sets them to their keys' states.
func (p *Patch) Linked(find func(name string) (addr, size uint64)) {
	addr, size := find(section)
	word := uint64(p.core.WordSize())
	p.mu.Lock()
	defer p.mu.Unlock()
	const words = 3
	for ; size >= words*word; addr, size = addr+words*word, size-words*word {
		k := cstruct.Word(p.core, addr+2*word)
		j := jump{cstruct.Word(p.core, addr), cstruct.Word(p.core, addr+word), k &^ 1, k&1 != 0}
		p.jumps = append(p.jumps, j)
		p.set(j, p.enabled(j.key))
	}
}

// Freed forgets branches whose code is gone.
func (p *Patch) Freed(in func(addr uint64) bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	kept := p.jumps[:0]
	for _, j := range p.jumps {
		if !in(j.at) && !in(j.key) {
			kept = append(kept, j)
		}
	}
	p.jumps = kept
}

// enabled reads a key: its count, which C code reads too.
func (p *Patch) enabled(key uint64) bool { return int32(cstruct.U32(p.core, key)) > 0 }

// set writes a branch: the jump, or the no-op of its length.
func (p *Patch) set(j jump, enabled bool) {
	p.code.Poke(j.at, encode(p.core.WordSize(), j, enabled != j.likely))
}

// encode gives the instruction. riscv64: jal x0, or addi x0, x0, 0 (I 2.5, 2.9).
// i386: JMP rel32, or the recommended five-byte NOP (SDM 2B, NOP).
func encode(word int, j jump, taken bool) []byte {
	off := uint32(j.target - j.at)
	if word == 8 {
		v := uint32(0x00000013)
		if taken {
			v = 0x6f | off>>20&1<<31 | off>>1&0x3ff<<21 | off>>11&1<<20 | off>>12&0xff<<12
		}
		return binary.LittleEndian.AppendUint32(nil, v)
	}
	if !taken {
		return []byte{0x0f, 0x1f, 0x44, 0x00, 0x00}
	}
	const length = 5
	return binary.LittleEndian.AppendUint32([]byte{0xe9}, off-length)
}

// change gives a key another count and, if that turns it on or off, rewrites its
// branches.
func (p *Patch) change(key uint64, next func(n int32) int32) {
	p.mu.Lock()
	defer p.mu.Unlock()
	was := p.enabled(key)
	cstruct.SetU32(p.core, key, uint32(next(int32(cstruct.U32(p.core, key)))))
	now := p.enabled(key)
	if now == was {
		return
	}
	for _, j := range p.jumps {
		if j.key == key {
			p.set(j, now)
		}
	}
}

// Exports are the rows of the package.
func (p *Patch) Exports() []kapi.Func {
	key := func(name string, next func(n int32) int32) kapi.Func {
		return kapi.Func{Name: name, Proto: "void " + name + "(struct static_key *key)", Call: func(c *kapi.Call) uint64 {
			p.change(c.Ptr(), next)
			return 0
		}}
	}
	rows := []kapi.Func{
		key("static_key_enable", func(n int32) int32 { return max(n, 1) }),
		key("static_key_disable", func(int32) int32 { return 0 }),
		key("static_key_slow_inc", func(n int32) int32 { return n + 1 }),
		key("static_key_slow_dec", func(n int32) int32 { return max(n-1, 0) }),
		{Name: "kallsyms_lookup_name", Proto: "unsigned long kallsyms_lookup_name(const char *name)", Call: func(c *kapi.Call) uint64 {
			return p.code.FindSymbol(c.Str(c.Ptr()))
		}},
		{Name: "sprint_symbol", Proto: "int sprint_symbol(char *buffer, unsigned long address)", Call: func(c *kapi.Call) uint64 {
			buf := c.Ptr()
			text := p.core.Symbol(c.Ulong())
			b := p.core.Slice(buf, uint64(len(text))+1)
			b[copy(b, text)] = 0
			return uint64(len(text))
		}},
	}
	return append(rows, p.probeFuncs()...)
}
