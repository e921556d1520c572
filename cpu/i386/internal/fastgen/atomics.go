package fastgen

import "fmt"

// atomics are what compilers make of atomic operations: exchanges, and for
// loads and stores of 64 bits moves through an MMX register.
func (g *generator) atomics() {
	for _, n := range []int{8, 32} {
		g.add(fmt.Sprintf("xchg%dmr", n), "%s{ p, q := %s, %s; *p, *q = *q, *p }", store(n/8), mem(n)[1:], reg(n, "src")[1:])
	}
	g.add("xadd32mr", "%s{ p, q := %s, %s\nx, y := *p, *q\n%s\n*q, *p = x, r }", store(4), mem(32)[1:], reg(32, "src")[1:], leaf("add", 32))
	g.add("cmpxchg32mr", "%s{ p := %s\nx, y := c.r[EAX], *p\n%s\nif r == 0 { *p = %s } else { c.r[EAX] = y } }",
		store(4), mem(32)[1:], leaf("sub", 32), reg(32, "src"))
	g.add("cmpxchg8b64m", "%s{ p := %s\nv := *p\nif v == uint64(c.r[EDX])<<32|uint64(c.r[EAX]) {\n"+
		"*p = uint64(c.r[ECX])<<32|uint64(c.r[EBX])\n%s\n} else {\nc.r[EAX], c.r[EDX] = uint32(v), uint32(v>>32)\n%s\n} }",
		store(8), mem(64)[1:], setZF, clearZF)

	// An x87 exception that waits is reported first: the slow path raises it.
	const idle = "if c.fpu.sw&swES != 0 { goto exec }\n"
	const enterMMX = "c.fpu.top, c.fpu.empty = 0, 0\n"
	g.add("movq64qm", "%s%s%s{ p := &c.fpu.reg[in.dst&7]; p.m, p.se = %s, 0xffff }", idle, load(8), enterMMX, mem(64))
	g.add("movq64mq", "%s%s%s%s = c.fpu.reg[in.src&7].m", idle, store(8), enterMMX, mem(64))
	g.add("emms32", "%sc.fpu.top, c.fpu.empty = 0, 0xff", idle)
}

// setZF and clearZF leave the other flags alone. ZF is whether the result is 0:
// what else the result tells moves into the two deltas.
const (
	setZF = "c.fl.aux = c.fl.aux&^(auxSign|auxPar) | (c.fl.res>>31^c.fl.aux)&auxSign | (c.fl.res<<8^c.fl.aux)&auxPar\n" +
		"c.fl.res = 0"
	clearZF = "if c.fl.res == 0 { c.fl.res = auxParLo }"
)
