package monitor_test

import (
	"strings"
	"testing"
)

// TestSetRegisters changes registers of all kinds, and asks for what they cannot
// hold.
func TestSetRegisters(t *testing.T) {
	type step struct{ command, says string } // says nothing: the command only must not fail
	for arch, steps := range map[string][]step{
		"riscv64": {
			{"set $fa0.double = 1.5", ""},
			{"print $fa0.double * 2", "= 3\n"},
			{"print $fa0", "= {float = 0, double = 1.5}\n"},
			{"info registers fa0", "0x3ff8000000000000  1.5\n"},
			{"set $f31 = 7", ""},
			{"print/x $ft11", "{float = 0x7, double = 0x7}"},
			{"set $sscratch = $sscratch", ""},
			{"set $frm = 1", ""},
			{"print $fcsr", "= 32\n"},
			{"set $mcycle = 5", ""},
			{"set $misa = 0", "Misa cannot be changed: the register is read-only.\n"},
			{"set $satp = 1ULL << 60", "Satp cannot be 0x1000000000000000: a write leaves 0x8"},
			{"set $zero = 5", "Zero is always 0.\n"},
			{"set $pc = $pc + 1", "instructions are at even addresses.\n"},
			{"print $fa9", "There is no register or variable $fa9; did you mean $fa0?\n"},
		},
		"i386": {
			{"set $xmm1.v4_int32[2] = -7", ""},
			{"print $xmm1.v4_int32", "= {0, 0, -7, 0}\n"},
			{"set $xmm1.v4_float[0] = 0.25", ""},
			{"print $xmm1.v4_float[0] + 1", "= 1.25\n"},
			{"set $st0 = 1.5", ""},
			{"print -$st0", "= -1.5\n"},
			{"info registers st0", "0x3fffc000000000000000  1.5\n"},
			{"set $mm3.v4_int16[1] = 5", ""},
			{"print $mm3.uint64", "= 327680\n"},
			{"set $ftag = 0xffff", ""},
			{"set $fs = 0", ""},
			{"set $eflags = $eflags | 1", ""},
			{"print $eflags & 1", "= 1\n"},
			{"set $cr2 = 5", ""},
			{"set $dr0 = 0xc0001000", ""},
			{"print/x $dr0", "= 0xc0001000\n"},
			{"set $ds = 0x998", "Selector 0x998 is beyond the limit of its descriptor table.\n"},
			{"set $ss = $cs", "Selector 0x60 cannot be loaded into SS at privilege level 0: it would be #GP; its descriptor is code of level 0.\n"},
			{"set $tr = 8", "Tr cannot be changed: LLDT and LTR load it"},
			{"set $cr0 = 0x80000000", "CR0 cannot be 0x80000000: PG needs PE"},
			{"set $eflags = 1 << 31", "EFLAGS has no bits 0x80000000.\n"},
			{"print $xmm1 + 1", "A union vec128 is not a number.\n"},
		},
	} {
		t.Run(arch, func(t *testing.T) {
			l := newBench(t, arch, "insmod watchme n=3; rmmod watchme")
			l.must("break add\ncontinue\n")
			for _, s := range steps {
				text, err := l.run(s.command + "\n")
				if s.says == "" && err != nil || !strings.Contains(text, s.says) {
					t.Errorf("%s: %v, prints\n%swithout %q", s.command, err, text, s.says)
				}
			}
		})
	}
}
