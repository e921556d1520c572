package i386

import (
	"bytes"
	"encoding/binary"
	"flag"
	"fmt"
	"math/rand/v2"
	"testing"

	"rv86/cpu"
)

// The fast path against the reference path: two machines run the same random
// program, one on each, and must agree in all state and memory whenever they
// are stopped. Programs are instances of all rows, privileged ones too; their
// operands often lie in the program itself, which so rewrites itself; any
// exception goes on with the next chunk of code.

// The machine's memory.
const (
	pathRAM    = 1 << 20
	pathIDT    = 0x1000
	pathGDT    = 0x1800
	pathTSS    = 0x1a00
	pathVars   = 0x2000 // the number of the next chunk, a table of chunks
	pathDir    = 0x3000
	pathTable  = 0x4000
	pathResume = 0x5000 // the handler of exceptions
	pathIRQ    = 0x5100 // the handler of interrupts
	pathStack  = 0x8000
	pathData   = 0x9000
	pathCode   = 0x1_0080 // so that a chunk crosses from page to page

	pathChunks    = 32
	pathChunkSize = 256
	pathVector    = 0x40
)

// pathPorts gives the same pseudo-random input to both machines.
type pathPorts struct{ state uint32 }

func (p *pathPorts) In(port uint16, _ int) uint32 {
	p.state = p.state*1664525 + 1013904223 + uint32(port)
	return p.state >> 8
}

func (p *pathPorts) Out(port uint16, _ int, v uint32) { p.state += v ^ uint32(port) }

// pathConfig chooses the mode a program starts in.
type pathConfig struct {
	paging, user, code16 bool
}

func pathMachine(seed uint64, cfg pathConfig) *CPU {
	c := New(Config{RAM: make([]byte, pathRAM), Holes: []Range{{0xa_0000, 0x1000}}, Ports: &pathPorts{}})
	c.ack = func() uint8 { c.SetINTR(false); return pathVector }
	c.EnterFlat(pathCode, 0, 0)
	rnd := rand.New(rand.NewPCG(seed, 99))
	le := binary.LittleEndian

	gdt := []uint64{
		0, 0x00cf_9b00_0000_ffff, 0x00cf_9300_0000_ffff, 0x00cf_fb00_0000_ffff, 0x00cf_f300_0000_ffff,
		0x000f_9b00_0000_ffff, 0x0000_8900_1a00_0067,
	}
	for i, d := range gdt {
		le.PutUint64(c.ram[pathGDT+8*i:], d)
	}
	c.gdtr = table{pathGDT, uint16(len(gdt)*8 - 1)}
	for v := range 256 {
		to := uint32(pathResume)
		if v == pathVector {
			to = pathIRQ
		}
		le.PutUint32(c.ram[pathIDT+8*v:], 0x0008<<16|to&0xffff)
		le.PutUint32(c.ram[pathIDT+8*v+4:], to&0xffff_0000|0xee00)
	}
	c.idtr = table{pathIDT, 0x7ff}
	le.PutUint32(c.ram[pathTSS+tss32Stack0:], pathStack)
	le.PutUint16(c.ram[pathTSS+tss32Stack0+4:], 0x10)
	le.PutUint16(c.ram[pathTSS+tss32IOMap:], 0x68)
	c.tr = segment{sel: 0x30, base: pathTSS, limit: 0x67, attr: attrPresent | sysBusyTSS32}

	for i := range pathRAM >> pageShift {
		le.PutUint32(c.ram[pathTable+4*i:], uint32(i)<<pageShift|7)
	}
	le.PutUint32(c.ram[pathDir:], pathTable|7)
	c.cr3 = pathDir

	// inc dword [vars]; mov eax, [vars]; and eax, chunks-1; mov esp, stack;
	// jmp [table+eax*4]
	h := []byte{0xff, 0x05}
	h = le.AppendUint32(h, pathVars)
	h = le.AppendUint32(append(h, 0xa1), pathVars)
	h = append(h, 0x83, 0xe0, pathChunks-1)
	h = le.AppendUint32(append(h, 0xbc), pathStack)
	h = le.AppendUint32(append(h, 0xff, 0x24, 0x85), pathVars+16)
	copy(c.ram[pathResume:], h)
	irq := le.AppendUint32([]byte{0xff, 0x05}, pathVars+4)
	copy(c.ram[pathIRQ:], append(irq, 0xcf)) // inc dword [vars+4]; iret

	rows := allRows()
	for k := range pathChunks {
		at := pathCode + k*pathChunkSize
		le.PutUint32(c.ram[pathVars+16+4*k:], uint32(at))
		copy(c.ram[at:], pathChunk(rnd, rows))
	}
	for i := 0; i < 4096; i += 4 {
		le.PutUint32(c.ram[pathData+i:], rand32(rnd))
	}

	for i := range 8 {
		c.r[i] = rand32(rnd)
	}
	c.r[ESP], c.r[ESI], c.r[EDI] = pathStack, pathData, pathCode+uint32(rnd.IntN(pathChunks*pathChunkSize))
	c.cr4 |= CR4OSFXSR | CR4OSXMMEXCPT
	c.cr0 |= CR0NE
	c.fpu.init()
	if cfg.paging {
		c.setCR0(c.cr0 | CR0PG | CR0WP)
	}
	set := func(n int, sel uint16, attr uint16) {
		c.seg[n].sel, c.seg[n].attr = sel, attr
		c.seg[n].derive()
	}
	if cfg.user {
		set(CS, 0x1b, attrFlatCode|attrDPL)
		for _, n := range []int{DS, ES, SS, FS, GS} {
			set(n, 0x23, attrFlatData|attrDPL)
		}
		c.cpl = 3
	}
	if cfg.code16 {
		set(CS, 0x28, attrFlatCode&^attrBig)
	}
	c.setEFLAGS(FlagIF, FlagIF)
	c.modeChanged()
	return c
}

