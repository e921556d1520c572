package modlib

import (
	"bytes"
	"compress/gzip"
	"debug/elf"
	"errors"
	"fmt"
	"io"
	"strings"

	"rv86/kmod"
)

// Object is what the tools need of a module's file. Unlike kmod.Parse, reading
// one checks nothing but what it reads: the tools explain modules for any
// machine, also ones the kernel would refuse.
type Object struct {
	Info    kmod.Modinfo
	Exports []Symbol
	Needs   []Symbol // undefined symbols, then those that only __versions names
}

// Symbol is a symbol and the checksum of its type; 0 without one.
type Symbol struct {
	Name string
	CRC  uint64
	Weak bool
}

// ErrNotELF says that a file is no ELF file at all, ErrMalformed that it is a
// damaged one or too short for any format, ErrNoSection that a module does not
// have what was asked for.
var (
	ErrNotELF    = errors.New("not an ELF file")
	ErrMalformed = errors.New("malformed ELF file")
	ErrNoSection = errors.New("no such section")
)

// magicMax is the length of the longest mark at the beginning of a file that
// kmod looks for (xz's).
const magicMax = 6

// objectMax bounds what an unpacked module may have.
const objectMax = kmod.MaxSize

// Unpack gives the bytes of a module file, which may be compressed with gzip.
func Unpack(data []byte) ([]byte, error) {
	if !bytes.HasPrefix(data, []byte{0x1f, 0x8b}) { // RFC 1952 2.3.1: ID1, ID2
		return data, nil
	}
	z, err := gzip.NewReader(bytes.NewReader(data))
	if err != nil {
		return nil, fmt.Errorf("unpack: %w", err)
	}
	out, err := io.ReadAll(io.LimitReader(z, objectMax+1))
	if err != nil {
		return nil, fmt.Errorf("unpack: %w", err)
	}
	if len(out) > objectMax {
		return nil, fmt.Errorf("unpack: more than %d bytes", objectMax)
	}
	return out, nil
}

// open parses the ELF header and the section headers.
func open(data []byte) (*elf.File, error) {
	data, err := Unpack(data)
	if err != nil {
		return nil, err
	}
	if len(data) < magicMax {
		return nil, malformed(io.ErrUnexpectedEOF)
	}
	if len(data) <= elf.EI_NIDENT || string(data[:len(elf.ELFMAG)]) != elf.ELFMAG {
		return nil, ErrNotELF
	}
	f, err := elf.NewFile(bytes.NewReader(data))
	if err != nil {
		return nil, malformed(err)
	}
	return f, nil
}

func malformed(err error) error { return fmt.Errorf("%w: %w", ErrMalformed, err) }

// ReadInfo reads .modinfo alone.
func ReadInfo(data []byte) (kmod.Modinfo, error) {
	f, err := open(data)
	if err != nil {
		return nil, err
	}
	return readInfo(f)
}

func readInfo(f *elf.File) (kmod.Modinfo, error) {
	text, err := contents(f, ".modinfo")
	if err != nil {
		return nil, err
	}
	if text == nil {
		return nil, ErrNoSection
	}
	return SplitInfo(string(text)), nil
}

// SplitInfo takes a text of strings that end with NUL apart. One without "="
// is a key without a value.
func SplitInfo(text string) kmod.Modinfo {
	var info kmod.Modinfo
	for item := range strings.SplitSeq(text, "\x00") {
		if item != "" {
			key, value, _ := strings.Cut(item, "=")
			info = append(info, kmod.InfoField{Key: key, Value: value})
		}
	}
	return info
}

// contents reads a section; nil if there is none of that name.
func contents(f *elf.File, name string) ([]byte, error) {
	s := f.Section(name)
	if s == nil || s.Type == elf.SHT_NOBITS {
		return nil, nil
	}
	text, err := s.Data()
	if err != nil {
		return nil, malformed(err)
	}
	if text == nil {
		text = []byte{}
	}
	return text, nil
}

