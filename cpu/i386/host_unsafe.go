package i386

import "unsafe"

// Accessors of the generated fast path. They take the host for little-endian, as
// the guest is; on any other, translate.go leaves every instruction to its row's
// semantics.

// The register file is at the start of CPU, so that an operand's byte offset
// in it is its offset from the CPU.
const _ = -unsafe.Offsetof(CPU{}.r)

// Preconditions: off lies in CPU.r.
func r8(c *CPU, off uint8) *uint8 { return (*uint8)(unsafe.Add(unsafe.Pointer(c), uintptr(off))) }

func r16(c *CPU, off uint8) *uint16 { return (*uint16)(unsafe.Add(unsafe.Pointer(c), uintptr(off))) }

func r32(c *CPU, off uint8) *uint32 { return (*uint32)(unsafe.Add(unsafe.Pointer(c), uintptr(off))) }

// x128 and its kin access an XMM register. Preconditions: off is a multiple of
// 16 below 128.
func x128(c *CPU, off uint8) *vec {
	return (*vec)(unsafe.Add(unsafe.Pointer(&c.sse.xmm), uintptr(off)))
}
func x64(c *CPU, off uint8) *uint64 { return (*uint64)(unsafe.Pointer(x128(c, off))) }
func x32(c *CPU, off uint8) *uint32 { return (*uint32)(unsafe.Pointer(x128(c, off))) }

// Preconditions: pa to the access's end lies in RAM, which a hot TLB entry
// guarantees.
func m8(ram unsafe.Pointer, pa uint32) *uint8   { return (*uint8)(unsafe.Add(ram, uintptr(pa))) }
func m16(ram unsafe.Pointer, pa uint32) *uint16 { return (*uint16)(unsafe.Add(ram, uintptr(pa))) }
func m32(ram unsafe.Pointer, pa uint32) *uint32 { return (*uint32)(unsafe.Add(ram, uintptr(pa))) }
func m64(ram unsafe.Pointer, pa uint32) *uint64 { return (*uint64)(unsafe.Add(ram, uintptr(pa))) }
func m128(ram unsafe.Pointer, pa uint32) *vec   { return (*vec)(unsafe.Add(ram, uintptr(pa))) }

// next is the following operation of a block. The last one never falls off the
// end: it leaves the block.
func (u *uop) next() *uop { return (*uop)(unsafe.Add(unsafe.Pointer(u), unsafe.Sizeof(*u))) }

// position is u's index in b.
func (b *block) position(u *uop) int {
	return int((uintptr(unsafe.Pointer(u)) - uintptr(unsafe.Pointer(b.first))) / unsafe.Sizeof(*u))
}

func (c *CPU) ramBase() unsafe.Pointer {
	if len(c.ram) == 0 {
		return nil
	}
	return unsafe.Pointer(&c.ram[0])
}

// littleEndian tells the host's byte order.
func littleEndian() bool {
	x := uint16(1)
	return *(*byte)(unsafe.Pointer(&x)) == 1
}

// runState is what the fast path's loop and its slow path hand each other.
type runState struct {
	limit uint64
	stamp uint64
	tlb   *[tlbSize]hotEntry
	ram   unsafe.Pointer
	in    *uop
	b     *block
	next  *block // where to go on; nil: at in
	// broken says that the block in progress may not go on: it was written to.
	broken bool
}

// distance is how far b lies behind a, two slices of RAM that are not empty.
func distance(a, b []byte) int {
	return int(uintptr(unsafe.Pointer(&b[0])) - uintptr(unsafe.Pointer(&a[0])))
}
