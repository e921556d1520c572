package debuginfo

import (
	"debug/elf"
	"debug/gosym"
	"encoding/binary"
	"errors"
	"fmt"
	"sort"
)

// goTable is the table that a Go program cannot do without, stripped or not: its
// functions, their lines, and how deep the stack is at each instruction
// (runtime/symtab.go and runtime2.go, Go 1.20 to 1.26). debug/gosym reads the
// first two.
//
//	header  magic, 0, 0, quantum, word size; words: functions, files, -,
//	        offsets of names, units, files, pctab, functions
//	functab {entry - text, offset of the function's record} and so on, uint32 each
//	record  entry, name, args, deferreturn, pcsp, pcfile, ...: uint32 each
//	pctab   pairs of varints: change of the value, zigzag; quanta that it holds for
type goTable struct {
	*gosym.Table
	word    int
	quantum uint64
	text    uint64
	count   int
	pctab   []byte
	records []byte             // the functab, and what its offsets are relative to
	rows    map[uint64][]goRow // by a function's entry, of those that were asked for
}

// Words of the header, behind its first 8 bytes, and of a record.
const (
	goHeader     = 8
	goCount      = 0
	goPCTab      = 6
	goRecords    = 7
	goRecordPCSP = 4
	goTableMagic = 0xfffffff1
)

// readGoTable finds the table of a linked program; nil if it has none.
func readGoTable(f *elf.File, word int) *goTable {
	pc, text := f.Section(".gopclntab"), f.Section(".text")
	if pc == nil || text == nil {
		return nil
	}
	b, err := pc.Data()
	if err != nil {
		return nil
	}
	t := &goTable{word: word, text: text.Addr, rows: map[uint64][]goRow{}}
	if t.Table, err = gosym.NewTable(nil, gosym.NewLineTable(b, text.Addr)); err != nil {
		return nil
	}
	if err := t.parts(b); err != nil {
		t.count = 0 // functions are known, and their stacks are not
	}
	return t
}

func (t *goTable) parts(b []byte) (err error) {
	defer recovered(&err)
	le := binary.LittleEndian
	if magic := le.Uint32(b); magic != goTableMagic {
		return fmt.Errorf("magic %#x", magic)
	}
	header := func(i int) uint64 {
		if t.word == 4 {
			return uint64(le.Uint32(b[goHeader+4*i:]))
		}
		return le.Uint64(b[goHeader+8*i:])
	}
	t.quantum = uint64(b[6])
	t.pctab, t.records = b[header(goPCTab):], b[header(goRecords):]
	t.count = int(header(goCount))
	_ = t.records[8*t.count]
	return nil
}

func (t *goTable) field(at uint64) uint64 { return uint64(binary.LittleEndian.Uint32(t.records[at:])) }

// depth is by how much the stack is deeper at an instruction than where its
// function was entered.
func (t *goTable) depth(pc uint64) (depth uint64, err error) {
	defer recovered(&err)
	at := pc - t.text
	i := sort.Search(t.count, func(i int) bool { return t.field(uint64(8*i)) > at })
	if i == 0 || i == t.count && at >= t.field(uint64(8*i)) {
		return 0, fmt.Errorf("no Go function is at %#x", pc)
	}
	record := t.field(uint64(8*(i-1) + 4))
	end := t.field(record)
	p := t.pctab[t.field(record+4*goRecordPCSP):]
	value := int64(-1)
	for first := true; ; first = false {
		change, n := binary.Uvarint(p)
		if n <= 0 || change == 0 && !first {
			return 0, fmt.Errorf("the stack at %#x is not known", pc)
		}
		quanta, k := binary.Uvarint(p[n:])
		p = p[n+max(k, 0):]
		value += int64(change>>1) ^ -int64(change&1)
		if end += quanta * t.quantum; at < end || k <= 0 {
			return uint64(value), nil
		}
	}
}

// goRow is a piece of code that is of one line.
type goRow struct {
	low, high uint64
	file      string
	line      int
}

// lines gives a function's rows, upwards. Steps by source line ask often.
func (t *goTable) lines(fn *gosym.Func) []goRow {
	rows, ok := t.rows[fn.Entry]
	if ok {
		return rows
	}
	step := max(t.quantum, 1)
	for pc := fn.Entry; pc < fn.End; pc += step {
		file, line, _ := t.PCToLine(pc)
		if n := len(rows); n > 0 && rows[n-1].line == line && rows[n-1].file == file {
			rows[n-1].high = pc + step
			continue
		}
		rows = append(rows, goRow{pc, pc + step, file, line})
	}
	t.rows[fn.Entry] = rows
	return rows
}

// goLine is Line for a program without DWARF.
func (im *Image) goLine(pc uint64) (file string, line int, low, high uint64, ok bool) {
	if im.gotab == nil {
		return "", 0, 0, 0, false
	}
	fn := im.gotab.PCToFunc(pc)
	if fn == nil {
		return "", 0, 0, 0, false
	}
	for _, r := range im.gotab.lines(fn) {
		if pc >= r.low && pc < r.high && r.line > 0 {
			return r.file, r.line, r.low, r.high, true
		}
	}
	return "", 0, 0, 0, false
}

// unwindGo is Unwind for a program without DWARF. Go's functions keep no
// registers for their callers (Go internal ABI).
func (im *Image) unwindGo(fr Frame, sp int) (regs map[int]uint64, cfa uint64, ra int, err error) {
	const riscvRA, intelRA = 1, 8
	if im.gotab == nil {
		return nil, 0, 0, fmt.Errorf("there is no call frame information for %#x", fr.PC())
	}
	depth, err := im.gotab.depth(fr.PC())
	if err != nil {
		return nil, 0, 0, err
	}
	top, ok := fr.Reg(sp)
	if !ok {
		return nil, 0, 0, errors.New("the stack pointer was not kept")
	}
	ra, cfa = riscvRA, top+depth
	at := top // the lowest word of the frame
	if im.Word == 4 {
		ra, at = intelRA, cfa
		cfa += uint64(im.Word)
	}
	back, ok := fr.Reg(ra)
	if im.Word == 4 || depth > 0 {
		b := make([]byte, im.Word)
		if err := fr.Read(at, b); err != nil {
			return nil, 0, 0, err
		}
		r := reader{b: b}
		back, ok = r.fixed(im.Word), true
	}
	if !ok {
		return nil, 0, 0, errors.New("the return address was not kept")
	}
	return map[int]uint64{sp: cfa, ra: back}, cfa, ra, nil
}
