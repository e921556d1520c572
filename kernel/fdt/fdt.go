// Package fdt finds devices in a flattened device tree (Devicetree Specification
// 0.4, chapter 5). It is for drivers that look for one device by its kind; it
// takes any bytes for a tree, and finds nothing in bad ones.
//
// Omitted: address translation (buses here map one to one), trees whose addresses
// and sizes have not two cells.
package fdt

import (
	"bytes"
	"encoding/binary"
)

// Tokens and header fields, by byte offset.
const (
	magic     = 0xd00dfeed
	beginNode = 1
	endNode   = 2
	property  = 3
	nop       = 4

	offStruct  = 8
	offStrings = 12
	headerSize = 40
	cell       = 4
)

// Device is a node: its registers and its interrupt.
type Device struct {
	Base, Size uint64
	Interrupt  uint
}

// reader reads cells; what is past the end is zero, and ends the reading.
type reader struct {
	b   []byte
	bad bool
}

func (r *reader) take(n int) []byte {
	if n < 0 || n > len(r.b) {
		r.bad = true
		return make([]byte, cell)
	}
	b := r.b[:n]
	r.b = r.b[n:]
	return b
}

func (r *reader) cell() uint32 { return binary.BigEndian.Uint32(r.take(cell)) }

// padded takes n bytes and what fills them up to a cell.
func (r *reader) padded(n int) []byte {
	b := r.take(n)
	if !r.bad {
		r.take((cell - n%cell) % cell)
	}
	return b
}

// name takes a node's name.
func (r *reader) name() {
	n := bytes.IndexByte(r.b, 0)
	r.padded(n + 1)
	r.bad = r.bad || n < 0
}

// node is what is read of one.
type node struct {
	Device
	match bool
}

// Find gives the first device that is compatible with a kind.
func Find(tree []byte, kind string) (d Device, ok bool) {
	if len(tree) < headerSize || binary.BigEndian.Uint32(tree) != magic {
		return d, false
	}
	at, strings := binary.BigEndian.Uint32(tree[offStruct:]), binary.BigEndian.Uint32(tree[offStrings:])
	if uint64(at) > uint64(len(tree)) || uint64(strings) > uint64(len(tree)) {
		return d, false
	}
	r := &reader{b: tree[at:]}
	var stack []node
	for !r.bad {
		switch r.cell() {
		case beginNode:
			r.name()
			stack = append(stack, node{})
		case endNode:
			if len(stack) == 0 {
				return d, false
			}
			if n := stack[len(stack)-1]; n.match {
				return n.Device, true
			}
			stack = stack[:len(stack)-1]
		case property:
			n, nameOff := r.cell(), r.cell()
			value := r.padded(int(n))
			if len(stack) > 0 && !r.bad {
				stack[len(stack)-1].set(text(tree[strings:], nameOff), value, kind)
			}
		case nop:
		default:
			return d, false
		}
	}
	return d, false
}

func text(b []byte, off uint32) string {
	if uint64(off) >= uint64(len(b)) {
		return ""
	}
	s, _, _ := bytes.Cut(b[off:], []byte{0})
	return string(s)
}

// set takes one property in.
func (n *node) set(name string, v []byte, kind string) {
	const two = 2 * cell
	switch {
	case name == "compatible":
		for _, s := range bytes.Split(v, []byte{0}) {
			n.match = n.match || string(s) == kind
		}
	case name == "reg" && len(v) >= 2*two:
		n.Base, n.Size = binary.BigEndian.Uint64(v), binary.BigEndian.Uint64(v[two:])
	case name == "interrupts" && len(v) >= cell:
		n.Interrupt = uint(binary.BigEndian.Uint32(v))
	}
}
