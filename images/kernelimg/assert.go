package kernelimg

import (
	"debug/elf"
	"fmt"
	"slices"

	"rv86/kmod/vmlinux"
)

// assert checks what a linker script would assert. What fails is a sentence.
func (im *Image) assert(*Config) error {
	for _, check := range []func() error{
		im.assertHead, im.assertAligned, im.assertApart, im.assertRights, im.assertBounds, im.assertSizes,
	} {
		if err := check(); err != nil {
			return err
		}
	}
	return nil
}

func (im *Image) assertHead() error {
	if text := im.Bounds[vmlinux.Text]; text != im.t.headAddr || im.Bounds[vmlinux.Stext] != text+pageSize {
		return fmt.Errorf("_text is %#x and _stext %#x; the machine starts at %#x, the page in front of Go's text", text, im.Bounds[vmlinux.Stext], im.t.headAddr)
	}
	if im.entry < im.Bounds[vmlinux.Stext] || im.entry >= im.Bounds[vmlinux.Etext] {
		return fmt.Errorf("the entry point %#x is not between _stext and _etext", im.entry)
	}
	return nil
}

// assertAligned: what has rights of its own begins on a page of its own.
func (im *Image) assertAligned() error {
	for _, b := range []vmlinux.Bound{
		vmlinux.Text, vmlinux.Stext, vmlinux.StartRodata, vmlinux.Sdata, vmlinux.PerCPUStart, vmlinux.StartTables,
		vmlinux.ExportsLoad, vmlinux.ExportsRodataLoad, vmlinux.ExportsLoadEnd, vmlinux.InitBegin, vmlinux.InitDataBegin,
		vmlinux.InitEnd, vmlinux.InitramfsStart, vmlinux.End, vmlinux.ExportsBegin, vmlinux.ExportsRodata, vmlinux.ExportsEnd,
	} {
		if im.Bounds[b]%pageSize != 0 {
			return fmt.Errorf("%s is %#x, not on a page boundary", b, im.Bounds[b])
		}
	}
	for _, s := range im.Sections {
		if s.alloc() && s.Addr%s.align != 0 {
			return fmt.Errorf("%s is at %#x, not aligned to %d", s.Name, s.Addr, s.align)
		}
	}
	return nil
}

// assertApart: no two sections share an address, linked or loaded.
func (im *Image) assertApart() error {
	for _, at := range []struct {
		what string
		of   func(s *Section) uint64
	}{
		{"addresses", func(s *Section) uint64 { return s.Addr }},
		{"load addresses", func(s *Section) uint64 { return s.Load }},
	} {
		var all []*Section
		for _, s := range im.Sections {
			if s.alloc() && s.Size > 0 {
				all = append(all, s)
			}
		}
		slices.SortFunc(all, func(a, b *Section) int {
			if at.of(a) < at.of(b) {
				return -1
			}
			return 1
		})
		for i := 1; i < len(all); i++ {
			if a, b := all[i-1], all[i]; at.of(a)+a.Size > at.of(b) {
				return fmt.Errorf("the %s of %s and %s overlap at %#x", at.what, a.Name, b.Name, at.of(b))
			}
		}
	}
	return nil
}

// assertRights: no page is both written and executed.
func (im *Image) assertRights() error {
	rights := map[uint64]*Section{}
	for _, s := range im.Sections {
		if !s.alloc() {
			continue
		}
		if s.Flags&(elf.SHF_WRITE|elf.SHF_EXECINSTR) == elf.SHF_WRITE|elf.SHF_EXECINSTR {
			return fmt.Errorf("%s is writable and executable", s.Name)
		}
		for a := s.Load &^ (pageSize - 1); a < s.Load+s.Size; a += pageSize {
			if o := rights[a]; o != nil && o.access() != s.access() {
				return fmt.Errorf("%s and %s share the page %#x, but not their rights", o.Name, s.Name, a)
			}
			rights[a] = s
		}
	}
	return nil
}

// access are a section's rights as a segment's flags.
func (s *Section) access() elf.ProgFlag {
	f := elf.PF_R
	if s.Flags&elf.SHF_WRITE != 0 {
		f |= elf.PF_W
	}
	if s.Flags&elf.SHF_EXECINSTR != 0 {
		f |= elf.PF_X
	}
	return f
}

// assertBounds: the boundary symbols rise in the order of the map.
func (im *Image) assertBounds() error {
	for b := vmlinux.Text + 1; b <= vmlinux.End; b++ {
		if im.Bounds[b] < im.Bounds[b-1] {
			return fmt.Errorf("%s is %#x, below %s at %#x", b, im.Bounds[b], b-1, im.Bounds[b-1])
		}
	}
	return nil
}

// imageRoom is how large the image may be without its initramfs: a quarter of
// the smallest memory the system is meant to start in.
const imageRoom = 8 << 20

func (im *Image) assertSizes() error {
	if n := im.Bounds[vmlinux.InitEnd] - im.Bounds[vmlinux.Text]; n > imageRoom {
		return fmt.Errorf("the image takes %d KiB; it has %d KiB", n>>10, imageRoom>>10)
	}
	if n := im.Bounds[vmlinux.PerCPUEnd] - im.Bounds[vmlinux.PerCPUStart]; n != vmlinux.PerCPUSize {
		return fmt.Errorf("the per-CPU area has %d bytes, not %d", n, vmlinux.PerCPUSize)
	}
	if n := im.Bounds[vmlinux.ExportsLoadEnd] - im.Bounds[vmlinux.ExportsLoad]; n != im.Bounds[vmlinux.ExportsEnd]-im.Bounds[vmlinux.ExportsBegin] {
		return fmt.Errorf("the exports take %d bytes in the image, but not in the module window", n)
	}
	return nil
}
