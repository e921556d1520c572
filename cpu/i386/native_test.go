package i386

import (
	"bytes"
	"encoding/binary"
	"errors"
	"flag"
	"fmt"
	"math"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"rv86/tests/lab"
)

// Differential test: random instances of every unprivileged row run here and
// on a real processor (a 64-bit x86 Linux executes 32-bit programs itself) or
// under qemu-i386. One static program holds all the cases; each loads all of
// the state, executes one instruction and stores all of the state.
// RV86_QEMU_USER=1 takes qemu-i386 where the host could serve too.

var natInstances = flag.Int("instances", 24, "instances of each row that TestAgainstProcessor runs")

// The program's memory.
const (
	natCode    = 0x0100_0000
	natData    = 0x0800_0000
	natScratch = natData          // what instructions read and write
	natSeed    = natData + 0x1000 // what scratch starts as
	natStack   = natData + 0x3000
	natFX      = natData + 0x4000 // FXRSTOR images
	natOut     = natData + 0x2_0000

	natScratchLen = 256
	natFXImages   = 64

	// One case's result: registers and EFLAGS, FXSAVE image, scratch.
	outRegs    = 0
	outFX      = 64
	outScratch = outFX + fxSize
	outLen     = outScratch + natScratchLen
)

type natCase struct {
	row  *row
	code []byte
	regs [8]uint32
	efl  uint32
	fx   int
}

// emit appends the case's program, whose result goes to out.
func (n *natCase) emit(b []byte, out uint32) []byte {
	d32 := func(v uint32) { b = binary.LittleEndian.AppendUint32(b, v) }
	mov := func(r byte, v uint32) { b = append(b, 0xb8+r); d32(v) }
	op32 := func(v uint32, code ...byte) { b = append(b, code...); d32(v) }
	copyTo := func(dst, src uint32) {
		mov(EDI, dst)
		mov(ESI, src)
		mov(ECX, natScratchLen/4)
		b = append(b, 0xfc, 0xf3, 0xa5) // cld; rep movsd
	}
	mov(ESP, natStack)
	copyTo(natScratch, natSeed)
	op32(natFX+uint32(n.fx)*fxSize, 0x0f, 0xae, 0x0d) // fxrstor
	op32(n.efl, 0x68)                                 // push
	b = append(b, 0x9d)                               // popfd
	for r, v := range n.regs {
		if r != ESP {
			mov(byte(r), v)
		}
	}
	b = append(b, n.code...)
	for r := range n.regs {
		op32(out+outRegs+uint32(r)*4, 0x89, byte(r)<<3|5) // mov [out], reg
	}
	mov(ESP, natStack)
	b = append(b, 0x9c)               // pushfd
	op32(out+outRegs+32, 0x8f, 0x05)  // pop [out]
	op32(out+outFX, 0x0f, 0xae, 0x05) // fxsave
	copyTo(out+outScratch, natScratch)
	return b
}

// interesting values for registers and memory.
var (
	edge32 = []uint32{0, 1, 2, 0x7f, 0x80, 0xff, 0x100, 0x7fff, 0x8000, 0xffff, 0x1_0000, 0x7fff_ffff, 0x8000_0000, 0xffff_ffff}
	edgeF  = []float64{
		0, math.Copysign(0, -1), 1, -1, 0.5, 1.5, 2.5, -2.5, 3, 1e10, -1e300, 1e-310, 5e-324, math.Inf(1), math.Inf(-1),
		math.NaN(), math.MaxFloat64, math.Pi, 1 << 31, -(1 << 31), 1<<31 - 1, 1 << 63, 0.1,
	}
	edgeF32 = []uint32{
		0, 1 << 31, 0x3f80_0000, 0xbf80_0000, 0x7f80_0000, 0xff80_0000, 0x7fc0_0000, 0x7fa0_0001, 0x0000_0001, 0x807f_ffff,
		0x0080_0000, 0x7f7f_ffff, 0x4f00_0000, 0x3fc0_0000, 0x4020_0000,
	}
)

