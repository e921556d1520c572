package machine

import (
	"encoding/binary"
	"errors"
	"fmt"

	"rv86/machine/image"
)

// Multiboot information (Multiboot Specification 0.6.96, 3.3).
const (
	multibootEAX = 0x2badb002

	infoMemory  = 1 << 0
	infoCmdline = 1 << 2
	infoModules = 1 << 3
	infoMap     = 1 << 6
	infoLoader  = 1 << 9

	infoSize   = 116
	moduleSize = 16
	// A map entry's own size field does not count itself.
	mapEntrySize = 24

	memoryUsable   = 1
	memoryReserved = 2

	// multibootInfo is where the information lies: below the area that programs
	// use for their own start-up code, where QEMU has it too.
	multibootInfo = 0x9500
)

// The PC's memory below 1 MiB.
const (
	pcBaseEnd   = 0x9fc00 // the extended BIOS data area begins
	pcAdapters  = 0xa0000
	pcBIOSArea  = 0xf0000
	pcExtended  = 0x100000
	pcROMWindow = 0xfffc0000 // the BIOS at the top of the address space
)

// multiboot places a kernel with its modules and information.
type multiboot struct {
	segments []image.Segment
	entry    uint32
}

// loadMultiboot decides where everything goes in memory of the given size. The
// first module is the initial RAM disk.
func loadMultiboot(b Boot, memory uint64) (*multiboot, error) {
	if b.Kernel == nil {
		return nil, errors.New("there is nothing to start: give --kernel or --bios")
	}
	img, err := image.Multiboot(b.Kernel)
	if err != nil {
		return nil, err
	}
	m := &multiboot{segments: img.Segments, entry: uint32(img.Entry)}
	for i := range m.segments {
		s := &m.segments[i]
		s.Clip(pcExtended)
		if s.Addr+s.Size > memory {
			return nil, fmt.Errorf("%s: it wants memory up to %#x, but RAM ends at %#x; give the guest more with --memory",
				s.Name, s.Addr+s.Size, memory)
		}
		if s.Addr < pcExtended && s.Addr+s.Size > multibootInfo {
			return nil, fmt.Errorf("%s: it wants memory at %#x, which belongs to the machine; link it at or above 1 MiB", s.Name, s.Addr)
		}
	}
	at := alignUp(max(img.End(), pcExtended), pageSize)
	if n := uint64(len(b.Initrd)); n != 0 {
		if at+n > memory {
			return nil, fmt.Errorf("the initial file system needs memory up to %#x, but RAM ends at %#x; give the guest more with --memory", at+n, memory)
		}
		m.segments = append(m.segments, image.Segment{Name: "initrd", Addr: at, Size: n, Data: b.Initrd})
	}
	if err := b.checkSpare(memory, at+alignUp(uint64(len(b.Initrd)), pageSize)); err != nil {
		return nil, err
	}
	m.information(b, at, memory)
	return m, nil
}

// information builds the structure that EBX points to, and what it points to.
func (m *multiboot) information(b Boot, initrd, memory uint64) {
	le := binary.LittleEndian
	info := make([]byte, infoSize)
	word := func(off int, v uint64) { le.PutUint32(info[off:], uint32(v)) }
	place := func(data []byte) (addr uint64) {
		for len(info)%8 != 0 {
			info = append(info, 0)
		}
		addr = multibootInfo + uint64(len(info))
		info = append(info, data...)
		return addr
	}
	text := func(s string) uint64 { return place(append([]byte(s), 0)) }

	flags := uint64(infoMemory | infoCmdline | infoMap | infoLoader)
	word(4, pcBaseEnd>>10)
	word(8, (memory-pcExtended)>>10)
	// As QEMU: the file's name comes first.
	word(16, text(b.Kernel.Name+" "+b.Bootargs))
	if len(b.Initrd) != 0 {
		flags |= infoModules
		var mod []byte
		name := text("initrd")
		for _, v := range []uint64{initrd, initrd + uint64(len(b.Initrd)), name, 0} {
			mod = le.AppendUint32(mod, uint32(v))
		}
		word(20, uint64(len(mod)/moduleSize))
		word(24, place(mod))
	}
	entries := memoryMap(memory)
	word(44, uint64(len(entries)))
	word(48, place(entries))
	word(64, text("rv86"))
	word(0, flags)
	m.segments = append(m.segments, image.Segment{Name: "multiboot information", Addr: multibootInfo, Size: uint64(len(info)), Data: info})
}

func memoryMap(memory uint64) []byte {
	var out []byte
	add := func(base, end uint64, kind uint32) {
		le := binary.LittleEndian
		out = le.AppendUint32(out, mapEntrySize-4)
		out = le.AppendUint64(out, base)
		out = le.AppendUint64(out, end-base)
		out = le.AppendUint32(out, kind)
	}
	add(0, pcBaseEnd, memoryUsable)
	add(pcBaseEnd, pcAdapters, memoryReserved)
	add(pcBIOSArea, pcExtended, memoryReserved)
	add(pcExtended, memory, memoryUsable)
	add(pcROMWindow, 1<<32, memoryReserved)
	return out
}
