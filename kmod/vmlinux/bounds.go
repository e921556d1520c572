package vmlinux

import (
	"encoding/binary"
	"fmt"
)

// The image begins with a page that the linker leaves to the builder:
//
//	0x00  riscv64: jump to the entry point    i386: multiboot header
//	0x10  Magic
//	0x18  the bounds, one word each, in the order of the constants below
const (
	HeaderOffset = 0x10
	MagicSize    = 8
	BoundsOffset = HeaderOffset + MagicSize
)

// Magic marks an image whose bounds are filled in.
const Magic = uint64(0x31_6776_3638_7672_00) // "\0rv86vg1", little-endian

// Bound is one of the boundary symbols a linker script would define.
type Bound int

// The bounds in the order of the addresses, as the map in ARCHITECTURE.md has
// them. Those from ExportsBegin on are virtual, in the module window.
const (
	Text Bound = iota
	Stext
	Etext
	StartRodata
	EndRodata
	Sdata
	Edata
	BSSStart
	BSSStop
	PerCPUStart
	PerCPUEnd
	StartTables
	StartKsymtab // one pair for each kmod.ExportKind
	StopKsymtab
	StartKsymtabGPL
	StopKsymtabGPL
	StartKsymtabGPLFuture
	StopKsymtabGPLFuture
	StartKsymtabUnused
	StopKsymtabUnused
	StartKsymtabUnusedGPL
	StopKsymtabUnusedGPL
	StartKcrctab
	StopKcrctab
	StartKcrctabGPL
	StopKcrctabGPL
	StartKcrctabGPLFuture
	StopKcrctabGPLFuture
	StartKcrctabUnused
	StopKcrctabUnused
	StartKcrctabUnusedGPL
	StopKcrctabUnusedGPL
	StartKsymtabStrings
	StopKsymtabStrings
	StartParam
	StopParam
	StartExTable
	StopExTable
	StartNotes
	StopNotes
	EndTables
	ExportsLoad // where .text.exports and .rodata.exports lie in the image
	ExportsRodataLoad
	ExportsLoadEnd
	InitBegin
	Sinittext
	Einittext
	InitDataBegin
	InitcallStart
	Initcall0Start
	Initcall1Start
	Initcall2Start
	Initcall3Start
	Initcall4Start
	Initcall5Start
	InitcallRootfsStart
	Initcall6Start
	Initcall7Start
	InitcallEnd
	InitEnd
	InitramfsStart
	InitramfsEnd
	End
	ExportsBegin
	ExportsRodata
	ExportsEnd

	BoundCount
)

var boundNames = [BoundCount]string{
	Text: "_text", Stext: "_stext", Etext: "_etext",
	StartRodata: "__start_rodata", EndRodata: "__end_rodata",
	Sdata: "_sdata", Edata: "_edata", BSSStart: "__bss_start", BSSStop: "__bss_stop",
	PerCPUStart: "__per_cpu_start", PerCPUEnd: "__per_cpu_end",
	StartTables:  "__start_ro_tables",
	StartKsymtab: "__start___ksymtab", StopKsymtab: "__stop___ksymtab",
	StartKsymtabGPL: "__start___ksymtab_gpl", StopKsymtabGPL: "__stop___ksymtab_gpl",
	StartKsymtabGPLFuture: "__start___ksymtab_gpl_future", StopKsymtabGPLFuture: "__stop___ksymtab_gpl_future",
	StartKsymtabUnused: "__start___ksymtab_unused", StopKsymtabUnused: "__stop___ksymtab_unused",
	StartKsymtabUnusedGPL: "__start___ksymtab_unused_gpl", StopKsymtabUnusedGPL: "__stop___ksymtab_unused_gpl",
	StartKcrctab: "__start___kcrctab", StopKcrctab: "__stop___kcrctab",
	StartKcrctabGPL: "__start___kcrctab_gpl", StopKcrctabGPL: "__stop___kcrctab_gpl",
	StartKcrctabGPLFuture: "__start___kcrctab_gpl_future", StopKcrctabGPLFuture: "__stop___kcrctab_gpl_future",
	StartKcrctabUnused: "__start___kcrctab_unused", StopKcrctabUnused: "__stop___kcrctab_unused",
	StartKcrctabUnusedGPL: "__start___kcrctab_unused_gpl", StopKcrctabUnusedGPL: "__stop___kcrctab_unused_gpl",
	StartKsymtabStrings: "__start___ksymtab_strings", StopKsymtabStrings: "__stop___ksymtab_strings",
	StartParam: "__start___param", StopParam: "__stop___param",
	StartExTable: "__start___ex_table", StopExTable: "__stop___ex_table",
	StartNotes: "__start_notes", StopNotes: "__stop_notes",
	EndTables:   "__end_ro_tables",
	ExportsLoad: "__exports_load", ExportsRodataLoad: "__exports_rodata_load", ExportsLoadEnd: "__exports_load_end",
	InitBegin: "__init_begin", Sinittext: "_sinittext", Einittext: "_einittext", InitDataBegin: "__initdata_begin",
	InitcallStart: "__initcall_start", Initcall0Start: "__initcall0_start", Initcall1Start: "__initcall1_start",
	Initcall2Start: "__initcall2_start", Initcall3Start: "__initcall3_start", Initcall4Start: "__initcall4_start",
	Initcall5Start: "__initcall5_start", InitcallRootfsStart: "__initcallrootfs_start",
	Initcall6Start: "__initcall6_start", Initcall7Start: "__initcall7_start", InitcallEnd: "__initcall_end",
	InitEnd: "__init_end", InitramfsStart: "__initramfs_start", InitramfsEnd: "__initramfs_end", End: "_end",
	ExportsBegin: "__exports_begin", ExportsRodata: "__exports_rodata", ExportsEnd: "__exports_end",
}

// String is the symbol's name.
func (b Bound) String() string { return boundNames[b] }

// Letter is how nm(1) classes the symbol.
func (b Bound) Letter() byte {
	switch {
	case b <= Etext, b >= Sinittext && b <= Einittext, b == ExportsBegin:
		return 'T'
	case b == BSSStart, b == BSSStop:
		return 'B'
	case b >= Sdata && b <= PerCPUEnd, b >= InitDataBegin && b <= InitEnd, b == InitBegin:
		return 'D'
	}
	return 'R'
}

// Bounds are the addresses of all of them.
type Bounds [BoundCount]uint64

// Append writes the header's magic and bounds as the image has them.
func (b *Bounds) Append(out []byte, word int) []byte {
	out = binary.LittleEndian.AppendUint64(out, Magic)
	for _, v := range b {
		out = appendWord(out, word, v)
	}
	return out
}

// ReadBounds reads what Append wrote.
func ReadBounds(header []byte, word int) (b Bounds, err error) {
	if len(header) < MagicSize+int(BoundCount)*word || binary.LittleEndian.Uint64(header) != Magic {
		return b, fmt.Errorf("the image's header has no table of section bounds")
	}
	for i := range b {
		b[i] = getWord(header[MagicSize+i*word:], word)
	}
	return b, nil
}

func appendWord(out []byte, word int, v uint64) []byte {
	if word == 4 {
		return binary.LittleEndian.AppendUint32(out, uint32(v))
	}
	return binary.LittleEndian.AppendUint64(out, v)
}

func getWord(b []byte, word int) uint64 {
	if word == 4 {
		return uint64(binary.LittleEndian.Uint32(b))
	}
	return binary.LittleEndian.Uint64(b)
}
