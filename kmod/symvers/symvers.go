package symvers

import (
	"cmp"
	"embed"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"rv86/kmod"
)

// Kernel is the module column of what the kernel itself exports.
const Kernel = "vmlinux"

// FileName is what the table of a directory of modules is called.
const FileName = "Module.symvers"

// Row is one exported symbol.
type Row struct {
	CRC       uint32 // 0: not versioned
	Symbol    string
	Module    string // Kernel, or the path of the module's file without .ko
	Kind      kmod.ExportKind
	Namespace string
}

// columns of a line; the last may be empty.
const columns = 5

// Parse reads a table. An error names the line.
func Parse(text string) ([]Row, error) {
	var rows []Row
	n := 0
	for line := range strings.Lines(text) {
		n++
		line = strings.TrimRight(line, "\r\n")
		if line == "" {
			continue
		}
		row, err := parseRow(line)
		if err != nil {
			return nil, fmt.Errorf("line %d: %w", n, err)
		}
		rows = append(rows, row)
	}
	return rows, nil
}

func parseRow(line string) (Row, error) {
	f := strings.Split(line, "\t")
	if len(f) == columns-1 {
		f = append(f, "") // before Linux had namespaces
	}
	if len(f) != columns {
		return Row{}, fmt.Errorf("%d columns, want %d separated by tabs", len(f), columns)
	}
	digits, ok := strings.CutPrefix(f[0], "0x")
	crc, err := strconv.ParseUint(digits, 16, 32)
	if !ok || err != nil {
		return Row{}, fmt.Errorf("the CRC %q is not of the form 0x12345678", f[0])
	}
	if f[1] == "" || f[2] == "" {
		return Row{}, fmt.Errorf("the symbol or its module is empty")
	}
	for _, kind := range kmod.ExportKinds() {
		if f[3] == kind.String() {
			return Row{uint32(crc), f[1], f[2], kind, f[4]}, nil
		}
	}
	return Row{}, fmt.Errorf("there is no kind of export %q", f[3])
}

// Format writes a table, in the order given.
func Format(rows []Row) string {
	var b strings.Builder
	for _, r := range rows {
		fmt.Fprintf(&b, "0x%08x\t%s\t%s\t%s\t%s\n", r.CRC, r.Symbol, r.Module, r.Kind, r.Namespace)
	}
	return b.String()
}

// Sort puts rows in the order of the symbols.
func Sort(rows []Row) {
	slices.SortStableFunc(rows, func(a, b Row) int {
		return cmp.Or(strings.Compare(a.Symbol, b.Symbol), strings.Compare(a.Module, b.Module))
	})
}

// Table finds rows by symbol.
type Table struct {
	rows  []Row
	index map[string]int
}

// NewTable makes a table. Of two rows for one symbol the first counts.
func NewTable(rows []Row) *Table {
	t := &Table{rows: rows, index: make(map[string]int, len(rows))}
	for i := range rows {
		if _, ok := t.index[rows[i].Symbol]; !ok {
			t.index[rows[i].Symbol] = i
		}
	}
	return t
}

// Lookup finds who exports a symbol, or nil.
func (t *Table) Lookup(symbol string) *Row {
	if i, ok := t.index[symbol]; ok {
		return &t.rows[i]
	}
	return nil
}

// Rows are all rows, in the table's order.
func (t *Table) Rows() []Row { return t.rows }

//go:embed */Module.symvers
var files embed.FS

// Path is the place of a machine's table in this directory.
func Path(m *kmod.Machine) string { return m.Name + "/" + FileName }

// Of gives the table of what the kernel exports on a machine.
func Of(m *kmod.Machine) *Table {
	text, err := files.ReadFile(Path(m))
	if err != nil {
		panic("symvers: bug: " + err.Error())
	}
	rows, err := Parse(string(text))
	if err != nil {
		panic("symvers: bug: " + Path(m) + ": " + err.Error())
	}
	return NewTable(rows)
}
