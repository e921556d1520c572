package modpost

import (
	"bytes"
	"fmt"
	"strings"

	"rv86/kmod"
)

// deviceLabel begins the symbols of MODULE_DEVICE_TABLE: the kind of table and
// its name follow.
const deviceLabel = "__mod_device_table__"

// deviceTables are the kinds of table that become aliases, by which modprobe
// finds the driver of a device (Linux scripts/mod/file2alias.c). A row is a
// structure of linux/mod_devicetable.h; the last one is zero.
var deviceTables = []struct {
	kind  string
	size  func(word int) int
	alias func(row []byte) []string
}{
	{"platform", func(word int) int { return alignUp(platformName, word) + word }, func(row []byte) []string {
		return []string{"platform:" + text(row[:platformName])}
	}},
	{"of", func(word int) int { return ofCompatible + ofCompatibleSize + word }, func(row []byte) []string {
		name, typ, compatible := text(row[:ofType]), text(row[ofType:ofCompatible]), text(row[ofCompatible:ofCompatible+ofCompatibleSize])
		alias := "of:N" + orAny(name) + "T" + orAny(typ)
		if compatible != "" {
			alias += "C" + compatible
		}
		// A device has more than one name it is compatible with; the second
		// form finds it when this is not the last.
		return []string{alias, alias + "C*"}
	}},
}

// Places in the rows: struct platform_device_id is {name[20], ulong}, struct
// of_device_id {name[32], type[32], compatible[128], pointer}.
const (
	platformName     = 20
	ofType           = 32
	ofCompatible     = 64
	ofCompatibleSize = 128
)

func alignUp(n, to int) int { return (n + to - 1) / to * to }

func text(b []byte) string {
	b, _, _ = bytes.Cut(b, []byte{0})
	return string(b)
}

func orAny(s string) string {
	if s == "" {
		return "*"
	}
	return s
}

// deviceAliases reads the device tables of a module.
func (m *Module) deviceAliases(machine *kmod.Machine) ([]string, error) {
	var aliases []string
	for _, s := range m.obj.symbols {
		name, ok := strings.CutPrefix(s.name, deviceLabel)
		if !ok || s.section == nil {
			continue
		}
		kind, _, _ := strings.Cut(name, "__")
		for _, t := range deviceTables {
			if t.kind != kind {
				continue
			}
			if s.value > uint64(len(s.section.data)) || s.size > uint64(len(s.section.data))-s.value {
				return nil, errDamaged
			}
			rows, size := s.section.data[s.value:s.value+s.size], t.size(machine.WordSize())
			if len(rows)%size != 0 {
				return nil, fmt.Errorf("the device table %s has %d bytes, no multiple of %d: was it compiled with other headers?", name, len(rows), size)
			}
			for ; len(rows) > 0 && !zero(rows[:size]); rows = rows[size:] {
				aliases = append(aliases, t.alias(rows[:size])...)
			}
		}
	}
	return aliases, nil
}

func zero(b []byte) bool { return len(bytes.Trim(b, "\x00")) == 0 }