// pathChunk is a run of random instructions that ends in a jump to the next
// chunk's dispatcher.
func pathChunk(rnd *rand.Rand, rows []*row) []byte {
	var b []byte
	for len(b) < pathChunkSize-30 {
		r := rows[rnd.IntN(len(rows))]
		if rnd.IntN(2) == 0 {
			// Half of all come from the rows that the fast path knows best.
			r = rows[rnd.IntN(len(aluRows)+len(shiftRows)+len(movRows)+len(stackRows))]
		}
		if r.ends && rnd.IntN(3) != 0 {
			continue // blocks should have some length
		}
		e := &encoder{rnd: rnd, osz16: rnd.IntN(8) == 0, lock: rnd.IntN(16) == 0}
		e.memory = func() (byte, byte, []byte) {
			switch rnd.IntN(6) {
			case 0:
				return 1, ESI, []byte{byte(rnd.Uint32())}
			case 1:
				return 2, EDI, binary.LittleEndian.AppendUint32(nil, uint32(rnd.IntN(512)))
			case 2: // [esi+ecx*scale]
				return 0, ESP, []byte{byte(rnd.IntN(4))<<6 | ECX<<3 | ESI}
			case 3: // across a page's end
				return 0, EBP, binary.LittleEndian.AppendUint32(nil, pathData+0xff0+uint32(rnd.IntN(16)))
			}
			return 0, EBP, binary.LittleEndian.AppendUint32(nil, pathData+uint32(rnd.IntN(4096)))
		}
		code := e.encode(r)
		if r.ops[0].from == fromJ {
			// Short jumps stay near.
			code[len(code)-1] = byte(int8(rnd.IntN(40) - 20))
			if r.ops[0].size == sizeV {
				binary.LittleEndian.PutUint32(code[len(code)-4:], uint32(int32(rnd.IntN(200)-100)))
			}
		}
		b = append(b, code...)
		if rnd.IntN(10) == 0 {
			// Give the pointers good values again.
			b = binary.LittleEndian.AppendUint32(append(b, 0xbe), pathData+uint32(rnd.IntN(2048)))
			b = binary.LittleEndian.AppendUint32(append(b, 0xbf), pathCode+uint32(rnd.IntN(pathChunks*pathChunkSize)))
			b = append(b, 0x83, 0xe1, 0x3f) // and ecx, 63
		}
	}
	return append(b, 0xcd, 0x80) // int 0x80
}

