package debuginfo

import (
	"cmp"
	"debug/dwarf"
	"path"
	"slices"
	"strings"
	"sync"
)

// unit is a compilation unit.
type unit struct {
	im     *Image
	entry  *dwarf.Entry
	ranges [][2]uint64
	goLang bool
	rows   func() []Row
	files  func() []string
}

// langGo is DW_LANG_Go (DWARF 5 table 7.17).
const langGo = 0x16

// Row is a place in the line table: from Addr on, code belongs to a line.
type Row struct {
	Addr uint64
	File string
	Line int
	Stmt bool // a good place for a breakpoint
	End  bool // the first address after a sequence
	Body bool // a function's prologue ends here
}

// readUnits lists the compilation units.
func (im *Image) readUnits() error {
	r := im.data.Reader()
	for range im.entries { // a damaged file's siblings may go round
		e, err := r.Next()
		if err != nil {
			return err
		}
		if e == nil {
			return nil
		}
		if e.Tag == dwarf.TagCompileUnit {
			u := &unit{im: im, entry: e}
			u.ranges, _ = im.data.Ranges(e)
			lang, _ := e.Val(dwarf.AttrLanguage).(int64)
			u.goLang = lang == langGo
			u.rows = sync.OnceValue(u.readRows)
			u.files = sync.OnceValue(u.readFiles)
			im.units = append(im.units, u)
		}
		r.SkipChildren()
	}
	return nil
}

func (u *unit) readFiles() (out []string) {
	defer func() { _ = recover() }() // a damaged table has no files
	lr, err := u.im.data.LineReader(u.entry)
	if err != nil || lr == nil {
		return nil
	}
	for _, f := range lr.Files() {
		if f != nil {
			out = append(out, f.Name)
		}
	}
	return out
}

// maxRows bounds what a damaged table may claim for one unit.
const maxRows = 1 << 22

func (u *unit) readRows() (out []Row) {
	defer func() { _ = recover() }() // what was read before the damage counts
	lr, err := u.im.data.LineReader(u.entry)
	if err != nil || lr == nil {
		return nil
	}
	var le dwarf.LineEntry
	for len(out) < maxRows && lr.Next(&le) == nil {
		row := Row{Addr: le.Address, Line: le.Line, Stmt: le.IsStmt, End: le.EndSequence, Body: le.PrologueEnd}
		if le.File != nil {
			row.File = le.File.Name
		}
		out = append(out, row)
	}
	slices.SortStableFunc(out, func(a, b Row) int {
		// Where one sequence ends and another begins, the beginning counts.
		if c := cmp.Compare(a.Addr, b.Addr); c != 0 || a.End == b.End {
			return c
		}
		if a.End {
			return -1
		}
		return 1
	})
	return out
}

func (u *unit) contains(pc uint64) bool {
	for _, r := range u.ranges {
		if pc >= r[0] && pc < r[1] {
			return true
		}
	}
	return false
}

func (im *Image) unitAt(pc uint64) *unit {
	for _, u := range im.units {
		if u.contains(pc) {
			return u
		}
	}
	return nil
}

// Line is the source line at an address, and the addresses [low, high) around
// it that belong to that line without a break.
func (im *Image) Line(pc uint64) (file string, line int, low, high uint64, ok bool) {
	u := im.unitAt(pc)
	if u == nil {
		return im.goLine(pc)
	}
	rows := u.rows()
	i, _ := slices.BinarySearchFunc(rows, pc, func(r Row, pc uint64) int {
		if r.Addr <= pc {
			return -1
		}
		return 1
	})
	if i == 0 || i >= len(rows) || rows[i-1].End || rows[i-1].Line == 0 {
		return "", 0, 0, 0, false
	}
	r := rows[i-1]
	first, last := i-1, i
	same := func(x Row) bool { return !x.End && x.Line == r.Line && x.File == r.File }
	for first > 0 && same(rows[first-1]) {
		first--
	}
	for last < len(rows)-1 && same(rows[last]) {
		last++
	}
	return r.File, r.Line, rows[first].Addr, rows[last].Addr, true
}

// Rows gives the line table's rows in [low, high).
func (im *Image) Rows(low, high uint64) (out []Row) {
	u := im.unitAt(low)
	if u == nil {
		return nil
	}
	for _, r := range u.rows() {
		if r.Addr >= low && r.Addr < high && !r.End {
			out = append(out, r)
		}
	}
	return out
}

// SameFile compares a file's name as a person writes it with one from a table:
// the end of the path decides.
func SameFile(typed, full string) bool {
	typed, full = path.Clean(typed), path.Clean(full)
	return typed == full || strings.HasSuffix(full, "/"+typed)
}

// Addresses gives where the code of a source line begins: one address a
// function. If the line has no code, it is the next line of the file that has
// some.
func (im *Image) Addresses(file string, line int) (addrs []uint64, actual int) {
	for _, u := range im.units {
		if !slices.ContainsFunc(u.files(), func(f string) bool { return SameFile(file, f) }) {
			continue
		}
		rows := u.rows()
		for _, r := range rows {
			// A line whose only code is no statement of its own is still the line.
			fits := r.Line == line || r.Stmt && r.Line > line
			if !r.End && fits && SameFile(file, r.File) && (actual == 0 || r.Line < actual) {
				actual = r.Line
			}
		}
	}
	seen := map[uint64]bool{} // functions
	for _, u := range im.units {
		if actual == 0 || !slices.ContainsFunc(u.files(), func(f string) bool { return SameFile(file, f) }) {
			continue
		}
		for _, r := range u.rows() {
			if r.End || !r.Stmt && actual != line || r.Line != actual || !SameFile(file, r.File) {
				continue
			}
			fn := r.Addr
			if s, ok := im.At(r.Addr); ok {
				fn = s.Addr
			}
			if !seen[fn] {
				seen[fn] = true
				addrs = append(addrs, r.Addr)
			}
		}
	}
	return addrs, actual
}

// Files lists the source files, each once.
func (im *Image) Files() []string {
	var out []string
	for _, u := range im.units {
		out = append(out, u.files()...)
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// Body is where a breakpoint on a function stops. An optimising C compiler's
// locations are right from the first instruction on, and its later line entries
// may lie on some paths only; otherwise it is where the compiler says that the
// prologue ends, or the second line entry.
func (im *Image) Body(entry uint64) uint64 {
	s, ok := im.At(entry)
	u := im.unitAt(entry)
	if !ok || u == nil || s.Addr != entry || u.optimised() {
		return entry
	}
	rows := im.Rows(entry, entry+max(s.Size, 1))
	if len(rows) == 0 || rows[0].Addr != entry {
		return entry
	}
	second := entry
	for _, r := range rows[1:] {
		if r.Body {
			return r.Addr
		}
		if second == entry && r.Stmt && r.Addr > entry && r.Line != 0 {
			second = r.Addr
		}
	}
	return second
}

// optimised reads a C compiler's command line, which gcc leaves in its name.
func (u *unit) optimised() bool {
	producer, _ := u.entry.Val(dwarf.AttrProducer).(string)
	return !u.goLang && strings.Contains(producer, " -O") && !strings.Contains(producer, " -O0")
}
