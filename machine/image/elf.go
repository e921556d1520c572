package image

import (
	"encoding/binary"
	"fmt"
)

// Machine is a processor architecture as an ELF header names it.
type Machine struct {
	Name  string
	code  uint16
	class byte
}

// The machines that boards have.
var (
	RISCV64 = Machine{"riscv64", emRISCV, elfClass64}
	I386    = Machine{"i386", em386, elfClass32}
)

// ELF header (gABI chapter 4).
const (
	identClass = 4
	identData  = 5
	elfClass32 = 1
	elfClass64 = 2
	elfLSB     = 1
	etExec     = 2
	etDyn      = 3

	em386     = 3
	emARM     = 40
	emX86_64  = 62
	emAArch64 = 183
	emRISCV   = 243

	ehType    = 16
	ehMachine = 18
	ehEntry   = 24
	ptLoad    = 1 // program header type (gABI chapter 5)
)

// layout is where the fields lie that the two classes put in different places.
type layout struct {
	word        int // bytes of an address or offset
	headerSize  uint64
	phoff       int
	phentsize   int
	phnum       int
	programSize uint64 // of a program header
	offset      int
	paddr       int
	filesz      int
	memsz       int
}

var layouts = map[byte]layout{
	elfClass32: {4, 52, 28, 42, 44, 32, 4, 12, 16, 20},
	elfClass64: {8, 64, 32, 54, 56, 56, 8, 24, 32, 40},
}

// addr reads an address or offset.
func (l *layout) addr(b []byte) uint64 {
	if l.word == 4 {
		return uint64(binary.LittleEndian.Uint32(b))
	}
	return binary.LittleEndian.Uint64(b)
}

var machineNames = map[uint16]string{
	em386: "i386", emARM: "arm", emX86_64: "x86-64", emAArch64: "arm64", emRISCV: "RISC-V",
}

// describe names the machine a file was built for.
func describe(machine uint16, class byte) string {
	name, ok := machineNames[machine]
	if !ok {
		return fmt.Sprintf("a program for ELF machine %d", machine)
	}
	if machine == emRISCV {
		name = "riscv64"
		if class == elfClass32 {
			name = "riscv32"
		}
	}
	article := "a"
	if name[0] == 'i' || name[0] == 'a' || name[0] == 'x' {
		article = "an"
	}
	return article + " " + name + " program"
}

func loadELF(f *File, m Machine) (*Image, error) {
	bad := func(format string, args ...any) (*Image, error) {
		return nil, fmt.Errorf("%s: %s", f.Name, fmt.Sprintf(format, args...))
	}
	d := f.Data
	le := binary.LittleEndian
	const smallest = 52 // a 32-bit header
	if len(d) < smallest {
		return bad("the file is damaged: an ELF header has %d bytes, the file %d", layouts[m.class].headerSize, len(d))
	}
	if d[identData] != elfLSB {
		return bad("it is a big-endian program; this machine is little-endian")
	}
	if mach := le.Uint16(d[ehMachine:]); mach != m.code || d[identClass] != m.class {
		return bad("it is %s; this machine is %s", describe(mach, d[identClass]), m.Name)
	}
	l := layouts[m.class]
	if uint64(len(d)) < l.headerSize {
		return bad("the file is damaged: an ELF header has %d bytes, the file %d", l.headerSize, len(d))
	}
	switch t := le.Uint16(d[ehType:]); t {
	case etExec, etDyn:
	default:
		return bad("it is not an executable (ELF type %d)", t)
	}
	phoff, phnum := l.addr(d[l.phoff:]), uint64(le.Uint16(d[l.phnum:]))
	if phnum == 0 {
		return bad("it has no program headers, so there is nothing to load")
	}
	if es := uint64(le.Uint16(d[l.phentsize:])); es != l.programSize {
		return bad("the file is damaged: its program headers have %d bytes instead of %d", es, l.programSize)
	}
	if phoff > uint64(len(d)) || phnum*l.programSize > uint64(len(d))-phoff {
		return bad("the file is truncated: its program headers lie beyond its end")
	}
	img := &Image{Entry: l.addr(d[ehEntry:])}
	for i := range phnum {
		ph := d[phoff+i*l.programSize:]
		if le.Uint32(ph) != ptLoad {
			continue
		}
		off, addr := l.addr(ph[l.offset:]), l.addr(ph[l.paddr:])
		filesz, memsz := l.addr(ph[l.filesz:]), l.addr(ph[l.memsz:])
		switch {
		case memsz == 0:
			continue
		case off > uint64(len(d)) || filesz > uint64(len(d))-off:
			return bad("the file is truncated: segment %d lies beyond its end", i)
		case filesz > memsz || addr+memsz < addr:
			return bad("the file is damaged: segment %d has impossible sizes", i)
		}
		seg := Segment{Name: f.Name, Addr: addr, Size: memsz, Data: d[off : off+filesz]}
		if off == 0 {
			seg.Headers = headers(seg.Data, phoff+phnum*l.programSize)
		}
		img.Segments = append(img.Segments, seg)
	}
	if len(img.Segments) == 0 {
		return bad("it has no loadable segment")
	}
	return img, nil
}

// headers is the length of the ELF headers at the start of a segment, with the
// padding behind them.
func headers(data []byte, end uint64) uint64 {
	for end < uint64(len(data)) && data[end] == 0 {
		end++
	}
	return end
}
