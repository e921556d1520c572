package task

import "encoding/binary"

// ELF32: where the fields are (gABI 4, "ELF Header", "Program Header").
const (
	elfClass      = 1
	elfMachine    = 3 // EM_386
	elfHeaderSize = 52
	ehEntry       = 24
	ehPhoff       = 28
	ehPhentsize   = 42
	ehPhnum       = 44

	elfPhSize = 32
	phFlags   = 24
	phOffset  = 4
	phVaddr   = 8
	phFilesz  = 16
	phMemsz   = 20
)

// elfWord reads an Elf32_Addr, Elf32_Off or Elf32_Word.
func elfWord(b []byte) uint64 { return uint64(binary.LittleEndian.Uint32(b)) }

// wordSize is the size of an address on a program's stack.
const wordSize = 4

func putWord(b []byte, v uintptr) { binary.LittleEndian.PutUint32(b, uint32(v)) }
