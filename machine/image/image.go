package image

import (
	"bytes"
	"encoding/binary"
	"fmt"
)

// File is a file's contents with the name to use in messages.
type File struct {
	Name string
	Data []byte
}

// Segment is a piece of memory to fill: Data, then zeros up to Size.
type Segment struct {
	Name string
	Addr uint64
	Size uint64
	Data []byte
	// Headers counts leading bytes of Data that no program looks at: linkers
	// like to put the ELF headers in front of the first section, a page below
	// the address that was asked for.
	Headers uint64
}

// Clip drops what lies below base and is only headers.
func (s *Segment) Clip(base uint64) {
	if s.Addr < base && base-s.Addr <= s.Headers {
		n := base - s.Addr
		s.Addr, s.Size, s.Data, s.Headers = base, s.Size-n, s.Data[n:], 0
	}
}

// Image is a program ready to be placed.
type Image struct {
	Entry    uint64
	Segments []Segment // at least one
}

// Start is the lowest address.
func (i *Image) Start() uint64 {
	low := i.Segments[0].Addr
	for _, s := range i.Segments {
		low = min(low, s.Addr)
	}
	return low
}

// End is the address behind the last byte.
func (i *Image) End() uint64 {
	var high uint64
	for _, s := range i.Segments {
		high = max(high, s.Addr+s.Size)
	}
	return high
}

// Linux's Image header: offsets of the load offset and of the magic number.
const (
	linuxHeaderSize  = 0x40
	linuxTextOffset  = 0x08
	linuxImageSize   = 0x10
	linuxMagic2      = 0x38
	linuxMagic2Value = "RSC\x05"
)

var (
	elfMagic  = []byte("\x7fELF")
	gzipMagic = []byte("\x1f\x8b")
)

// Load understands a file by its first bytes. A raw binary is placed at base;
// so is a Linux Image, plus the offset it asks for.
func Load(f *File, m Machine, base uint64) (*Image, error) {
	switch {
	case len(f.Data) == 0:
		return nil, fmt.Errorf("%s: the file is empty", f.Name)
	case bytes.HasPrefix(f.Data, elfMagic):
		return loadELF(f, m)
	case bytes.HasPrefix(f.Data, gzipMagic):
		return nil, fmt.Errorf("%s: the file is compressed with gzip; unpack it first", f.Name)
	case len(f.Data) >= linuxHeaderSize && string(f.Data[linuxMagic2:linuxMagic2+4]) == linuxMagic2Value:
		return loadLinux(f, base)
	}
	return &Image{Entry: base, Segments: []Segment{{Name: f.Name, Addr: base, Size: uint64(len(f.Data)), Data: f.Data}}}, nil
}

func loadLinux(f *File, base uint64) (*Image, error) {
	off := binary.LittleEndian.Uint64(f.Data[linuxTextOffset:])
	size := binary.LittleEndian.Uint64(f.Data[linuxImageSize:])
	const sane = 1 << 32
	if off > sane || size > sane {
		return nil, fmt.Errorf("%s: its Linux image header is damaged", f.Name)
	}
	at := base + off
	return &Image{Entry: at, Segments: []Segment{{Name: f.Name, Addr: at, Size: max(size, uint64(len(f.Data))), Data: f.Data}}}, nil
}