func rand32(r *rand.Rand) uint32 {
	switch r.IntN(4) {
	case 0:
		return edge32[r.IntN(len(edge32))]
	case 1:
		return edgeF32[r.IntN(len(edgeF32))]
	}
	return r.Uint32()
}

func rand64(r *rand.Rand) uint64 {
	switch r.IntN(4) {
	case 0:
		return math.Float64bits(edgeF[r.IntN(len(edgeF))])
	case 1:
		return uint64(rand32(r))<<32 | uint64(rand32(r))
	case 2:
		// Exponents near each other, so that sums cancel and carry.
		return r.Uint64()&^(0x7f0<<52) | 0x3f0<<52
	}
	return r.Uint64()
}

// rand80 is a register's content: mostly normal.
func rand80(r *rand.Rand) f80 {
	switch r.IntN(6) {
	case 0:
		edge := []f80{
			{0, 0},
			{0, 0x8000},
			{1 << 63, 0x3fff},
			{1 << 63, 0x7fff},
			{1 << 63, 0xffff},
			{3 << 62, 0x7fff},
			{3 << 62, 0xffff},
			{5 << 61, 0x7fff},
			{1, 0},
			{1 << 62, 0x8000},
			{1 << 63, 0},
			{1<<64 - 1, 0x7ffe},
			{1 << 63, 1},
			{1 << 62, 0x4000},
			{12345, 0x7fff},
		}
		return edge[r.IntN(len(edge))]
	case 1:
		return f80{r.Uint64() | 1<<63, uint16(r.Uint32())}
	case 2:
		return f80{(r.Uint64() | 1<<63) &^ (1<<40 - 1), uint16(0x3fff + r.IntN(66))}
	}
	return f80{r.Uint64() | 1<<63, uint16(r.Uint32()&0x8000) | uint16(0x3fff-20+r.IntN(40))}
}

func fxImage(r *rand.Rand) []byte {
	b := make([]byte, fxSize)
	le := binary.LittleEndian
	pc := []uint16{0, 2, 3, 3, 3}[r.IntN(5)]
	le.PutUint16(b[0:], 0x7f|pc<<cwPCShift|uint16(r.IntN(4))<<cwRCShift)
	le.PutUint16(b[2:], uint16(r.IntN(8))<<topShift|uint16(r.Uint32())&swCC)
	b[4] = 0xff
	if r.IntN(3) == 0 {
		b[4] = byte(r.Uint32())
	}
	mx := uint32(mxReset)
	if r.IntN(2) == 0 {
		mx |= uint32(r.IntN(4)) << mxRCShift
	}
	if r.IntN(4) == 0 {
		mx |= mxDAZ
	}
	if r.IntN(4) == 0 {
		mx |= mxFTZ
	}
	le.PutUint32(b[24:], mx)
	for i := range 8 {
		copy(b[fxST+16*i:], rand80(r).bytes())
		le.PutUint64(b[fxXMM+16*i:], rand64(r))
		le.PutUint64(b[fxXMM+16*i+8:], rand64(r))
	}
	return b
}

// notCompared says why a row takes no part.
func notCompared(r *row) bool {
	if r.ends || strings.HasPrefix(r.name, "f") && r.args == "Me" {
		return true
	}
	for _, k := range r.ops[:r.nop] {
		switch k.from {
		case fromSreg, fromS, fromC, fromD, fromA:
			return true
		}
	}
	if r.enc == "f6 /1" || r.enc == "f7 /1" {
		return true // not known to QEMU; the twins of /0
	}
	switch r.name {
	// Privileged, or about the machine's own state.
	case "cpuid", "rdtsc", "rdpmc", "rdmsr", "hlt", "sldt", "str", "lldt", "ltr", "sgdt", "sidt", "lgdt", "lidt", "smsw",
		"clts", "lar", "lsl", "verr", "verw", "enter", "leave", "popa", "pushf", "clflush", "fxsave", "fxrstor", "ldmxcsr":
		return true
	// Approximations that every processor makes in its own way.
	case "rcpps", "rcpss", "rsqrtps", "rsqrtss":
		return true
	// Results not defined to the last place.
	case "fsin", "fcos", "fsincos", "fptan", "fpatan", "f2xm1", "fyl2x", "fyl2xp1":
		return true
	// Not on AMD's processors or under Linux as here.
	case "salc", "xlatb", "maskmovq", "maskmovdqu", "wait", "les", "lds", "feni", "fdisi", "fsetpm":
		return true
	}
	return false
}

