package bench

import (
	"encoding/binary"
	"fmt"

	"rv86/machine/asm"
)

// The image is a raw binary at the start of RAM:
//
//	0x80000000  set-up, in M mode
//	0x80001000  the program           virtual 0x40001000
//	0x80002000  the S-mode handler    virtual 0x40002000
//	0x80010000  page tables
//	0x80400000  data                  virtual 0x40400000
const (
	ramBase    = 0x80000000
	virtBase   = 0x40000000
	offProgram = 0x1000
	offHandler = 0x2000
	offTables  = 0x10000
	offData    = 0x400000
	dataSize   = 16 << 20
	mapped     = offData + dataSize
	ramSize    = 32 << 20
)

// Sv39 page tables (Priv. spec 4.4).
const (
	pageSize  = 4096
	pteSize   = 8
	ptesPer   = pageSize / pteSize
	l0Reach   = ptesPer * pageSize
	l1Reach   = ptesPer * l0Reach
	pteV      = 1 << 0
	pteR      = 1 << 1
	pteW      = 1 << 2
	pteX      = 1 << 3
	pteU      = 1 << 4
	pteA      = 1 << 6
	pteD      = 1 << 7
	ppnShift  = 10
	satpSv39  = uint64(8) << 60
	pageShift = 12
)

// setup enters the program: PMP open, ecall from U delegated, paging on, FPU
// on, mret to the mode in %[3]d (mstatus.MPP). Priv. spec 3.1.6, 3.7.
const setup = `
	li t0, -1
	csrrw zero, pmpaddr0, t0
	li t0, 0x1f                 # NAPOT, R W X
	csrrw zero, pmpcfg0, t0
	li t0, 0x100                # ecall from U
	csrrw zero, medeleg, t0
	li t0, %[1]d                # stvec
	csrrw zero, stvec, t0
	li t0, %[2]d                # satp
	csrrw zero, satp, t0
	li t0, 0x7800               # MPP and FS
	csrrc zero, mstatus, t0
	li t0, %[3]d
	csrrs zero, mstatus, t0
	li t0, %[4]d
	csrrw zero, mepc, t0
	li s0, %[5]d
	mret
`

const (
	mstatusFSDirty = 3 << 13
	mstatusMPPS    = 1 << 11
)

// build returns the image of a benchmark.
func (k *Kind) build() ([]byte, error) {
	mode := mstatusFSDirty | mstatusMPPS
	if k.user {
		mode = mstatusFSDirty
	}
	root := uint64(ramBase+offTables) >> pageShift
	parts := []struct {
		off  uint64
		text string
	}{
		{0, fmt.Sprintf(setup, virtBase+offHandler, int64(satpSv39|root), mode, virtBase+offProgram, virtBase+offData)},
		{offProgram, k.text},
		{offHandler, k.trap},
	}
	img := make([]byte, offTables)
	for _, p := range parts {
		code, err := asm.Assemble(p.text)
		if err != nil {
			return nil, fmt.Errorf("benchmark %s: %w", k.Name, err)
		}
		copy(img[p.off:p.off+pageSize], code)
	}
	return append(img, k.pageTables()...), nil
}

// pageTables maps [virtBase, virtBase+mapped) to RAM: the root, one table of
// level 1, and the leaf tables, one behind the other.
func (k *Kind) pageTables() []byte {
	leaves := mapped / l0Reach
	t := make([]byte, (2+leaves)*pageSize)
	put := func(table, index int, pa uint64, flags uint64) {
		binary.LittleEndian.PutUint64(t[table*pageSize+index*pteSize:], pa>>pageShift<<ppnShift|flags|pteV)
	}
	tableAt := func(n int) uint64 { return ramBase + offTables + uint64(n)*pageSize }
	put(0, virtBase/l1Reach, tableAt(1), 0)
	for i := range leaves {
		put(1, i, tableAt(2+i), 0)
	}
	for page := range mapped / pageSize {
		off := uint64(page) * pageSize
		flags := uint64(pteR | pteX | pteA | pteD)
		if off >= offData {
			flags ^= pteX | pteW
		}
		if k.user && off != offHandler {
			flags |= pteU
		}
		put(2+page/ptesPer, page%ptesPer, ramBase+off, flags)
	}
	return t
}
