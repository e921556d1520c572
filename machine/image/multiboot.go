package image

import (
	"encoding/binary"
	"fmt"
)

// Multiboot header (Multiboot Specification 0.6.96, 3.1).
const (
	multibootMagic  = 0x1badb002
	multibootWindow = 8192 // the header lies in that many bytes
	multibootAlign  = 4
	mbAddresses     = 1 << 16 // the header says where to load
	mbMandatory     = 0xffff  // flags a loader must understand
	mbPageAlign     = 1 << 0
	mbMemoryInfo    = 1 << 1
	mbVideo         = 1 << 2

	mbFlags       = 4
	mbChecksum    = 8
	mbHeaderAddr  = 12
	mbLoadAddr    = 16
	mbLoadEnd     = 20
	mbBSSEnd      = 24
	mbEntry       = 28
	mbSize        = 12
	mbAddressSize = 32
)

// Multiboot reads a kernel that follows the multiboot specification: an i386
// ELF program, or any file whose header gives load addresses.
func Multiboot(f *File) (*Image, error) {
	bad := func(format string, args ...any) (*Image, error) {
		return nil, fmt.Errorf("%s: %s", f.Name, fmt.Sprintf(format, args...))
	}
	if len(f.Data) == 0 {
		return bad("the file is empty")
	}
	off := multibootHeader(f.Data)
	if off < 0 {
		return bad("it has no multiboot header in its first %d bytes, so it is not a kernel for this machine", multibootWindow)
	}
	le := binary.LittleEndian
	h := f.Data[off:]
	flags := le.Uint32(h[mbFlags:])
	if unknown := flags & mbMandatory &^ (mbPageAlign | mbMemoryInfo | mbVideo); unknown != 0 {
		return bad("its multiboot header asks for features %#x that this machine does not have", unknown)
	}
	if flags&mbVideo != 0 {
		return bad("its multiboot header asks for a graphics mode; this machine has text only")
	}
	if flags&mbAddresses == 0 {
		return loadELF(f, I386)
	}
	if len(h) < mbAddressSize {
		return bad("the file is truncated: its multiboot header lies beyond its end")
	}
	header, load := uint64(le.Uint32(h[mbHeaderAddr:])), uint64(le.Uint32(h[mbLoadAddr:]))
	loadEnd, bssEnd := uint64(le.Uint32(h[mbLoadEnd:])), uint64(le.Uint32(h[mbBSSEnd:]))
	if header < load || header-load > uint64(off) {
		return bad("its multiboot header is damaged: it loads from before the file's start")
	}
	data := f.Data[uint64(off)-(header-load):]
	if loadEnd != 0 {
		if loadEnd < load || loadEnd-load > uint64(len(data)) {
			return bad("the file is truncated: its multiboot header wants %#x bytes", loadEnd-load)
		}
		data = data[:loadEnd-load]
	}
	size := uint64(len(data))
	if bssEnd > load+size {
		size = bssEnd - load
	}
	return &Image{
		Entry:    uint64(le.Uint32(h[mbEntry:])),
		Segments: []Segment{{Name: f.Name, Addr: load, Size: size, Data: data}},
	}, nil
}

// multibootHeader is the offset of the header, or -1.
func multibootHeader(d []byte) int {
	le := binary.LittleEndian
	for off := 0; off+mbSize <= min(len(d), multibootWindow); off += multibootAlign {
		h := d[off:]
		if le.Uint32(h) == multibootMagic && le.Uint32(h)+le.Uint32(h[mbFlags:])+le.Uint32(h[mbChecksum:]) == 0 {
			return off
		}
	}
	return -1
}
