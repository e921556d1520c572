package machine

import (
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"io"

	"rv86/cpu"
)

const pageSize = 4096

// ram is the board's memory. It implements bus.Memory. The host gives pages to
// the slice when they are first touched: nothing here touches them all.
type ram struct {
	data []byte
	base uint64
	core cpu.Core // told of writes; nil until there is one
}

// inside reports whether [pa, pa+n) is RAM.
func (r *ram) inside(pa, n uint64) bool {
	size := uint64(len(r.data))
	return pa >= r.base && pa-r.base <= size && n <= size-(pa-r.base)
}

// Slice implements bus.Memory.
func (r *ram) Slice(pa, n uint64) ([]byte, bool) {
	if !r.inside(pa, n) {
		return nil, false
	}
	off := pa - r.base
	return r.data[off : off+n : off+n], true
}

// Write implements bus.Memory.
func (r *ram) Write(pa uint64, b []byte) bool {
	dst, ok := r.Slice(pa, uint64(len(b)))
	if !ok {
		return false
	}
	copy(dst, b)
	if r.core != nil && len(b) > 0 {
		r.core.InvalidateCode(pa, uint64(len(b)))
	}
	return true
}

func (r *ram) end() uint64 { return r.base + uint64(len(r.data)) }

// StateHash is a digest of all guest state: processor, RAM, devices. Equal
// hashes mean that two runs took the same course.
func (m *Machine) StateHash() (string, error) {
	h := sha256.New()
	if err := m.core.WriteState(h); err != nil {
		return "", err
	}
	if err := m.bus.WriteState(h); err != nil {
		return "", err
	}
	if m.ioSpace != nil {
		if err := m.ioSpace.WriteState(h); err != nil {
			return "", err
		}
	}
	if err := m.ram.writeState(h); err != nil {
		return "", err
	}
	return hex.EncodeToString(h.Sum(nil)), nil
}

// writeState writes the number and contents of each page that is not all zero:
// most of RAM is never used, and reading it must not cost a digest.
func (r *ram) writeState(w io.Writer) error {
	var num [8]byte
	for off := 0; off < len(r.data); off += pageSize {
		page := r.data[off : off+pageSize]
		if isZero(page) {
			continue
		}
		binary.LittleEndian.PutUint64(num[:], uint64(off/pageSize))
		if _, err := w.Write(num[:]); err != nil {
			return err
		}
		if _, err := w.Write(page); err != nil {
			return err
		}
	}
	return nil
}

var zeroPage [pageSize]byte

// isZero: at most a page.
func isZero(b []byte) bool { return string(b) == string(zeroPage[:len(b)]) }
