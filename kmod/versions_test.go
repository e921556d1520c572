package kmod

import "testing"

// versionRow makes a row of __versions for a 64-bit machine.
func versionRow(crc uint64, name string) []byte {
	b := make([]byte, VersionSize)
	put64(b, crc)
	copy(b[8:], name)
	return b
}

func TestVersions(t *testing.T) {
	long := "a_name_of_fifty_six_characters_which_leaves_none_for_NUL"
	for _, c := range []struct {
		what string
		data []byte
		want string
	}{
		{"sound", append(versionRow(0x12345678, "printk"), versionRow(0, long[1:])...), ""},
		{"odd size", versionRow(1, "a")[:60], "__versions has 60 bytes, no multiple of 64"},
		{"no name", versionRow(1, ""), "entry 0 has no name"},
		{"endless name", versionRow(1, long), "the name of entry 0 does not end within its 56 bytes"},
		{"wide", versionRow(1<<32, "a"), "the CRC of a is 0x100000000, more than 32 bits"},
	} {
		p := &parser{f: &elf64, spec: &Spec{Sections: []Section{{}, {Name: secVersions, Type: shtProgbits, Size: uint64(len(c.data)), Data: c.data}}}}
		holds(t, c.what, p.versions(), c.want)
		if crc, ok := p.spec.Version("printk"); c.want == "" && (!ok || crc != 0x12345678 || len(p.spec.Versions) != 2) {
			t.Errorf("%s: %+v", c.what, p.spec.Versions)
		}
	}
}

// TestExportKinds reads one export of each kind with its CRC.
func TestExportKinds(t *testing.T) {
	for _, kind := range ExportKinds() {
		ksymtab, kcrctab := kind.Sections()
		rows := words(textAt+4, stringAt, 0)
		for _, c := range []struct {
			crcs []byte
			want string
		}{
			{[]byte{4, 3, 2, 1}, ""},
			{[]byte{4, 3, 2, 1, 0, 0, 0, 0}, kcrctab + " has 8 bytes for the 1 exports of " + ksymtab},
		} {
			es, err := tables(t, ksymtab, rows, Section{
				Name: kcrctab, Type: shtProgbits, Flags: shfAlloc, Size: uint64(len(c.crcs)), Align: 4, Data: c.crcs,
			}).Exports()
			holds(t, ksymtab, err, c.want)
			if c.want == "" && (len(es) != 1 || es[0].Kind != kind || es[0].GPL != kind.GPLOnly() || !es[0].HasCRC || es[0].CRC != 0x01020304) {
				t.Errorf("%s: %+v", kind, es)
			}
		}
	}
}
