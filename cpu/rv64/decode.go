package rv64

// The decoder finds a row in a bucket of candidates: 32-bit instructions by
// major opcode and funct3, compressed ones by quadrant and funct3. Rows of one
// bucket do not overlap (a test checks it), so order is irrelevant.

type bucketTable [32 * 8][]*Row

func bucketOf(raw uint32) uint32 {
	if raw&3 != 3 {
		return raw&3<<3 | raw>>13&7
	}
	return raw>>2&31<<3 | raw>>12&7
}

var buckets16, buckets32 = fillBuckets()

func fillBuckets() (b16, b32 bucketTable) {
	const funct3 = 7 << 12
	for _, r := range rows {
		for f := range uint32(8) {
			switch {
			case r.size == 2:
				if f == r.match>>13&7 {
					i := bucketOf(r.match)
					b16[i] = append(b16[i], r)
				}
			case f<<12&r.mask == r.match&funct3:
				i := bucketOf(r.match&^funct3 | f<<12)
				b32[i] = append(b32[i], r)
			}
		}
	}
	return b16, b32
}

// findRow returns the row raw belongs to, or nil for an illegal or reserved
// encoding. Compressed instructions have their upper 16 bits clear.
func findRow(raw uint32) *Row {
	b := buckets32[bucketOf(raw)]
	if raw&3 != 3 {
		b = buckets16[bucketOf(raw)]
	}
	for _, r := range b {
		if r.matches(raw) {
			return r
		}
	}
	return nil
}

// decode takes an instruction apart. in.row is nil where raw is illegal; size
// and raw are always set.
func decode(raw uint32) (in insn) {
	in.size = 4
	if raw&3 != 3 {
		raw &= 0xffff
		in.size = 2
	}
	in.raw = raw
	r := findRow(raw)
	if r == nil {
		return in
	}
	in.row = r.base
	if r.is == "" {
		for i := range r.fields {
			in.set(r.fields[i].name, r.fields[i].get(raw))
		}
		return in
	}
	for i := range r.expand {
		e := &r.expand[i]
		v := e.constant
		if e.from != nil {
			v = e.from.get(raw)
		}
		in.set(e.to, v)
	}
	return in
}

func (in *insn) set(operand string, v int64) {
	switch operand {
	case "rd":
		in.rd = uint8(v)
	case "rs1":
		in.rs1 = uint8(v)
	case "rs2":
		in.rs2 = uint8(v)
	case "rs3":
		in.rs3 = uint8(v)
	case "rm":
		in.rm = uint8(v)
	case "csr":
		in.csr = uint16(v)
	case "imm", "uimm", "shamt":
		in.imm = v
	}
}
