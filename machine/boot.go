package machine

import (
	"encoding/binary"
	"errors"
	"fmt"

	"rv86/machine/image"
)

// Boot names what a board starts. The contents are those of files; the names
// are for messages.
type Boot struct {
	Firmware *image.File // runs first, in M-mode; nil: the kernel does
	Kernel   *image.File
	Initrd   []byte
	Bootargs string
	// Spare is how much memory must be left beside the images.
	Spare uint64
	// Blank makes a machine with nothing in it, to be loaded with the state of
	// another (see Runner.State and Machine.Images). A PC that had a BIOS needs
	// a Firmware of its size.
	Blank bool
}

// Where things go, as QEMU's virt board places them.
const (
	// kernelAlign: behind firmware, the kernel starts at the next 2 MiB.
	kernelAlign = 2 << 20
	// The initial RAM disk lies at most this far above the kernel.
	initrdMaxGap = 128 << 20
	fdtAlign     = 2 << 20
	// The tree stays below 3 GiB for 32-bit firmware.
	fdtCeiling = 3 << 30
)

// bootImage is what start needs, again at each reset.
type bootImage struct {
	pc       uint64
	next     uint64 // entry of the kernel behind the firmware, or 0
	fdt      uint64
	segments []image.Segment
}

// load decides where everything goes. tree builds the device tree, once it is
// known where the RAM disk is.
func (b Boot) load(r *ram, tree func(chosen) []byte) (bootImage, error) {
	var out bootImage
	kernelBase := r.base
	if b.Firmware != nil {
		fw, err := loadImage(b.Firmware, r, r.base)
		if err != nil {
			return out, err
		}
		out.add(fw)
		out.pc = entry(fw, r.base)
		kernelBase = alignUp(fw.End(), kernelAlign)
	}
	if b.Firmware == nil && b.Kernel == nil {
		return out, errors.New("there is nothing to start: give --kernel or --bios")
	}
	top := kernelBase
	if b.Kernel != nil {
		k, err := loadImage(b.Kernel, r, kernelBase)
		if err != nil {
			return out, err
		}
		out.add(k)
		if b.Firmware != nil {
			out.next = k.Entry
		} else {
			out.pc = entry(k, r.base)
		}
		kernelBase, top = k.Start(), k.End()
	}
	if err := out.overlap(); err != nil {
		return out, err
	}
	return out, out.placeRest(b, r, tree, kernelBase, top)
}

// loadImage reads an image that is to lie in RAM, at base if it can choose.
func loadImage(f *image.File, r *ram, base uint64) (*image.Image, error) {
	img, err := image.Load(f, image.RISCV64, base)
	if err != nil {
		return nil, err
	}
	for i := range img.Segments {
		s := &img.Segments[i]
		s.Clip(r.base)
		if r.inside(s.Addr, s.Size) {
			continue
		}
		advice := ""
		if s.Addr >= r.base {
			advice = "; give the guest more with --memory"
		}
		return nil, fmt.Errorf("%s: it wants memory at %#x to %#x, but RAM is %#x to %#x%s",
			s.Name, s.Addr, s.Addr+s.Size, r.base, r.end(), advice)
	}
	return img, nil
}

// overlap refuses images that would overwrite each other.
func (out *bootImage) overlap() error {
	for i, a := range out.segments {
		for _, b := range out.segments[:i] {
			if a.Name != b.Name && a.Addr < b.Addr+b.Size && b.Addr < a.Addr+a.Size {
				return fmt.Errorf("%s and %s want the same memory (at %#x)", b.Name, a.Name, max(a.Addr, b.Addr))
			}
		}
	}
	return nil
}