// runPaths runs a program on both paths and compares at every stop.
func runPaths(t *testing.T, seed uint64, cfg pathConfig, load func(c *CPU)) {
	t.Helper()
	ref, fast := pathMachine(seed, cfg), pathMachine(seed, cfg)
	ref.noFast = true
	if load != nil {
		load(ref)
		load(fast)
	}
	rnd := rand.New(rand.NewPCG(seed, 7))
	for range 40 {
		limit := ref.insns + 1 + uint64(rnd.IntN(300))
		a, b := ref.Run(limit), fast.Run(limit)
		if a != b {
			t.Fatalf("seed %d %+v: reference stopped with %+v at %d, fast path with %+v at %d", seed, cfg, a, ref.insns, b, fast.insns)
		}
		if diff := diffState(ref, fast); diff != "" {
			t.Fatalf("seed %d %+v, after %d: %s", seed, cfg, ref.insns, diff)
		}
		switch a.Why {
		case cpu.StopFault:
			return
		case cpu.StopIdle:
			ref.AdvanceIdle(limit)
			fast.AdvanceIdle(limit)
		}
		if rnd.IntN(4) == 0 {
			ref.SetINTR(true)
			fast.SetINTR(true)
		}
		if rnd.IntN(40) == 0 {
			ref.RaiseNMI()
			fast.RaiseNMI()
		}
	}
}

func diffState(a, b *CPU) string {
	var x, y bytes.Buffer
	a.WriteState(&x)
	b.WriteState(&y)
	if !bytes.Equal(x.Bytes(), y.Bytes()) {
		return fmt.Sprintf("states differ\nreference %s\nfast      %s", a.summary(), b.summary())
	}
	if !bytes.Equal(a.ram, b.ram) {
		for i := range a.ram {
			if a.ram[i] != b.ram[i] {
				return fmt.Sprintf("memory differs at %#x: %x, %x", i, a.ram[i:i+8], b.ram[i:i+8])
			}
		}
	}
	return ""
}

func (c *CPU) summary() string {
	return fmt.Sprintf("%08x eip=%04x:%08x efl=%08x cr0=%08x cr2=%08x insns=%d top=%d mxcsr=%x",
		c.r[:8], c.seg[CS].sel, c.eip, c.EFLAGS(), c.cr0, c.cr2, c.insns, c.fpu.top, c.sse.mxcsr)
}

var pathSeeds = flag.Int("seeds", 300, "random programs that TestPathsAgree runs")

func TestPathsAgree(t *testing.T) {
	n := *pathSeeds
	if testing.Short() {
		n = min(n, 40)
	}
	for seed := range uint64(n) {
		runPaths(t, seed, pathConfig{paging: seed&1 != 0, user: seed&2 != 0, code16: seed%8 == 5}, nil)
	}
}

// FuzzExecute runs arbitrary bytes in an arbitrary mode: no input may panic,
// and the two paths must agree.
func FuzzExecute(f *testing.F) {
	f.Add([]byte{0x0f, 0xc7, 0x0d, 0, 0x90, 0, 0, 0xf4}, uint8(0))
	f.Add([]byte{0xea, 0, 0, 0, 0, 0x30, 0}, uint8(1))
	f.Fuzz(func(t *testing.T, code []byte, mode uint8) {
		cfg := pathConfig{paging: mode&1 != 0, user: mode&2 != 0, code16: mode&4 != 0}
		runPaths(t, uint64(mode), cfg, func(c *CPU) {
			copy(c.ram[pathCode:pathCode+pathChunkSize], code)
			if mode&8 != 0 {
				c.Reset()
				c.eip, c.seg[CS].base = 0, pathCode
			}
		})
	})
}