// randomCase makes an instance of r.
func randomCase(r *row, rnd *rand.Rand) *natCase {
	n := &natCase{row: r, fx: rnd.IntN(natFXImages)}
	for i := range n.regs {
		n.regs[i] = rand32(rnd)
	}
	n.regs[ESI], n.regs[EDI] = natScratch+uint32(rnd.IntN(4)*16), natScratch+uint32(rnd.IntN(4)*16)
	n.regs[ESP] = natStack
	n.efl = flagOne | rnd.Uint32()&flagsArith | rnd.Uint32()&FlagDF
	e := &encoder{rnd: rnd, lock: rnd.IntN(8) == 0}
	e.osz16 = rnd.IntN(3) == 0 && usesOsz(r)
	e.memory = func() (byte, byte, []byte) {
		disp := uint32(rnd.IntN(8) * 16)
		if rnd.IntN(4) == 0 {
			disp += uint32(rnd.IntN(16))
		}
		if rnd.IntN(2) == 0 || strings.HasPrefix(r.enc, "a") && r.nop == 2 {
			return 0, EBP, binary.LittleEndian.AppendUint32(nil, natScratch+disp)
		}
		return 1, ESI, []byte{byte(disp & 0x7f)}
	}
	n.code = e.encode(r)
	if e.lock && r.lock && !(n.code[0] == prefixLock) {
		return nil
	}
	var in inst
	if decode(n.code, true, &in) != decoded {
		return nil
	}
	if in.op[0].kind == opMem && in.op[1].kind == opReg && strings.HasPrefix(r.name, "bt") {
		n.regs[in.op[1].n] &= 0x1ff
	}
	return n
}

// usesOsz says that an operand-size prefix is meaningful.
func usesOsz(r *row) bool {
	switch r.name {
	case "bswap", "shld", "shrd": // undefined results
		return false
	}
	if r.name == "cbw" || r.name == "cwd" || r.rep {
		return true
	}
	for _, k := range r.ops[:r.nop] {
		if k.size == sizeV {
			return true
		}
	}
	return false
}

// natMachine loads the program's image into a CPU.
func natMachine(code []byte, data []byte, cases int) *CPU {
	c := New(Config{RAM: make([]byte, (natOut+(cases+1)*outLen+pageMask)&^pageMask), Holes: []Range{}})
	c.EnterFlat(natCode, 0, 0)
	c.cr0 |= CR0NE | CR0MP
	c.cr4 |= CR4OSFXSR | CR4OSXMMEXCPT
	c.fpu.init()
	copy(c.ram[natCode:], code)
	copy(c.ram[natData:], data)
	return c
}

// elf32 makes a static executable of code at natCode and data at natData,
// followed by zeros up to total.
func elf32(code, data []byte, total int) []byte {
	const ehdr, phdr = 52, 32
	codeOff := 0x1000
	dataOff := (codeOff + len(code) + 0xfff) &^ 0xfff
	b := make([]byte, dataOff+len(data))
	le := binary.LittleEndian
	copy(b, "\x7fELF\x01\x01\x01")
	le.PutUint16(b[16:], 2)
	le.PutUint16(b[18:], 3)
	le.PutUint32(b[20:], 1)
	le.PutUint32(b[24:], natCode)
	le.PutUint32(b[28:], ehdr)
	le.PutUint16(b[40:], ehdr)
	le.PutUint16(b[42:], phdr)
	le.PutUint16(b[44:], 2)
	seg := func(p []byte, off, va, file, mem, flags uint32) {
		for i, v := range []uint32{1, off, va, va, file, mem, flags, 0x1000} {
			le.PutUint32(p[4*i:], v)
		}
	}
	seg(b[ehdr:], uint32(codeOff), natCode, uint32(len(code)), uint32(len(code)), 5)
	seg(b[ehdr+phdr:], uint32(dataOff), natData, uint32(len(data)), uint32(total), 6)
	copy(b[codeOff:], code)
	copy(b[dataOff:], data)
	return b
}

