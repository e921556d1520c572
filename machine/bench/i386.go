package bench

import (
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"strings"

	"rv86/machine"
	"rv86/machine/image"
)

// A PC benchmark is a multiboot kernel without an ELF header. All but the traps
// run in ring 0; those keep their tables at the start of the data.
//
//	0x100000  multiboot header
//	0x100020  set-up, then the program, which finds data at EBP
//	0x200000  page directory, and behind it the tables of 32 MiB of 4 KiB pages
//	0x400000  data
const (
	pcLoad    = 0x100000
	pcRAM     = 32 << 20
	pcBSSEnd  = pcRAM
	mbMagic   = 0x1badb002 // Multiboot Specification 3.1.1
	mbFlags   = 1<<16 | 2  // the header has addresses; memory information
	mbHeaderN = 8          // words
)

// setup386 maps memory to itself, turns paging and SSE on and gives the program
// its data and a stack.
const setup386 = `
	bf00002000 mov edi,0x200000
	b803102000 mov eax,0x201003
	b908000000 mov ecx,0x8
	ab stos DWORD PTR es:[edi],eax
	0500100000 add eax,0x1000
	e2f8 loop 0xf
	bf00102000 mov edi,0x201000
	b803000000 mov eax,0x3
	b900200000 mov ecx,0x2000
	ab stos DWORD PTR es:[edi],eax
	0500100000 add eax,0x1000
	e2f8 loop 0x26
	b800002000 mov eax,0x200000
	0f22d8 mov cr3,eax
	0f20e0 mov eax,cr4
	0d00020000 or eax,0x200
	0f22e0 mov cr4,eax
	0f20c0 mov eax,cr0
	0d00000080 or eax,0x80000000
	0f22c0 mov cr0,eax
	dbe3 fninit
	bd00004000 mov ebp,0x400000
	bc00001800 mov esp,0x180000
`

