package patch

import (
	"testing"

	"golang.org/x/arch/riscv64/riscv64asm"
	"golang.org/x/arch/x86/x86asm"
)

// The encodings, as an outside disassembler reads them.
func TestEncode(t *testing.T) {
	for _, off := range []int64{4, -4, 0x7fe, 0x800, -0x800, 0xffffe, -0x100000, 0x12344} {
		j := jump{at: 0x8000_0000, target: uint64(0x8000_0000 + off)}
		in, err := riscv64asm.Decode(encode(8, j, true))
		if err != nil || in.Op != riscv64asm.JAL || in.Args[0] != riscv64asm.X0 || in.Args[1] != (riscv64asm.Simm{Imm: int32(off), Decimal: true, Width: 21}) {
			t.Errorf("jump by %d: %v %v", off, in, err)
		}
		x, err := x86asm.Decode(encode(4, j, true), 32)
		if err != nil || x.Op != x86asm.JMP || x.Len != 5 || x.Args[0] != x86asm.Rel(off-5) {
			t.Errorf("jump by %d: %v %v", off, x, err)
		}
	}
	if in, err := riscv64asm.Decode(encode(8, jump{}, false)); err != nil || in.Op != riscv64asm.ADDI || in.Args[0] != riscv64asm.X0 {
		t.Errorf("no-op: %v %v", in, err)
	}
	if x, err := x86asm.Decode(encode(4, jump{}, false), 32); err != nil || x.Op != x86asm.NOP || x.Len != 5 {
		t.Errorf("no-op: %v %v", x, err)
	}
}