// runOutside runs an executable on the host or under qemu-i386, which is not
// exact: QEMU 7.2 leaves out the denormal-operand exception and the exponent
// part of MMX registers.
func runOutside(t *testing.T, exe []byte) (out []byte, exact bool) {
	t.Helper()
	path := filepath.Join(t.TempDir(), "cases")
	if err := os.WriteFile(path, exe, 0o755); err != nil {
		t.Fatal(err)
	}
	if runtime.GOOS == "linux" && runtime.GOARCH == "amd64" && os.Getenv("RV86_QEMU_USER") == "" {
		out, err := exec.Command(path).Output()
		if err == nil {
			return out, true
		}
		var exit *exec.ExitError
		if errors.As(err, &exit) {
			t.Fatalf("the program did not finish on the host: %v", err)
		}
	}
	qemu, err := exec.LookPath("qemu-i386")
	if err != nil {
		const advice = "no reference: this host cannot run 32-bit x86 programs, and qemu-i386 (package qemu-user) is not installed"
		lab.Skip(t, advice)
	}
	out, err = exec.Command(qemu, "-cpu", "max", path).Output()
	if err != nil {
		t.Fatalf("qemu-i386: %v", err)
	}
	return out, false
}

// usesFloat says that a row is of the x87, MMX or SSE.
func usesFloat(r *row) bool {
	for _, part := range [][]row{x87Rows, simdIntRows, simdMoveRows, simdFPRows} {
		for i := range part {
			if r == &part[i] {
				return true
			}
		}
	}
	return false
}

func TestAgainstProcessor(t *testing.T) {
	rnd := rand.New(rand.NewPCG(86, 1))
	per := *natInstances
	if testing.Short() {
		per = 4
	}
	data := make([]byte, natOut-natData)
	for i := 0; i < natScratchLen; i += 8 {
		binary.LittleEndian.PutUint64(data[natSeed-natData+i:], rand64(rnd))
	}
	for i := range natFXImages {
		copy(data[natFX-natData+i*fxSize:], fxImage(rnd))
	}

	// An instance that faults here is left out: the program has no handlers.
	screen := natMachine(nil, data, 1)
	faults := func(n *natCase) bool {
		code := n.emit(nil, natOut)
		screen.cpl, screen.stop = 0, nil
		screen.EnterFlat(natCode, 0, 0)
		screen.cr0 |= CR0NE | CR0MP
		screen.cr4 |= CR4OSFXSR | CR4OSXMMEXCPT
		copy(screen.ram[natCode:], code)
		for range 1000 {
			screen.Step()
			if screen.stop != nil {
				return true
			}
			if screen.eip == natCode+uint32(len(code)) {
				return false
			}
		}
		return true
	}
	var cases []*natCase
	var code []byte
	for _, r := range allRows() {
		if notCompared(r) {
			continue
		}
		for range per {
			if n := randomCase(r, rnd); n != nil && !faults(n) {
				code = n.emit(code, natOut+uint32(len(cases))*outLen)
				cases = append(cases, n)
			}
		}
	}
	total := len(cases) * outLen
	// write(1, natOut, total); exit(0)
	tail := []byte{0xb8, 4, 0, 0, 0, 0xbb, 1, 0, 0, 0, 0xb9}
	tail = binary.LittleEndian.AppendUint32(tail, natOut)
	tail = binary.LittleEndian.AppendUint32(append(tail, 0xba), uint32(total))
	tail = append(tail, 0xcd, 0x80, 0xb8, 1, 0, 0, 0, 0x31, 0xdb, 0xcd, 0x80)
	end := natCode + uint32(len(code))

	c := natMachine(code, data, len(cases))
	want, exact := runOutside(t, elf32(append(code, tail...), data, natOut-natData+total))
	if len(want) != total {
		t.Fatalf("the reference wrote %d bytes, not %d", len(want), total)
	}
	for c.eip != end && c.stop == nil {
		c.Run(c.insns + 1)
	}
	if c.stop != nil {
		t.Fatal(c.stop.Detail)
	}
	bad := map[string]int{}
	for i, n := range cases {
		if !exact && usesFloat(n.row) {
			continue
		}
		got := c.ram[natOut+i*outLen:][:outLen]
		if diff := compareCase(n, got, want[i*outLen:][:outLen]); diff != "" {
			if bad[n.row.enc]++; bad[n.row.enc] == 1 {
				var in inst
				decode(n.code, true, &in)
				t.Errorf("%x %s: %s", n.code, in.text(natCode), diff)
			}
		}
	}
	t.Logf("%d cases, %d rows differ", len(cases), len(bad))
}