// I386 lists the benchmarks of the PC, as lines of machine code and what it
// means; a test holds the two against each other.
var I386 = []Kind{
	{
		Name: "integer", What: "arithmetic, shifts, table look-ups, branches and calls",
		code: `
			b8b979379e mov eax,0x9e3779b9
			b900040000 mov ecx,0x400
			89c2 mov edx,eax
			c1e20d shl edx,0xd
			31d0 xor eax,edx
			89c2 mov edx,eax
			c1ea11 shr edx,0x11
			31d0 xor eax,edx
			89c2 mov edx,eax
			c1e205 shl edx,0x5
			31d0 xor eax,edx
			89c2 mov edx,eax
			81e2fc030000 and edx,0x3fc
			8b5c1500 mov ebx,DWORD PTR [ebp+edx*1+0x0]
			01c3 add ebx,eax
			895c1500 mov DWORD PTR [ebp+edx*1+0x0],ebx
			f6c103 test cl,0x3
			7504 jne 3a
			0faff0 imul esi,eax
			46 inc esi
			e805000000 call 44
			49 dec ecx
			75c8 jne a
			ebc1 jmp 5
			89da mov edx,ebx
			c1ea10 shr edx,0x10
			8d3c1a lea edi,[edx+ebx*1]
			39d7 cmp edi,edx
			83d700 adc edi,0x0
			21da and edx,ebx
			09d7 or edi,edx
			c3 ret
		`,
	},
	{
		Name: "memory", What: "copying 8 MiB, then single accesses all over them",
		code: `
			89ee mov esi,ebp
			8dbd00008000 lea edi,[ebp+0x800000]
			b900000800 mov ecx,0x80000
			8b06 mov eax,DWORD PTR [esi]
			8b5604 mov edx,DWORD PTR [esi+0x4]
			8907 mov DWORD PTR [edi],eax
			895704 mov DWORD PTR [edi+0x4],edx
			8b4608 mov eax,DWORD PTR [esi+0x8]
			8b560c mov edx,DWORD PTR [esi+0xc]
			894708 mov DWORD PTR [edi+0x8],eax
			89570c mov DWORD PTR [edi+0xc],edx
			83c610 add esi,0x10
			83c710 add edi,0x10
			49 dec ecx
			75e1 jne d
			b9a0860100 mov ecx,0x186a0
			69db0d661900 imul ebx,ebx,0x19660d
			81c35ff36e3c add ebx,0x3c6ef35f
			89da mov edx,ebx
			c1ea08 shr edx,0x8
			81e2fcff7f00 and edx,0x7ffffc
			015c1500 add DWORD PTR [ebp+edx*1+0x0],ebx
			49 dec ecx
			75e2 jne 31
			ebaf jmp 0
		`,
	},
	{
		Name: "float", What: "double precision in SSE2: dot products, division, conversions, comparisons",
		code: `
			b900020000 mov ecx,0x200
			8d7d00 lea edi,[ebp+0x0]
			b803000000 mov eax,0x3
			f20f2ac8 cvtsi2sd xmm1,eax
			f20f2ac1 cvtsi2sd xmm0,ecx
			f20f5ec1 divsd xmm0,xmm1
			f20f1107 movsd QWORD PTR [edi],xmm0
			83c708 add edi,0x8
			49 dec ecx
			75ee jne 11
			8d7500 lea esi,[ebp+0x0]
			b9fa000000 mov ecx,0xfa
			660f57d2 xorpd xmm2,xmm2
			660f57db xorpd xmm3,xmm3
			f20f1006 movsd xmm0,QWORD PTR [esi]
			f20f108ed0070000 movsd xmm1,QWORD PTR [esi+0x7d0]
			660f28e0 movapd xmm4,xmm0
			f20f59e1 mulsd xmm4,xmm1
			f20f58d4 addsd xmm2,xmm4
			f20f58c8 addsd xmm1,xmm0
			f20f59c8 mulsd xmm1,xmm0
			f20f5ccb subsd xmm1,xmm3
			660f28d9 movapd xmm3,xmm1
			660f2ed3 ucomisd xmm2,xmm3
			83d200 adc edx,0x0
			83c608 add esi,0x8
			49 dec ecx
			75cb jne 33
			f20f5ed3 divsd xmm2,xmm3
			f20f2cc2 cvttsd2si eax,xmm2
			01c3 add ebx,eax
			ebaf jmp 23
		`,
	},
	{
		Name: "traps", What: "system calls: from ring 3 to ring 0 and back",
		code: `
			bf00002000 mov edi,0x200000
			b900240000 mov ecx,0x2400
			830f04 or DWORD PTR [edi],0x4
			83c704 add edi,0x4
			49 dec ecx
			75f7 jne a
			0f20d8 mov eax,cr3
			0f22d8 mov cr3,eax
			c74508ffff0000 mov DWORD PTR [ebp+0x8],0xffff
			c7450c009acf00 mov DWORD PTR [ebp+0xc],0xcf9a00
			c74510ffff0000 mov DWORD PTR [ebp+0x10],0xffff
			c745140092cf00 mov DWORD PTR [ebp+0x14],0xcf9200
			c74518ffff0000 mov DWORD PTR [ebp+0x18],0xffff
			c7451c00facf00 mov DWORD PTR [ebp+0x1c],0xcffa00
			c74520ffff0000 mov DWORD PTR [ebp+0x20],0xffff
			c7452400f2cf00 mov DWORD PTR [ebp+0x24],0xcff200
			c7452867000001 mov DWORD PTR [ebp+0x28],0x1000067
			c7452c40890000 mov DWORD PTR [ebp+0x2c],0x8940
			c7850401000000001800 mov DWORD PTR [ebp+0x104],0x180000
			c7850801000010000000 mov DWORD PTR [ebp+0x108],0x10
			66c785800000002f00 mov WORD PTR [ebp+0x80],0x2f
			c7858200000000004000 mov DWORD PTR [ebp+0x82],0x400000
			66c785880000000704 mov WORD PTR [ebp+0x88],0x407
			c7858a00000000024000 mov DWORD PTR [ebp+0x8a],0x400200
			0f019580000000 lgdt [ebp+0x80]
			0f019d88000000 lidt [ebp+0x88]
			b828000000 mov eax,0x28
			0f00d8 ltr ax
			e800000000 call b4
			5e pop esi
			8d864b000000 lea eax,[esi+0x4b]
			89c2 mov edx,eax
			25ffff0000 and eax,0xffff
			0d00000800 or eax,0x80000
			898500060000 mov DWORD PTR [ebp+0x600],eax
			81e20000ffff and edx,0xffff0000
			81ca00ee0000 or edx,0xee00
			899504060000 mov DWORD PTR [ebp+0x604],edx
			b810000000 mov eax,0x10
			8ed0 mov ss,eax
			6a23 push 0x23
			6800001900 push 0x190000
			6a02 push 0x2
			6a1b push 0x1b
			8d8645000000 lea eax,[esi+0x45]
			50 push eax
			cf iret
			89d8 mov eax,ebx
			cd80 int 0x80
			ebfa jmp f9
			51 push ecx
			43 inc ebx
			89c1 mov ecx,eax
			59 pop ecx
			cf iret
		`,
	},
	{
		Name: "branchy", What: "unpredictable branches and indirect jumps",
		code: `
			e800000000 call 5
			5e pop esi
			8d8659000000 lea eax,[esi+0x59]
			894500 mov DWORD PTR [ebp+0x0],eax
			8d865e000000 lea eax,[esi+0x5e]
			894504 mov DWORD PTR [ebp+0x4],eax
			8d8662000000 lea eax,[esi+0x62]
			894508 mov DWORD PTR [ebp+0x8],eax
			8d8666000000 lea eax,[esi+0x66]
			89450c mov DWORD PTR [ebp+0xc],eax
			b8b979379e mov eax,0x9e3779b9
			69c00d661900 imul eax,eax,0x19660d
			055ff36e3c add eax,0x3c6ef35f
			a900000100 test eax,0x10000
			7401 je 42
			43 inc ebx
			a900000200 test eax,0x20000
			7502 jne 4b
			31c3 xor ebx,eax
			39d8 cmp eax,ebx
			7203 jb 52
			83c303 add ebx,0x3
			89c2 mov edx,eax
			c1ea1c shr edx,0x1c
			83e203 and edx,0x3
			ff649500 jmp DWORD PTR [ebp+edx*4+0x0]
			83c701 add edi,0x1
			ebcc jmp 2f
			29df sub edi,ebx
			ebc8 jmp 2f
			31c7 xor edi,eax
			ebc4 jmp 2f
			f7c704000000 test edi,0x4
			75bc jne 2f
			4f dec edi
			ebb9 jmp 2f
		`,
	},
}

// listing takes the machine code out of a listing.
func listing(text string) ([]byte, error) {
	var code []byte
	for line := range strings.Lines(text) {
		digits, _, _ := strings.Cut(strings.TrimSpace(line), " ") // an empty line has none
		b, err := hex.DecodeString(digits)
		if err != nil {
			return nil, fmt.Errorf("%q: %w", line, err)
		}
		code = append(code, b...)
	}
	return code, nil
}

// bootPC loads a benchmark into a PC of its own.
func bootPC(k *Kind) (*machine.PC, error) {
	code, err := listing(setup386 + k.code)
	if err != nil {
		return nil, fmt.Errorf("benchmark %s: %w", k.Name, err)
	}
	var img []byte
	sum := uint32(mbMagic + mbFlags)
	for _, v := range [mbHeaderN]uint32{mbMagic, mbFlags, -sum, pcLoad, pcLoad, 0, pcBSSEnd, pcLoad + 4*mbHeaderN} {
		img = binary.LittleEndian.AppendUint32(img, v)
	}
	return machine.NewPC(machine.PCConfig{
		Memory: pcRAM,
		Boot:   machine.Boot{Kernel: &image.File{Name: k.Name, Data: append(img, code...)}},
	})
}
