package kernelimg

import (
	"encoding/binary"
	"fmt"
	"slices"

	"rv86/kmod/vmlinux"
)

// goRow is a row of a table in the kernel's Go code.
type goRow struct {
	fn    uint64
	level uint64
	name  string
}

// goTable reads a table by its symbol. It must be statically initialized: what
// Go fills in at start is not there yet.
func (im *Image) goTable(name string) ([]goRow, error) {
	s := im.symbolNamed(name)
	if s == nil {
		return nil, fmt.Errorf("the kernel has no table %s", name)
	}
	rowSize := uint64(vmlinux.GoRowWords * im.word)
	if s.size == 0 || s.size%rowSize != 0 {
		return nil, fmt.Errorf("%s has %d bytes, no multiple of %d", name, s.size, rowSize)
	}
	var rows []goRow
	for at := s.value; at < s.value+s.size; at += rowSize {
		var r goRow
		var text uint64
		for i, to := range map[int]*uint64{vmlinux.GoRowFunc: &r.fn, vmlinux.GoRowLevel: &r.level, vmlinux.GoRowName: &text} {
			v, err := im.wordAt(at + uint64(i*im.word))
			if err != nil {
				return nil, fmt.Errorf("%s: %w", name, err)
			}
			*to = v
		}
		n, err := im.wordAt(at + uint64(vmlinux.GoRowNameLen*im.word))
		if err != nil {
			return nil, fmt.Errorf("%s: %w", name, err)
		}
		b, err := im.slice(text, n)
		if err != nil || n == 0 {
			return nil, fmt.Errorf("row %d of %s has no name: the table must be statically initialized", len(rows), name)
		}
		r.name = string(b)
		// A Go function value is the address of a word with the function's.
		if r.fn, err = im.wordAt(r.fn); err != nil {
			return nil, fmt.Errorf("%s: %s has no function: the table must be statically initialized", name, r.name)
		}
		if t := im.find(".text"); r.fn < t.Addr || r.fn >= t.end() {
			return nil, fmt.Errorf("%s: the function of %s is at %#x, outside .text", name, r.name, r.fn)
		}
		rows = append(rows, r)
	}
	return rows, nil
}

func (im *Image) wordAt(addr uint64) (uint64, error) {
	b, err := im.slice(addr, uint64(im.word))
	if err != nil {
		return 0, err
	}
	if im.word == 4 {
		return uint64(binary.LittleEndian.Uint32(b)), nil
	}
	return binary.LittleEndian.Uint64(b), nil
}

// initcallRows are the initcalls in the order in which they run, and where
// their names are among the names.
type initcallRows struct {
	rows   []vmlinux.Initcall
	nameAt []uint64
}

func (im *Image) initcalls() (calls initcallRows, names []byte, err error) {
	rows, err := im.goTable(vmlinux.InitcallsSymbol)
	if err != nil {
		return calls, nil, err
	}
	seen := map[string]bool{}
	for _, r := range rows {
		switch {
		case r.level >= uint64(vmlinux.LevelCount):
			return calls, nil, fmt.Errorf("initcall %s has level %d; there are %d", r.name, r.level, vmlinux.LevelCount)
		case seen[r.name]:
			return calls, nil, fmt.Errorf("two initcalls are named %s", r.name)
		}
		seen[r.name] = true
		calls.rows = append(calls.rows, vmlinux.Initcall{Func: r.fn, Level: vmlinux.Level(r.level), Name: r.name})
	}
	// Within a level the order is the table's, as it is the linker's in Linux.
	slices.SortStableFunc(calls.rows, func(a, b vmlinux.Initcall) int { return int(a.Level - b.Level) })
	for _, c := range calls.rows {
		calls.nameAt = append(calls.nameAt, uint64(len(names)))
		names = append(append(names, c.Name...), 0)
	}
	return calls, names, nil
}

// params makes the rows of __param at an address, and the names that lie
// behind them.
func (im *Image) params(at uint64) (table, names []byte, err error) {
	rows, err := im.goTable(vmlinux.ParamsSymbol)
	if err != nil {
		return nil, nil, err
	}
	at += uint64(len(rows) * vmlinux.RowWords * im.word)
	for _, r := range rows {
		table = vmlinux.AppendParam(table, im.word, vmlinux.Param{Func: r.fn}, at+uint64(len(names)))
		names = append(append(names, r.name...), 0)
	}
	return table, names, nil
}
