package monitor

import (
	"debug/dwarf"
	"errors"

	"rv86/monitor/expr"
)

// Go's maps (internal/runtime/maps, "Swiss tables"): dirPtr is one group if
// dirLen is 0, else an array of pointers to tables, several of which may be the
// same; a table has groups of 8 slots. Byte i of a group's control word says
// whether slot i is used: its top bit is clear.
const (
	groupSlots = 8
	ctrlEmpty  = 0x80
	// maxMapTables bounds what a damaged map may claim.
	maxMapTables = 1 << 12
)

// mapSlots gives the used slots of a map: structures with fields key and elem.
func mapSlots(e env, v expr.Value) ([]expr.Value, error) {
	num := func(v expr.Value, path ...string) (uint64, error) {
		f, err := expr.Field(e, v, path...)
		if err != nil {
			return 0, err
		}
		return expr.Int(e, f)
	}
	n, err := num(v, "dirLen")
	if err != nil {
		return nil, err
	}
	dir, err := expr.Field(e, v, "dirPtr")
	if err != nil {
		return nil, err
	}
	group, err := groupType(dir.Type)
	if err != nil {
		return nil, err
	}
	at, err := expr.Int(e, dir)
	if err != nil {
		return nil, err
	}
	if n == 0 {
		return groupValues(e, group, at)
	}
	var out []expr.Value
	last := uint64(0)
	for i := range min(n, maxMapTables) {
		t, err := e.word(at + i*uint64(e.arch.word))
		if err != nil {
			return nil, err
		}
		if t == last {
			continue
		}
		last = t
		table := expr.As(e, pointed(pointed(dir.Type)), t)
		data, err := num(table, "groups", "data")
		if err != nil {
			return nil, err
		}
		mask, err := num(table, "groups", "lengthMask")
		if err != nil || mask > maxMapTables {
			return nil, errors.Join(err, errMap)
		}
		for g := range mask + 1 {
			vs, err := groupValues(e, group, data+g*uint64(expr.Size(group)))
			if err != nil {
				return nil, err
			}
			out = append(out, vs...)
		}
	}
	return out, nil
}

var errMap = errors.New("the map makes no sense")

func pointed(t dwarf.Type) dwarf.Type {
	if p, ok := expr.Plain(t).(*dwarf.PtrType); ok {
		return p.Type
	}
	return nil
}

// groupType finds the type of a group from that of a map's dirPtr.
func groupType(dir dwarf.Type) (dwarf.Type, error) {
	t := pointed(pointed(dir))
	for _, name := range []string{"groups", "data"} {
		s, ok := expr.Plain(t).(*dwarf.StructType)
		if !ok {
			return nil, errMap
		}
		t = nil
		for _, f := range s.Field {
			if f.Name == name {
				t = f.Type
			}
		}
	}
	if g := pointed(t); g != nil {
		return g, nil
	}
	return nil, errMap
}

func groupValues(e env, group dwarf.Type, at uint64) (out []expr.Value, err error) {
	if at == 0 {
		return nil, nil
	}
	g := expr.As(e, group, at)
	ctrl, err := expr.Field(e, g, "ctrl")
	if err != nil {
		return nil, err
	}
	used, err := expr.Int(e, ctrl)
	if err != nil {
		return nil, err
	}
	slots, err := expr.Field(e, g, "slots")
	if err != nil {
		return nil, err
	}
	array, ok := expr.Plain(slots.Type).(*dwarf.ArrayType)
	if !ok {
		return nil, errMap
	}
	for i := range uint64(groupSlots) {
		if used>>(8*i)&ctrlEmpty == 0 {
			out = append(out, expr.As(e, array.Type, slots.Addr+i*uint64(expr.Size(array.Type))))
		}
	}
	return out, nil
}
