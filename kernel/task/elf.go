package task

import (
	"encoding/binary"

	"rv86/kernel/abi"
)

// image is what exec needs to know of an ELF file (gABI 4).
type image struct {
	pie      bool
	entry    uint64
	phdr     uint64 // address of the program headers, before relocation; 0 if not loaded
	phnum    int
	segments []segment
	interp   segment // PT_INTERP's place in the file; filesz 0 if there is none
}

// segment is a PT_LOAD.
type segment struct {
	vaddr, memsz, off, filesz uint64
	flags                     uint32 // PF_*
}

// ELF constants used here; those that depend on the class are in elf64.go and
// elf32_386.go.
const (
	elfLittle = 1
	etExec    = 2
	etDyn     = 3
	ptLoad    = 1
	ptInterp  = 3
	pfX       = 1
	pfW       = 2
	pfR       = 4
	maxPhnum  = 128
	pathMax   = 4096
)

// header splits off the ELF header: where the program headers are.
func parseHeader(h []byte) (phoff uint64, phnum int, e abi.Errno) {
	le := binary.LittleEndian
	if len(h) < elfHeaderSize || string(h[:4]) != "\x7fELF" || h[4] != elfClass || h[5] != elfLittle {
		return 0, 0, abi.ENOEXEC
	}
	typ, machine := le.Uint16(h[16:]), le.Uint16(h[18:])
	if machine != elfMachine || typ != etExec && typ != etDyn {
		return 0, 0, abi.ENOEXEC
	}
	phnum = int(le.Uint16(h[ehPhnum:]))
	if le.Uint16(h[ehPhentsize:]) != elfPhSize || phnum == 0 || phnum > maxPhnum {
		return 0, 0, abi.ENOEXEC
	}
	return elfWord(h[ehPhoff:]), phnum, 0
}

// parseImage reads the program headers ph of a file with header h and size
// size. A nil error means that every segment lies inside the file and in a
// sane place.
func parseImage(h, ph []byte, size uint64) (*image, abi.Errno) {
	le := binary.LittleEndian
	phoff := elfWord(h[ehPhoff:])
	im := &image{pie: le.Uint16(h[16:]) == etDyn, entry: elfWord(h[ehEntry:]), phnum: len(ph) / elfPhSize}
	for ; len(ph) >= elfPhSize; ph = ph[elfPhSize:] {
		s := segment{
			flags: le.Uint32(ph[phFlags:]), off: elfWord(ph[phOffset:]), vaddr: elfWord(ph[phVaddr:]),
			filesz: elfWord(ph[phFilesz:]), memsz: elfWord(ph[phMemsz:]),
		}
		switch le.Uint32(ph) {
		case ptInterp:
			if s.filesz == 0 || s.filesz > pathMax || s.off > size || s.filesz > size-s.off {
				return nil, abi.ENOEXEC
			}
			im.interp = s
		case ptLoad:
			const pageOff = 1<<12 - 1
			if s.memsz < s.filesz || s.off > size || s.filesz > size-s.off ||
				s.vaddr+s.memsz < s.vaddr || (s.vaddr+s.memsz)>>(8*wordSize-1)>>1 != 0 ||
				s.vaddr&pageOff != s.off&pageOff {
				return nil, abi.ENOEXEC
			}
			if n := len(im.segments); n > 0 && im.segments[n-1].vaddr > s.vaddr {
				return nil, abi.ENOEXEC // gABI: in ascending order
			}
			if phoff >= s.off && phoff < s.off+s.filesz {
				im.phdr = phoff - s.off + s.vaddr
			}
			if s.memsz > 0 {
				im.segments = append(im.segments, s)
			}
		}
	}
	if len(im.segments) == 0 {
		return nil, abi.ENOEXEC
	}
	return im, 0
}

// script splits the first line of a #! file into the interpreter and its one
// optional argument (execve(2), "Interpreter scripts").
func script(head []byte) (interp, arg string, ok bool) {
	if len(head) < 2 || head[0] != '#' || head[1] != '!' {
		return "", "", false
	}
	line := head[2:]
	for i, c := range line {
		if c == '\n' || c == 0 {
			line = line[:i]
			break
		}
	}
	line = trim(line)
	for i, c := range line {
		if c == ' ' || c == '\t' {
			return string(line[:i]), string(trim(line[i:])), true
		}
	}
	return string(line), "", len(line) > 0
}

func trim(b []byte) []byte {
	for len(b) > 0 && (b[0] == ' ' || b[0] == '\t') {
		b = b[1:]
	}
	for len(b) > 0 && (b[len(b)-1] == ' ' || b[len(b)-1] == '\t') {
		b = b[:len(b)-1]
	}
	return b
}
