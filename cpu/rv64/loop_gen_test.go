package rv64

import (
	"bytes"
	"fmt"
	"go/format"
	"os"
	"reflect"
	"runtime"
	"strings"
	"testing"

	"rv86/tests/lab"
)

const loopFile = "loop_unsafe.go"

// TestLoopIsCurrent generates the fast path's switch and compares it with the
// file that is compiled. `go generate` runs it with -update.
func TestLoopIsCurrent(t *testing.T) {
	want, err := format.Source(generateLoop())
	if err != nil {
		t.Fatal(err)
	}
	if lab.Update() {
		if err := os.WriteFile(loopFile, want, 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	got, err := os.ReadFile(loopFile)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(got, want) {
		t.Errorf("%s is not what the rows make: run go generate ./cpu/rv64", loopFile)
	}
}

// fusedPairs are the pairs of neighbours that one case of the switch executes:
// the most frequent ones in compiled C and Go code, as counted on CoreMark and
// on the guest kernel.
var fusedPairs = []string{
	"add add", "add ld", "add lh", "add bne", "add jal", "add addi", "add lw", "add sd", "add lbu",
	"addi beq", "addi jal", "addi addi", "addi add", "addi bltu", "addi sd", "addi jalr", "addi bne", "addi sw", "addi ld", "addi lbu", "addi blt", "addi bge", "addi bgeu",
	"addiw addw", "addiw srli", "addiw andi", "addiw sw", "addiw beq",
	"addw bne", "addw mulw", "addw addw",
	"andi andi", "andi addi", "andi xor", "andi mulw", "andi beq", "andi bne",
	"auipc addi", "auipc lwu", "auipc ld", "auipc lbu", "auipc jalr", "auipc lw",
	"lbu addi", "lbu bne", "lbu beq", "lbu andi",
	"ld sd", "ld beq", "ld lh", "ld lbu", "ld add", "ld ld", "ld addi", "ld bltu", "ld lw", "ld jal", "ld bne", "ld jalr",
	"lh lh", "lh addiw", "lh bne",
	"lui add", "lui addiw", "lui addi",
	"lw slli", "lw addi", "lw lw", "lw add", "lw addw", "lw beq", "lw bne",
	"lwu beq",
	"mulw addw", "mulw sraiw",
	"sd add", "sd sd", "sd addi", "sd ld", "sd auipc", "sd sb", "sd jal", "sd beq",
	"slli srli", "slli slli", "slli add", "slli addi",
	"sraiw andi",
	"srli add", "srli srli", "srli andi", "srli beq", "srli addi",
	"sw addi",
	"xor srli", "xor addiw",
}

// opName makes an identifier of a mnemonic: "amoadd.w" gives opAmoaddW.
func opName(mnemonic string) string {
	s := "op"
	for _, part := range strings.Split(mnemonic, ".") {
		s += strings.ToUpper(part[:1]) + part[1:]
	}
	return s
}

// funcName is the name of a semantic function.
func funcName(f any) string {
	name := runtime.FuncForPC(reflect.ValueOf(f).Pointer()).Name()
	return name[strings.LastIndexByte(name, '.')+1:]
}

const (
	rs1Value = "h.x[in.rs1&63]"
	rs2Value = "h.x[in.rs2&63]"
	rdPlace  = "h.x[in.rd&63]"
	immValue = "uint64(int64(in.imm))"
)

// inlineCode is the statements of a row's case, or "" where the switch leaves
// the row to its exec. ends says that they do not fall through.
func inlineCode(r *Row) (code string, ends bool) {
	second := immValue
	if r.hasRS2 {
		second = rs2Value
	}
	switch do := r.do.(type) {
	case alu:
		return fmt.Sprintf("%s = %s(%s, %s)\n", rdPlace, funcName(do), rs1Value, second), false
	case division:
		zero := rs2Value
		if do.size == 4 {
			zero = "uint32(" + rs2Value + ")"
		}
		return fmt.Sprintf(`if %s == 0 {
			kind = slowExec
			goto slow
		}
		%s = %s(%s, %s)
		`, zero, rdPlace, funcName(do.f), rs1Value, rs2Value), false
	case pcAlu:
		return fmt.Sprintf("%s = %s(b.pc+uint64(in.rs1), %s)\n", rdPlace, funcName(do), immValue), false
	case cond:
		return fmt.Sprintf(`if %s(%s, %s) {
			nb = b.taken
			goto enterTaken
		}
		nb = b.fall
		goto enterFall
		`, funcName(do), rs1Value, rs2Value), true
	case jal:
		return fmt.Sprintf("%s = b.end\nnb = b.taken\ngoto enterTaken\n", rdPlace), true
	case jalr:
		return fmt.Sprintf(`addr = (%s + %s) &^ 1
		%s = b.end
		nb = h.fast.jumps[jumpSlot(addr)]
		if nb.pc != addr {
			kind = slowJump
			goto slow
		}
		goto enterJump
		`, rs1Value, immValue, rdPlace), true
	case load:
		typ := fmt.Sprintf("uint%d", 8*do.size)
		if do.signed {
			typ = typ[1:]
		}
		s := memoryCode("loads", "slowLoad", immValue, do.size)
		if do.fp {
			box := ""
			if m := boxMask(do.size); m != 0 {
				box = fmt.Sprintf(" | %#x", m)
			}
			return s + fmt.Sprintf("h.f[in.rd&31] = uint64(*(*%s)(unsafe.Add(e.Page, addr&mmu.PageMask)))%s\n", typ, box), false
		}
		return s + fmt.Sprintf("%s = uint64(*(*%s)(unsafe.Add(e.Page, addr&mmu.PageMask)))\n", rdPlace, typ), false
	case store:
		value := rs2Value
		if do.fp {
			value = "h.f[in.rs2&31]"
		}
		typ := fmt.Sprintf("uint%d", 8*do.size)
		return memoryCode("stores", "slowStore", immValue, do.size) +
			fmt.Sprintf("*(*%s)(unsafe.Add(e.Page, addr&mmu.PageMask)) = %s(%s)\n", typ, typ, value), false
	case swapCSR:
		return csrCode(fmt.Sprintf("*p64 = old&^h.fast.plainMask[in.imm&%d] | %s&h.fast.plainMask[in.imm&%d]", plainSlots-1, rs1Value, plainSlots-1)), false
	case setCSR:
		return csrCode(fmt.Sprintf("*p64 = old | %s&h.fast.plainMask[in.imm&%d]", rs1Value, plainSlots-1)), false
	case nothing:
		return "// Nothing.\n", false
	case loadReserved:
		typ := fmt.Sprintf("int%d", 8*do.size)
		return memoryCode("loads", "slowLoad", "0", do.size) + fmt.Sprintf(`h.reservation = reservation{h.physOf(e.Page) + addr&mmu.PageMask, %d}
		%s = uint64(*(*%s)(unsafe.Add(e.Page, addr&mmu.PageMask)))
		`, do.size, rdPlace, typ), false
	case storeConditional:
		typ := fmt.Sprintf("uint%d", 8*do.size)
		return memoryCode("stores", "slowStore", "0", do.size) + fmt.Sprintf(`old = 1
		if h.reservation == (reservation{h.physOf(e.Page) + addr&mmu.PageMask, %d}) {
			*(*%s)(unsafe.Add(e.Page, addr&mmu.PageMask)) = %s(%s)
			old = 0
		}
		h.reservation = reservation{}
		%s = old
		`, do.size, typ, typ, rs2Value, rdPlace), false
	case amoW:
		return memoryCode("stores", "slowStore", "0", 4) + fmt.Sprintf(`p32 = (*uint32)(unsafe.Add(e.Page, addr&mmu.PageMask))
		old = sext32(*p32)
		*p32 = uint32(%s(old, sext32(uint32(%s))))
		%s = old
		`, funcName(do), rs2Value, rdPlace), false
	case amoD:
		return memoryCode("stores", "slowStore", "0", 8) + fmt.Sprintf(`p64 = (*uint64)(unsafe.Add(e.Page, addr&mmu.PageMask))
		old = *p64
		*p64 = %s(old, %s)
		%s = old
		`, funcName(do), rs2Value, rdPlace), false
	default:
		return floatCode(r), false
	}
}

// csrCode accesses the plain CSR whose slot is in imm; rs2 is the lowest
// privilege that may.
func csrCode(write string) string {
	return fmt.Sprintf(`if h.priv < in.rs2 {
		kind = slowExec
		goto slow
	}
	p64 = h.fast.plain[in.imm&%d]
	old = *p64
	%s
	%s = old
	`, plainSlots-1, write, rdPlace)
}

// memoryCode computes addr and finds its TLB entry e.
func memoryCode(tlb, kind, offset string, size uint8) string {
	return fmt.Sprintf(`addr = %s + %s
	e = %s.Entry(addr)
	if e.Tag != addr&(^uint64(mmu.PageMask)|%d) {
		kind = %s
		goto slow
	}
	`, rs1Value, offset, tlb, size-1, kind)
}

// accessSize is the size of a row's memory access, or 0.
func accessSize(r *Row) uint8 {
	switch do := r.do.(type) {
	case load:
		return do.size
	case store:
		return do.size
	case loadReserved:
		return do.size
	case storeConditional:
		return do.size
	case amoW:
		return 4
	case amoD:
		return 8
	}
	return 0
}

func generateLoop() []byte {
	var w bytes.Buffer
	p := func(format string, args ...any) { fmt.Fprintf(&w, format+"\n", args...) }
	p("// Code generated from the rows by loop_gen_test.go; DO NOT EDIT.\n")
	p("package rv64\n")
	p("import (\n\"unsafe\"\n\n\"rv86/mmu\"\n)\n")

	type inline struct {
		row  *Row
		code string
		ends bool
	}
	var inlines []inline
	byName := map[string]inline{}
	opOf := make([]string, 0, len(rows))
	for _, r := range rows {
		if r.is != "" {
			break // compressed rows come last and have no opcode of their own
		}
		code, ends := inlineCode(r)
		if code == "" {
			opOf = append(opOf, "opExec")
			continue
		}
		in := inline{r, code, ends}
		opOf = append(opOf, opName(r.name))
		inlines = append(inlines, in)
		byName[r.name] = in
	}

	p("// Opcodes of the switch. The order is dense: Go makes a jump table of it.")
	p("const (\nopExec = iota // through the row's exec; imm holds its bits")
	p("opExecEnd // the same, and it ends the block")
	p("opFloat // a floating-point computation through exec")
	p("opEnd // after the last instruction of a block that does not end itself")
	for _, in := range inlines {
		p("%s", opName(in.row.name))
	}
	for _, pair := range fusedPairs {
		p("%s", pairName(pair))
	}
	p("opCount\n)\n")

	p("// rowOps is the opcode of each row, in the order of the tables.")
	p("var rowOps = []uint8{\n%s,\n}\n", strings.Join(opOf, ", "))

	p("// endsBlock says whether an instruction's case leaves the block.")
	p("func endsBlock(op uint8) bool {\nswitch op {\ncase opExecEnd, opEnd")
	for _, in := range inlines {
		if in.ends {
			w.Truncate(w.Len() - 1)
			p(", %s", opName(in.row.name))
		}
	}
	w.Truncate(w.Len() - 1)
	p(":\nreturn true\n}\nreturn false\n}\n")

	p("// fusedOp is the opcode of a pair, or opExec.")
	p("func fusedOp(a, b uint8) uint8 {\nswitch uint16(a)<<8 | uint16(b) {")
	for _, pair := range fusedPairs {
		a, b, _ := strings.Cut(pair, " ")
		p("case %s<<8 | %s:\nreturn %s", opName(a), opName(b), pairName(pair))
	}
	p("}\nreturn opExec\n}\n")

	p("// opSize is the number of bytes that a memory access moves.")
	p("var opSize = [256]uint8{")
	for _, in := range inlines {
		if n := accessSize(in.row); n != 0 {
			p("%s: %d,", opName(in.row.name), n)
		}
	}
	for _, pair := range fusedPairs {
		a, _, _ := strings.Cut(pair, " ")
		if n := accessSize(byName[a].row); n != 0 {
			p("%s: %d,", pairName(pair), n)
		}
	}
	p("}\n")
	p("// opFirst is the first instruction of a pair; other opcodes stand for themselves.")
	p("var opFirst = [256]uint8{")
	for _, in := range inlines {
		p("%s: %s,", opName(in.row.name), opName(in.row.name))
	}
	for _, pair := range fusedPairs {
		a, _, _ := strings.Cut(pair, " ")
		p("%s: %s,", pairName(pair), opName(a))
	}
	p("}\n")

	w.WriteString(loopHead)
	for _, in := range inlines {
		p("case %s:\n%s", opName(in.row.name), in.code)
		if !strings.HasSuffix(in.code, "goto slow\n") && !in.ends {
			p("in = next(in)\ncontinue")
		}
	}
	for _, pair := range fusedPairs {
		a, b, _ := strings.Cut(pair, " ")
		p("case %s:\n%s%s", pairName(pair), byName[a].code, asSecond(byName[b].code))
		if !byName[b].ends {
			p("in = next(next(in))\ncontinue")
		}
	}
	w.WriteString(loopTail)
	return w.Bytes()
}

// asSecond makes a case of the second instruction of a pair: its operands are
// one element on, and in moves there before anything else looks at it. (Moving
// it at once would cost a register: the compiler keeps both.)
func asSecond(code string) string {
	code = strings.ReplaceAll(code, "in.", "next(in).")
	return strings.ReplaceAll(code, "goto ", "in = next(in)\ngoto ")
}

func pairName(pair string) string {
	a, b, _ := strings.Cut(pair, " ")
	return opName(a) + strings.TrimPrefix(opName(b), "op")
}

// The loop around the cases. Its state lives in registers because no call is
// live in it but one: every way out goes to slow, which saves the state in the
// hart and loads it again. Masks on register numbers keep bounds checks out.
const loopHead = `
// loopBlocks executes blocks, the first of which is h.fast.next, until slow
// says to leave.
func (h *Hart) loopBlocks() {
	var (
		nb     = h.fast.next
		left   = h.fast.left
		loads  = h.fast.loads
		stores = h.fast.stores
		b      *block
		in     *inst
		e      *mmu.Entry
		addr   uint64
		old    uint64
		p32    *uint32
		p64    *uint64
		kind   slowKind
	)
	goto enter
enterTaken:
	if nb.context != h.fast.context {
		kind = slowTaken
		goto slow
	}
	goto enter
enterFall:
	if nb.context != h.fast.context {
		kind = slowFall
		goto slow
	}
	goto enter
enterJump:
	if nb.context != h.fast.context {
		kind = slowJump
		goto slow
	}
enter:
	left -= nb.n
	if left < 0 {
		kind = slowLimit
		goto slow
	}
	b = nb
	in = b.code
dispatch:
	// Each case moves on by itself: one jump back to here, and no other.
	for {
		switch in.op {
		case opExec, opExecEnd: // named, so that the jump table starts at 0
			fallthrough
		default:
			kind = slowExec
			goto slow
		case opFloat:
			kind = slowFloat
			goto slow
		case opEnd:
			nb = b.fall
			goto enterFall
`

const loopTail = `
		}
	}
slow:
	h.fast.in, h.fast.b, h.fast.next, h.fast.left = in, b, nb, left
	if h.slow(kind, addr) {
		return
	}
	in, b, nb, left = h.fast.in, h.fast.b, h.fast.next, h.fast.left
	loads, stores = h.fast.loads, h.fast.stores
	if nb == nil {
		goto dispatch
	}
	goto enter
}
`
