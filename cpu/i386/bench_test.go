package i386

import "testing"

// benchmark runs code, an endless loop, and reports millions of instructions
// per second.
func benchmark(b *testing.B, code string, setup ...func(*CPU)) {
	c := sysMachine(b, code)
	paged(c)
	for _, f := range setup {
		f(c)
	}
	c.Run(100_000)
	start := c.insns
	b.ResetTimer()
	c.Run(start + uint64(b.N)*1000)
	b.StopTimer()
	if c.insns != start+uint64(b.N)*1000 {
		b.Fatal("the loop was left")
	}
	b.ReportMetric(float64(c.insns-start)/b.Elapsed().Seconds()/1e6, "MIPS")
}

// mov eax,[ebx]; add eax,ecx; xor edx,eax; lea esi,[eax+edx*4]; shr esi,3;
// mov [ebx+4],esi; inc ecx; cmp ecx,edi; jb
func BenchmarkInteger(b *testing.B) {
	benchmark(b, "bb00b00000 bf00ffff7f 8b03 01c8 31c2 8d3490 c1ee03 897304 41 39f9 72ec ebea")
}

// call to a function with a frame: push ebp; mov ebp,esp; push ebx;
// mov eax,[ebp+8]; pop ebx; leave; ret
func BenchmarkCalls(b *testing.B) {
	benchmark(b, "6a05 e805000000 83c404 ebf4 5589e5 53 8b4508 5b c9 c3")
}

// mov al,[esi]; cmp al,0x20; je; movzx ecx,al; add edx,ecx; inc esi; and
// esi,0xbfff; test dl,1; jne
func BenchmarkBytes(b *testing.B) {
	benchmark(b, "be00b00000 8a06 3c20 7405 0fb6c8 01ca 46 81e6ffbf0000 f6c201 75e9 ebe7")
}

func BenchmarkSystemCall(b *testing.B) {
	benchmark(b, "40 cd80 ebfb", level3, func(c *CPU) { c.ram[sysHandlers+16*0x80] = 0xcf })
}

// fld [ebx]; fmul [ebx+8]; fadd [ebx+16]; fstp [ebx+24]
func BenchmarkX87(b *testing.B) {
	benchmark(b, "bb00b00000 dd03 dc4b08 dc4310 dd5b18 ebf3", func(c *CPU) { fillDoubles(c) })
}

// movsd xmm0,[ebx]; mulsd xmm0,[ebx+8]; addsd xmm0,xmm1; movsd [ebx+24],xmm0
func BenchmarkSSE(b *testing.B) {
	benchmark(b, "bb00b00000 f20f1003 f20f594308 f20f58c1 f20f114318 ebec", func(c *CPU) { fillDoubles(c) })
}

// mov esi,ebx; lea edi,[ebx+0x400]; mov ecx,0x100; rep movsd: one instruction
// a chunk.
func BenchmarkRepMovs(b *testing.B) {
	benchmark(b, "bb00b00000 89de 8dbb00040000 b900010000 f3a5 ebef")
}

func fillDoubles(c *CPU) {
	for i, v := range []uint64{0x3ff8_0000_0000_1234, 0x3ff4_5678_0000_0000, 0x4008_0000_9999_0000} {
		c.ram[0xb000+8*i] = 0
		for k := range 8 {
			c.ram[0xb000+8*i+k] = byte(v >> (8 * k))
		}
	}
}