// placeRest places the RAM disk and the device tree.
func (out *bootImage) placeRest(b Boot, r *ram, tree func(chosen) []byte, kernelBase, top uint64) error {
	c := chosen{bootargs: b.Bootargs}
	if n := uint64(len(b.Initrd)); n != 0 {
		c.initrdStart = alignUp(kernelBase+min(uint64(len(r.data))/2, initrdMaxGap), pageSize)
		c.initrdN = n
		if c.initrdStart < top {
			c.initrdStart = alignUp(top, pageSize)
		}
	}
	blob := tree(c)
	if err := b.checkSpare(uint64(len(r.data)), top-r.base+c.initrdN+uint64(len(blob))); err != nil {
		return err
	}
	out.fdt = (min(r.end(), fdtCeiling) - uint64(len(blob))) &^ (fdtAlign - 1)
	top = max(top, c.initrdStart+c.initrdN)
	if uint64(len(blob)) > uint64(len(r.data)) || out.fdt < top {
		return fmt.Errorf("the images need memory up to %#x and the device tree %d bytes above, but RAM ends at %#x; give the guest more with --memory",
			top, len(blob), r.end())
	}
	if c.initrdN != 0 {
		out.segments = append(out.segments, image.Segment{Name: "initrd", Addr: c.initrdStart, Size: c.initrdN, Data: b.Initrd})
	}
	out.segments = append(out.segments, image.Segment{Name: "device tree", Addr: out.fdt, Size: uint64(len(blob)), Data: blob})
	return nil
}

// checkSpare refuses a machine whose images leave too little of its memory.
func (b Boot) checkSpare(memory, used uint64) error {
	if used <= memory && memory-used < b.Spare {
		return fmt.Errorf("the kernel needs %d KiB of memory beside the images, and they leave %d KiB of %d; give the guest more with --memory",
			b.Spare>>10, (memory-used)>>10, memory>>10)
	}
	return nil
}

func (out *bootImage) add(i *image.Image) { out.segments = append(out.segments, i.Segments...) }

// entry is where the hart starts. QEMU's reset ROM jumps to the start of RAM
// whatever the ELF header says; an image that has nothing there is started at
// its own entry instead.
func entry(i *image.Image, ramBase uint64) uint64 {
	if i.Start() == ramBase {
		return ramBase
	}
	return i.Entry
}

// copySegments puts images into RAM.
func copySegments(segments []image.Segment, r *ram) {
	for _, s := range segments {
		r.Write(s.Addr, s.Data)
		if rest := s.Size - uint64(len(s.Data)); rest > 0 {
			zero, _ := r.Slice(s.Addr+uint64(len(s.Data)), rest)
			for off := 0; off < len(zero); off += pageSize {
				// Untouched pages read as zero: writing would make the host provide them.
				if page := zero[off:min(off+pageSize, len(zero))]; !isZero(page) {
					clear(page)
				}
			}
		}
	}
}

// The firmware's information (OpenSBI, include/sbi/fw_dynamic.h, version 2).
const (
	fwDynamicMagic   = 0x4942534f // "OSBI"
	fwDynamicVersion = 2
	fwNextModeS      = 1
	fwInfoOffset     = 0x28 // in the ROM, as on QEMU's board
)

// Registers at the first instruction: a0 = hart, a1 = device tree, a2 = the
// firmware's information; t0 is the jump's register in QEMU's reset ROM.
const (
	regT0 = 5
	regA0 = 10
	regA1 = 11
	regA2 = 12
)

func (out *bootImage) regs() map[int]uint64 {
	return map[int]uint64{regT0: out.pc, regA0: 0, regA1: out.fdt, regA2: virtROM + fwInfoOffset}
}

// rom is the contents of the reset ROM: the firmware's information at its place.
func (out *bootImage) rom() []byte {
	b := make([]byte, fwInfoOffset)
	for _, v := range []uint64{
		fwDynamicMagic, fwDynamicVersion, out.next, fwNextModeS,
		0, // options
		0, // boot hart
	} {
		b = binary.LittleEndian.AppendUint64(b, v)
	}
	return b
}

func alignUp(v, a uint64) uint64 { return (v + a - 1) &^ (a - 1) }
