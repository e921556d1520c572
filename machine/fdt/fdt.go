package fdt

import "encoding/binary"

// Structure block tokens (Devicetree Specification 5.4.1).
const (
	tokenBeginNode = 1
	tokenEndNode   = 2
	tokenProp      = 3
	tokenEnd       = 9
)

// Header fields (5.2).
const (
	magic          = 0xd00dfeed
	headerSize     = 40
	version        = 17
	lastCompatible = 16
	reserveMapSize = 16 // the terminating entry of two zero words
	reserveMapOff  = headerSize
	structureOff   = reserveMapOff + reserveMapSize
)

// Node is a device-tree node. The zero value with a name is an empty node.
type Node struct {
	Name  string // with unit address; empty for the root
	props []prop
	kids  []*Node
}

type prop struct {
	name  string
	value []byte
}

// New returns an empty node.
func New(name string) *Node { return &Node{Name: name} }

// Add appends a child and returns it; a nil child is ignored, so that a device
// without a node can be added like any other.
func (n *Node) Add(kid *Node) *Node {
	if kid != nil {
		n.kids = append(n.kids, kid)
	}
	return kid
}

// Bytes adds a property with a raw value.
func (n *Node) Bytes(name string, v []byte) *Node {
	n.props = append(n.props, prop{name, v})
	return n
}

// Flag adds an empty property, whose presence is its value.
func (n *Node) Flag(name string) *Node { return n.Bytes(name, nil) }

// U32 adds a list of 32-bit cells.
func (n *Node) U32(name string, cells ...uint32) *Node {
	var v []byte
	for _, c := range cells {
		v = binary.BigEndian.AppendUint32(v, c)
	}
	return n.Bytes(name, v)
}

// U64 adds a list of 64-bit values, two cells each.
func (n *Node) U64(name string, vals ...uint64) *Node {
	var v []byte
	for _, c := range vals {
		v = binary.BigEndian.AppendUint64(v, c)
	}
	return n.Bytes(name, v)
}

// Reg adds a "reg" property of one range, for #address-cells = #size-cells = 2.
func (n *Node) Reg(base, size uint64) *Node { return n.U64("reg", base, size) }

// Strings adds a string list (one string is a list of one).
func (n *Node) Strings(name string, list ...string) *Node {
	var v []byte
	for _, s := range list {
		v = append(append(v, s...), 0)
	}
	return n.Bytes(name, v)
}

// Encode flattens the tree under n. bootCPU is the hart that runs the loader.
func (n *Node) Encode(bootCPU uint32) []byte {
	e := encoder{offsets: map[string]uint32{}}
	e.node(n)
	e.u32(tokenEnd)

	stringsOff := structureOff + len(e.structure)
	total := stringsOff + len(e.strings)
	out := make([]byte, 0, total)
	for _, v := range []uint32{
		magic, uint32(total), structureOff, uint32(stringsOff), reserveMapOff,
		version, lastCompatible, bootCPU, uint32(len(e.strings)), uint32(len(e.structure)),
	} {
		out = binary.BigEndian.AppendUint32(out, v)
	}
	out = append(out, make([]byte, reserveMapSize)...)
	out = append(out, e.structure...)
	return append(out, e.strings...)
}

type encoder struct {
	structure []byte
	strings   []byte
	offsets   map[string]uint32 // of property names in strings
}

func (e *encoder) u32(v uint32) { e.structure = binary.BigEndian.AppendUint32(e.structure, v) }

// bytes appends b, padded to the 4-byte alignment that every token has.
func (e *encoder) bytes(b []byte) {
	e.structure = append(e.structure, b...)
	for len(e.structure)%4 != 0 {
		e.structure = append(e.structure, 0)
	}
}

func (e *encoder) node(n *Node) {
	e.u32(tokenBeginNode)
	e.bytes(append([]byte(n.Name), 0))
	for _, p := range n.props {
		off, seen := e.offsets[p.name]
		if !seen {
			off = uint32(len(e.strings))
			e.offsets[p.name] = off
			e.strings = append(append(e.strings, p.name...), 0)
		}
		e.u32(tokenProp)
		e.u32(uint32(len(p.value)))
		e.u32(off)
		e.bytes(p.value)
	}
	for _, k := range n.kids {
		e.node(k)
	}
	e.u32(tokenEndNode)
}