// undefinedFlags are those that the SDM leaves open for a row.
func undefinedFlags(r *row) uint32 {
	mask := uint32(0)
	for i, ch := range "oszapc" {
		if strings.ContainsRune(r.flags, ch) {
			mask |= []uint32{FlagOF, FlagSF, FlagZF, FlagAF, FlagPF, FlagCF}[i]
		}
	}
	// OF is defined for a shift by one only.
	if strings.Contains("rol ror rcl rcr shl shr sar shld shrd", r.name) && !strings.HasSuffix(r.args, ",1") {
		mask |= FlagOF
		// A count beyond the operand's width leaves CF open too.
		if r.ops[0].size == size1 || r.ops[0].size == sizeV {
			mask |= FlagCF & -b2u(r.name == "shl" || r.name == "shr")
		}
	}
	return mask
}

func b2u(b bool) uint32 {
	if b {
		return 1
	}
	return 0
}

// keepsC1 lists where AMD's processors differ from the SDM, which clears C1 in
// FCOMI and leaves it open in FFREE.
func keepsC1(name string) bool {
	return strings.Contains("fcomi fcomip fucomi fucomip ffree", name)
}

func compareCase(n *natCase, got, want []byte) string {
	le := binary.LittleEndian
	var diffs []string
	for r := range 8 {
		if a, b := le.Uint32(got[4*r:]), le.Uint32(want[4*r:]); a != b {
			diffs = append(diffs, fmt.Sprintf("%s=%08x want %08x (was %08x)", regNames32[r], a, b, n.regs[r]))
		}
	}
	mask := flagsArith&^undefinedFlags(n.row) | FlagDF
	if a, b := le.Uint32(got[32:])&mask, le.Uint32(want[32:])&mask; a != b {
		diffs = append(diffs, fmt.Sprintf("flags=%08x want %08x (was %08x)", a, b, n.efl))
	}
	ga, wa := got[outFX:][:fxSize], want[outFX:][:fxSize]
	if keepsC1(n.row.name) {
		ga[3] = ga[3]&^(swC1>>8) | wa[3]&(swC1>>8)
	}
	// The pointers are not kept by every processor.
	for _, f := range []struct {
		name   string
		off, n int
	}{{"cw", 0, 2}, {"sw", 2, 2}, {"tags", 4, 1}, {"mxcsr", 24, 4}} {
		if !bytes.Equal(ga[f.off:f.off+f.n], wa[f.off:f.off+f.n]) {
			diffs = append(diffs, fmt.Sprintf("%s=%x want %x", f.name, ga[f.off:f.off+f.n], wa[f.off:f.off+f.n]))
		}
	}
	for i := range 8 {
		if a, b := ga[fxST+16*i:][:10], wa[fxST+16*i:][:10]; !bytes.Equal(a, b) {
			diffs = append(diffs, fmt.Sprintf("st%d=%x want %x", i, a, b))
		}
		if a, b := ga[fxXMM+16*i:][:16], wa[fxXMM+16*i:][:16]; !bytes.Equal(a, b) {
			diffs = append(diffs, fmt.Sprintf("xmm%d=%x want %x", i, a, b))
		}
	}
	if a, b := got[outScratch:], want[outScratch:]; !bytes.Equal(a, b) {
		for i := range a {
			if a[i] != b[i] {
				diffs = append(diffs, fmt.Sprintf("memory+%#x=%x want %x", i, a[i:min(i+10, len(a))], b[i:min(i+10, len(b))]))
				break
			}
		}
	}
	return strings.Join(diffs, "; ")
}
