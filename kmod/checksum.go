package kmod

import (
	"fmt"
	"hash/crc32"
	"math/bits"
	"sort"
)

// ChecksumKey is the .modinfo key of the structure checksum: eight hexadecimal
// digits of a CRC-32C over everything in the file that is not the module's own
// code or data. A loader's checks cannot notice a symbol or a relocation that a
// damaged disk moved to another place which is just as possible; the code would
// then run into nothing. The checksum catches every such change of one bit. It
// is no protection against malice, and a module built without it loads too.
const ChecksumKey = "structcrc"

const checksumDigits = 8

// ChecksumBlank is the value the build writes before the checksum is known.
const ChecksumBlank = "00000000"

// codeOrData says that a section's contents are the module's own business.
// The tables the loader reads (module, parameters, exports...) are not.
func codeOrData(s *Section) bool {
	if !s.Alloc() || s.NoBits() {
		return false
	}
	switch s.Name {
	case secThis, secModinfo, secVersions, secParam, secExTable:
		return false
	}
	return !exportTable(s.Name)
}

// checksumAt finds the digits in the file; 0 when the file has none.
func (p *parser) checksumAt() int {
	if p.spec.Modinfo == 0 || p.spec.Info.Get(ChecksumKey) == "" {
		return 0
	}
	s := &p.spec.Sections[p.spec.Modinfo]
	prefix := ChecksumKey + "="
	for off := 0; off < len(s.Data); {
		str := cstring(s.Data[off:])
		if len(str) == len(prefix)+checksumDigits && str[:len(prefix)] == prefix {
			return int(s.Offset) + off + len(prefix)
		}
		off += len(str) + 1
	}
	return 0
}

// structureCRC is the checksum of the file, with the digits at `at` left out.
func (p *parser) structureCRC(at int) uint32 {
	type span struct{ from, to uint64 }
	skip := []span{{uint64(at), uint64(at) + checksumDigits}}
	for i := range p.spec.Sections {
		if s := &p.spec.Sections[i]; codeOrData(s) {
			skip = append(skip, span{s.Offset, s.Offset + s.Size})
		}
	}
	// Sections of a damaged file may overlap and lie in any order.
	sort.Slice(skip, func(i, j int) bool { return skip[i].from < skip[j].from })
	table := crc32.MakeTable(crc32.Castagnoli)
	sum, done := uint32(0), uint64(0)
	for _, s := range skip {
		if s.from > done {
			sum = crc32.Update(sum, table, p.b[done:s.from])
		}
		done = max(done, s.to)
	}
	return crc32.Update(sum, table, p.b[done:])
}

// damagedKey finds a .modinfo key that is ChecksumKey but for one bit. Without
// this the checksum would not cover its own name: a file damaged there would
// pass as one built without a checksum.
func damagedKey(info Modinfo) string {
	for _, f := range info {
		if len(f.Key) != len(ChecksumKey) {
			continue
		}
		differ := 0
		for i := range len(f.Key) {
			differ += bits.OnesCount8(f.Key[i] ^ ChecksumKey[i])
		}
		if differ == 1 {
			return f.Key
		}
	}
	return ""
}

func (p *parser) checksum() error {
	if key := damagedKey(p.spec.Info); key != "" {
		return malformed("the file was changed after it was built: %s has %q for %q", secModinfo, key, ChecksumKey)
	}
	at := p.checksumAt()
	if at == 0 {
		if v := p.spec.Info.Get(ChecksumKey); v != "" {
			return malformed("%s has %s=%q, which are not %d digits", secModinfo, ChecksumKey, v, checksumDigits)
		}
		return nil
	}
	want := string(p.b[at : at+checksumDigits])
	if got := fmt.Sprintf("%08x", p.structureCRC(at)); got != want {
		return malformed("the file was changed after it was built: its structure has checksum %s, but %s was recorded", got, want)
	}
	return nil
}

// SetChecksum writes the checksum into a module file that has a blank one. It
// is the last step of building a module.
func SetChecksum(b []byte, m *Machine) error {
	p := &parser{b: b, m: m, f: m.format, spec: &Spec{Machine: m}}
	for _, step := range []func() error{p.header, p.sectionTable, p.sectionNames, p.findSymtab, p.modinfo} {
		if err := step(); err != nil {
			return err
		}
	}
	at := p.checksumAt()
	if at == 0 {
		return malformed("%s has no %s=%s to fill in", secModinfo, ChecksumKey, ChecksumBlank)
	}
	copy(b[at:], fmt.Sprintf("%08x", p.structureCRC(at)))
	return nil
}