// ReadObject reads a module's file. A module without .modinfo is possible: Info
// is nil then.
func ReadObject(data []byte) (*Object, error) {
	f, err := open(data)
	if err != nil {
		return nil, err
	}
	o := &Object{}
	if o.Info, err = readInfo(f); err != nil && !errors.Is(err, ErrNoSection) {
		return nil, err
	}
	syms, err := f.Symbols()
	if err != nil && !errors.Is(err, elf.ErrNoSymbols) {
		return nil, malformed(err)
	}
	if o.Exports, err = exports(f, syms); err != nil {
		return nil, err
	}
	versions, err := versionTable(f)
	if err != nil {
		return nil, err
	}
	o.Needs = needs(syms, versions)
	return o, nil
}

// crcPrefix begins the name of the symbol that holds an export's checksum.
const crcPrefix = "__crc_"

// exports lists what a module offers: what has a checksum, or else, without
// MODVERSIONS, the names of __ksymtab_strings.
func exports(f *elf.File, syms []elf.Symbol) ([]Symbol, error) {
	var found []Symbol
	for _, s := range syms {
		if name, ok := strings.CutPrefix(s.Name, crcPrefix); ok {
			found = append(found, Symbol{Name: name, CRC: checksum(f, s)})
		}
	}
	if found != nil {
		return found, nil
	}
	names, err := contents(f, "__ksymtab_strings")
	for name := range strings.SplitSeq(string(names), "\x00") {
		if name != "" {
			found = append(found, Symbol{Name: name})
		}
	}
	return found, err
}

// checksum is the value of an absolute symbol, or what is stored at its place.
func checksum(f *elf.File, s elf.Symbol) uint64 {
	const size = 4
	if s.Section == elf.SHN_ABS || s.Section == elf.SHN_UNDEF || int(s.Section) >= len(f.Sections) {
		return s.Value
	}
	text, err := f.Sections[s.Section].Data()
	if err != nil || uint64(len(text)) < size || s.Value > uint64(len(text))-size {
		return 0
	}
	return uint64(f.ByteOrder.Uint32(text[s.Value:]))
}

// versionSize is the size of a row of __versions: a checksum of one word, and
// the name.
const versionSize = 64

// versionTable reads __versions.
func versionTable(f *elf.File) ([]Symbol, error) {
	text, err := contents(f, "__versions")
	if err != nil || len(text)%versionSize != 0 {
		return nil, err
	}
	var found []Symbol
	for ; len(text) > 0; text = text[versionSize:] {
		row := text[:versionSize]
		name, crc := row[8:], f.ByteOrder.Uint64(row)
		if f.Class == elf.ELFCLASS32 {
			name, crc = row[4:], uint64(f.ByteOrder.Uint32(row))
		}
		name, _, _ = bytes.Cut(name, []byte{0})
		found = append(found, Symbol{Name: string(name), CRC: crc})
	}
	return found, nil
}

// needs lists the undefined symbols with the checksums that are known of them.
// What only __versions names (module_layout) is needed, too.
func needs(syms []elf.Symbol, versions []Symbol) []Symbol {
	row := map[string]int{}
	for i := len(versions) - 1; i >= 0; i-- {
		row[versions[i].Name] = i
	}
	seen := make([]bool, len(versions))
	var found []Symbol
	for _, s := range syms {
		if s.Section != elf.SHN_UNDEF || s.Name == "" {
			continue
		}
		need := Symbol{Name: s.Name, Weak: elf.ST_BIND(s.Info) == elf.STB_WEAK}
		if i, ok := row[s.Name]; ok {
			need.CRC, seen[i] = versions[i].CRC, true
		}
		found = append(found, need)
	}
	for i, v := range versions {
		if !seen[i] {
			found = append(found, v)
		}
	}
	return found
}

// ReadVersions reads the checksums a module was built with.
func ReadVersions(data []byte) ([]Symbol, error) {
	f, err := open(data)
	if err != nil {
		return nil, err
	}
	versions, err := versionTable(f)
	if err == nil && versions == nil {
		err = ErrNoSection
	}
	return versions, err
}

// ReadExports reads what a module offers.
func ReadExports(data []byte) ([]Symbol, error) {
	o, err := ReadObject(data)
	if err != nil {
		return nil, err
	}
	if o.Exports == nil {
		return nil, ErrNoSection
	}
	return o.Exports, nil
}
