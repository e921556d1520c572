//go:build riscv64

package nucleus

// The flattened device tree (Devicetree Specification 0.4, chapter 5), read in
// place before the runtime exists.

const (
	fdtMagic     = 0xd00dfeed
	fdtBeginNode = 1
	fdtEndNode   = 2
	fdtProp      = 3
	fdtNop       = 4

	fdtOffStruct  = 8 // header fields, by byte offset
	fdtOffStrings = 12
	fdtOffSize    = 4
	fdtMaxDepth   = 8
)

// fdtIter walks the properties of a tree. At each step node is the address of
// the name of the node at depth, name that of the property, val and n its value.
type fdtIter struct {
	p, strings uintptr
	depth      int
	nodes      [fdtMaxDepth]uintptr
	name       uintptr
	val, n     uintptr
}

func be32(a uintptr) uintptr {
	return uintptr(ld8(a))<<24 | uintptr(ld8(a+1))<<16 | uintptr(ld8(a+2))<<8 | uintptr(ld8(a+3))
}

func be64(a uintptr) uintptr { return be32(a)<<32 | be32(a+4) }

func fdtStart(tree uintptr) (it fdtIter, ok bool) {
	if tree == 0 || tree&7 != 0 || be32(tree) != fdtMagic {
		return it, false
	}
	it.p, it.strings = tree+be32(tree+fdtOffStruct), tree+be32(tree+fdtOffStrings)
	return it, true
}

// next steps to the next property; it is false at the end.
func (it *fdtIter) next() bool {
	for {
		tok := be32(it.p)
		it.p += 4
		switch tok {
		case fdtBeginNode:
			if it.depth < fdtMaxDepth {
				it.nodes[it.depth] = it.p
			}
			it.depth++
			for ld8(it.p) != 0 {
				it.p++
			}
			it.p = (it.p + 4) &^ 3
		case fdtEndNode:
			it.depth--
		case fdtProp:
			it.n, it.name, it.val = be32(it.p), it.strings+be32(it.p+4), it.p+8
			it.p = (it.val + it.n + 3) &^ 3
			return true
		case fdtNop:
		default:
			return false
		}
	}
}

// in tells whether the property's node is a child of the root whose name
// begins with s.
func (it *fdtIter) in(s string) bool {
	return it.depth == 2 && hasPrefix(it.nodes[1], s)
}

func (it *fdtIter) is(s string) bool {
	return hasPrefix(it.name, s) && ld8(it.name+uintptr(len(s))) == 0
}

func hasPrefix(a uintptr, s string) bool {
	for i := 0; i < len(s); i++ {
		if ld8(a+uintptr(i)) != s[i] {
			return false
		}
	}
	return true
}

// readTree fills boot and the bounds of RAM.
func readTree(tree uintptr) {
	ramBase, ramTop = defaultRAMBase, defaultRAMBase+defaultRAMSize
	it, ok := fdtStart(tree)
	if !ok {
		return
	}
	boot.tree, boot.treeSize = tree, be32(tree+fdtOffSize)
	for it.next() {
		switch {
		case it.in("memory") && it.is("reg") && it.n >= 16:
			ramBase = be64(it.val)
			ramTop = ramBase + be64(it.val+8)
		case it.in("chosen") && it.is("linux,initrd-start"):
			boot.initrd = be(it.val, it.n)
		case it.in("chosen") && it.is("linux,initrd-end"):
			boot.initrdEnd = be(it.val, it.n)
		case it.in("chosen") && it.is("bootargs") && it.n > 0:
			boot.args, boot.argsLen = it.val, it.n-1
		case it.in("chosen") && it.is("rng-seed"):
			for i := uintptr(0); i < it.n && i < 32; i++ {
				boot.seed[i] = ld8(it.val + i)
			}
			boot.seeded = true
		case it.depth >= 2 && it.is("compatible") && hasPrefix(it.val, "rv86,panic"):
			boot.panicDevice = true
		case it.depth == 3 && it.is("device_type") && hasPrefix(it.val, "cpu"):
			boot.harts++
		}
	}
}

// be reads a number of one or two cells.
func be(a, n uintptr) uintptr {
	if n >= 8 {
		return be64(a)
	}
	return be32(a)
}
