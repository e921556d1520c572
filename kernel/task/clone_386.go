package task

import (
	"encoding/binary"

	"rv86/kernel/abi"
	"rv86/kernel/nucleus"
)

func (p *Process) frameOf(t *Thread) *nucleus.Frame { return t.Frame.Fork(p.MM.Root()) }

// setReturn makes a new thread return 0 from clone, on its own stack if it was
// given one.
func setReturn(f *nucleus.Frame, stack uintptr) {
	f.R[nucleus.RegEAX] = 0
	if stack != 0 {
		f.R[nucleus.RegSP] = stack
	}
}

// setTLS gives a new thread its thread-local segment: tls is the address of a
// struct user_desc.
func (t *Thread) setTLS(f *nucleus.Frame, tls uintptr) abi.Errno {
	d, e := t.readUserDesc(tls)
	if e != 0 {
		return e
	}
	return d.install(f)
}

// userDesc is struct user_desc (Linux arch/x86/include/uapi/asm/ldt.h).
type userDesc struct {
	entry, base, limit, flags uint32
}

const (
	userDescSize = 16
	anyEntry     = ^uint32(0)
	firstEntry   = 6 // GDT_ENTRY_TLS_MIN

	// Flags, and what TLS segments must have: 32 bits, contents data.
	desc32Bit       = 1 << 0
	descContents    = 3 << 1
	descReadOnly    = 1 << 3
	descLimitPages  = 1 << 4
	descNotPresent  = 1 << 5
	descUseable     = 1 << 6
	descEmpty       = descReadOnly | descNotPresent
	segmentWritable = 1 << 41 // in the descriptor
)

func (t *Thread) readUserDesc(va uintptr) (d userDesc, e abi.Errno) {
	var b [userDescSize]byte
	if e := t.CopyIn(va, b[:]); e != 0 {
		return d, e
	}
	le := binary.LittleEndian
	return userDesc{le.Uint32(b[:]), le.Uint32(b[4:]), le.Uint32(b[8:]), le.Uint32(b[12:])}, 0
}

// install puts the segment into f's slot. An empty description clears it.
func (d userDesc) install(f *nucleus.Frame) abi.Errno {
	i := d.entry - firstEntry
	if i >= nucleus.TLSSlots {
		return abi.EINVAL
	}
	v := uint64(0)
	switch {
	case d.base == 0 && d.limit == 0 && (d.flags == descEmpty || d.flags == 0):
	case d.flags&desc32Bit == 0, d.flags&descContents > 1<<1, d.flags&descNotPresent != 0:
		return abi.EINVAL
	default:
		v = nucleus.TLSDescriptor(uintptr(d.base), d.limit, d.flags&descLimitPages != 0)
		if d.flags&descReadOnly != 0 {
			v &^= segmentWritable
		}
	}
	f.TLS[i] = v
	f.Sanitize() // a register may select what is no more
	return 0
}

// SetThreadArea performs set_thread_area(2).
func (t *Thread) SetThreadArea(va uintptr) abi.Errno {
	d, e := t.readUserDesc(va)
	if e != 0 {
		return e
	}
	if d.entry != anyEntry {
		return d.install(t.Frame)
	}
	for i, v := range t.Frame.TLS {
		if v == 0 {
			d.entry = uint32(firstEntry + i)
			if e := d.install(t.Frame); e != 0 {
				return e
			}
			return t.CopyOut32(va, d.entry)
		}
	}
	return abi.ESRCH
}

// GetThreadArea performs get_thread_area(2).
func (t *Thread) GetThreadArea(va uintptr) abi.Errno {
	entry, e := t.CopyIn32(va)
	if e != 0 {
		return e
	}
	i := entry - firstEntry
	if i >= nucleus.TLSSlots {
		return abi.EINVAL
	}
	v := t.Frame.TLS[i]
	d := userDesc{entry: entry, flags: descEmpty}
	if v != 0 {
		// The descriptor's fields, SDM 3 figure 3-8.
		d.base = uint32(v>>16&0xffffff | v>>56<<24)
		d.limit = uint32(v&0xffff | v>>48&15<<16)
		d.flags = desc32Bit | descUseable
		if v>>55&1 != 0 {
			d.flags |= descLimitPages
		}
		if v&segmentWritable == 0 {
			d.flags |= descReadOnly
		}
	}
	var b [userDescSize]byte
	for i, w := range [...]uint32{d.entry, d.base, d.limit, d.flags} {
		binary.LittleEndian.PutUint32(b[4*i:], w)
	}
	return t.CopyOut(va, b[:])
}
