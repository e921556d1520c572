//go:build !386

package task

import "encoding/binary"

// ELF64: where the fields are (gABI 4, "ELF Header", "Program Header").
const (
	elfClass      = 2
	elfMachine    = 243 // EM_RISCV
	elfHeaderSize = 64
	ehEntry       = 24
	ehPhoff       = 32
	ehPhentsize   = 54
	ehPhnum       = 56

	elfPhSize = 56
	phFlags   = 4
	phOffset  = 8
	phVaddr   = 16
	phFilesz  = 32
	phMemsz   = 40
)

// elfWord reads an Elf64_Addr, Elf64_Off or Elf64_Xword.
func elfWord(b []byte) uint64 { return binary.LittleEndian.Uint64(b) }

// wordSize is the size of an address on a program's stack.
const wordSize = 8

func putWord(b []byte, v uintptr) { binary.LittleEndian.PutUint64(b, uint64(v)) }
