package refused

import (
	"bytes"
	"debug/elf"
	"encoding/binary"

	"rv86/kmod"
	"rv86/kmod/sign"
	"rv86/tests/kofile"
)

// versionCases are about versions, licences and namespaces of symbols, and about
// tables that only a linked module shows to be wrong.
var versionCases = []badCase{
	{name: "crc-of-kernel", base: "hello", edit: func(f *kofile.File) { version(f, "printk")[0] ^= 1 }},
	{name: "crc-of-module", base: "dep-b", first: "dep-a", edit: func(f *kofile.File) { version(f, "dep_a_add")[1] ^= 1 }},
	{name: "versions-size", base: "hello", edit: func(f *kofile.File) { s := f.Find("__versions"); s.Data = append(s.Data, 1, 2, 3) }},
	{name: "versions-name-open", base: "hello", edit: func(f *kofile.File) {
		v := version(f, "printk")[wordSize(f):kmod.VersionSize]
		copy(v, bytes.Repeat([]byte{'x'}, len(v)))
	}},
	{name: "versions-name-empty", base: "hello", edit: func(f *kofile.File) { version(f, "printk")[wordSize(f)] = 0 }},
	{name: "versions-twice", base: "hello", edit: func(f *kofile.File) { s := *f.Find("__versions"); f.Add(&s) }},
	{name: "versions-crc-wide", arch: "riscv64", base: "hello", edit: func(f *kofile.File) { version(f, "printk")[7] = 1 }},
	{name: "gpl-only", base: "dep-b", first: "dep-a", edit: func(f *kofile.File) { f.SetInfo("license", "Proprietary") }},
	{name: "namespace", base: "dep-b", first: "dep-a", other: putInNamespace},
	{name: "livepatch", base: "hello", edit: func(f *kofile.File) { f.SetInfo("livepatch", "Y") }},
	{name: "constructor-size", base: "hello", edit: func(f *kofile.File) { f.Add(table(".init_array", elf.SHT_INIT_ARRAY, 3)) }},
	{name: "constructor-nowhere", base: "hello", edit: func(f *kofile.File) { f.Add(table(".init_array", elf.SHT_INIT_ARRAY, wordSize(f))) }},
	{name: "exception-table-size", base: "hello", edit: func(f *kofile.File) { f.Add(table("__ex_table", elf.SHT_PROGBITS, 11)) }},
	{name: "exception-nowhere", base: "hello", edit: func(f *kofile.File) { f.Add(table("__ex_table", elf.SHT_PROGBITS, 12)) }},
}

func wordSize(f *kofile.File) int {
	if f.Wide {
		return 8
	}
	return 4
}

// version gives the entry of a symbol in __versions, to be changed in place.
func version(f *kofile.File, symbol string) []byte {
	for v := f.Find("__versions").Data; len(v) >= kmod.VersionSize; v = v[kmod.VersionSize:] {
		if bytes.HasPrefix(v[wordSize(f):], []byte(symbol+"\x00")) {
			return v
		}
	}
	panic("refused: no version of " + symbol)
}

// table is a section of zeros with data that the loader reads.
func table(name string, typ elf.SectionType, size int) *kofile.Section {
	return &kofile.Section{
		Name: name, Type: uint32(typ), Flags: uint64(elf.SHF_ALLOC | elf.SHF_WRITE), Align: 4, Data: make([]byte, size),
	}
}

// putInNamespace gives dep-a's first export a namespace: the third word of its
// row leads to the name.
func putInNamespace(f *kofile.File) {
	strings := f.Index("__ksymtab_strings")
	at := len(f.Sections[strings].Data)
	f.Sections[strings].Data = append(f.Sections[strings].Data, "SECRET\x00"...)
	sym := f.AddSymbol(kofile.Symbol{Name: "secret", Value: uint64(at), Info: global(elf.STT_OBJECT), Shndx: uint16(strings)})
	const namespaceWord = 2
	r := &f.RelocsOf("__ksymtab").Relocs[namespaceWord]
	r.Sym, r.Addend = uint32(sym), 0
	clear(f.Find("__ksymtab").Data[namespaceWord*wordSize(f):][:wordSize(f)]) // the addend where there is no other place
}

// Words of the kernel's command line.
var (
	enforce   = "module.sig=enforce module.sig_key=" + testKey("known").Public().Word()
	blacklist = "module_blacklist=hello"
	nomodule  = "nomodule"
)

// policyCases are sound modules that the kernel was told not to load.
var policyCases = []badCase{
	{name: "blacklisted", base: "hello", boot: blacklist},
	{name: "no-modules-at-all", base: "hello", boot: nomodule},
	{name: "unsigned", base: "hello", boot: enforce},
	{name: "signed-by-stranger", base: "hello", boot: enforce, raw: signedBy("stranger")},
	{name: "signed-then-changed", base: "hello", boot: enforce, raw: func(b []byte) []byte {
		b = signedBy("known")(b)
		b[len(b)/2] ^= 1
		return b
	}},
	{name: "signature-cut", base: "hello", boot: enforce, raw: func(b []byte) []byte {
		return append(b, sign.Marker...)
	}},
	{name: "signature-length", base: "hello", boot: enforce, raw: func(b []byte) []byte {
		b = signedBy("known")(b)
		const lengthSize = 4
		binary.BigEndian.PutUint32(b[len(b)-len(sign.Marker)-lengthSize:], 1<<30)
		return b
	}},
	{name: "signature-pkcs7", base: "hello", boot: enforce, raw: func(b []byte) []byte {
		const idType, pkcs7, infoSize = 2, 2, 12 // of struct module_signature
		b = signedBy("known")(b)
		b[len(b)-len(sign.Marker)-infoSize+idType] = pkcs7
		return b
	}},
}

// testKey is a key of the test's own, the same in every run.
func testKey(name string) sign.PrivateKey {
	const seedSize = 32
	seed := append([]byte(name), make([]byte, seedSize)...)
	key, err := sign.Generate(name, bytes.NewReader(seed))
	if err != nil {
		panic(err)
	}
	return key
}

func signedBy(name string) func(b []byte) []byte {
	return func(b []byte) []byte {
		out, err := sign.Sign(b, testKey(name))
		if err != nil {
			panic(err)
		}
		return out
	}
}
