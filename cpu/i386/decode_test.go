package i386

import (
	"math/rand/v2"
	"testing"

	"golang.org/x/arch/x86/x86asm"
)

// TestDecodeLengths compares random bytes with golang.org/x/arch: where both
// decode, the lengths must agree. It returns a prefix alone, with no operation,
// where it knows no instruction behind it.
func TestDecodeLengths(t *testing.T) {
	rnd := rand.New(rand.NewPCG(5, 6))
	agreed := 0
	for range 200_000 {
		code := make([]byte, maxLength)
		for i := range code {
			code[i] = byte(rnd.Uint32())
		}
		if rnd.IntN(2) == 0 {
			code[0] = 0x0f
		}
		var in inst
		s := decode(code, true, &in)
		x, err := x86asm.Decode(code, 32)
		if s != decoded || err != nil || x.Op == 0 || later(&in, x) {
			continue
		}
		if int(in.len) != x.Len {
			t.Errorf("% x: length %d (%s), want %d (%s)", code, in.len, in.text(0), x.Len, x86asm.IntelSyntax(x, 0, nil))
		}
		agreed++
	}
	if agreed < 50_000 {
		t.Errorf("only %d encodings were compared", agreed)
	}
}

// later says that x is an instruction younger than this processor, whose
// encoding means something else here: VEX and EVEX share LDS, LES and BOUND.
func later(in *inst, x x86asm.Inst) bool {
	switch in.row.name {
	case "les", "lds", "bound":
		return true
	}
	// An undefined combination of prefixes is read in various ways.
	n := 0
	for _, p := range x.Prefix {
		if p&0xff == 0x66 || p&0xff == 0xf2 || p&0xff == 0xf3 {
			n++
		}
	}
	return n > 1
}

// TestDecodeLimits: fifteen bytes are an instruction's most.
func TestDecodeLimits(t *testing.T) {
	code := make([]byte, 20)
	for i := range code {
		code[i] = 0x3e
	}
	var in inst
	code[14] = 0x90
	if s := decode(code, true, &in); s != decoded || in.len != 15 {
		t.Errorf("fourteen prefixes and NOP: status %d, length %d", s, in.len)
	}
	code[14], code[15] = 0x3e, 0x90
	if s := decode(code, true, &in); s != tooLong {
		t.Errorf("fifteen prefixes: status %d, want tooLong", s)
	}
	if s := decode([]byte{0x81, 0xc0, 1}, true, &in); s != needMore {
		t.Errorf("a cut instruction: status %d, want needMore", s)
	}
}

func TestLockLegality(t *testing.T) {
	for _, c := range []struct {
		code string
		want decodeStatus
	}{
		{"\xf0\x01\x00", decoded},           // lock add [eax], eax
		{"\xf0\x01\xc0", undefined},         // lock add eax, eax
		{"\xf0\x03\x00", undefined},         // lock add eax, [eax]
		{"\xf0\x39\x00", undefined},         // lock cmp [eax], eax
		{"\xf0\x87\x00", decoded},           // lock xchg [eax], eax
		{"\xf0\x0f\xba\x20\x01", undefined}, // lock bt
		{"\xf0\x0f\xba\x28\x01", decoded},   // lock bts
		{"\xf0\x0f\xc7\x08", decoded},       // lock cmpxchg8b [eax]
		{"\xf0\x90", undefined},
		{"\xf0\x89\x00", undefined}, // lock mov
	} {
		var in inst
		if s := decode([]byte(c.code), true, &in); s != c.want {
			t.Errorf("% x: status %d, want %d", c.code, s, c.want)
		}
	}
}

func FuzzDecode(f *testing.F) {
	f.Add([]byte{0x0f, 0xae, 0x05, 0, 0, 0, 0}, true)
	f.Add([]byte{0x66, 0x67, 0xf0, 0x01, 0x07}, false)
	f.Fuzz(func(t *testing.T, b []byte, code32 bool) {
		var in inst
		if decode(b, code32, &in) == decoded {
			if int(in.len) > len(b) || in.len > maxLength {
				t.Fatalf("% x: length %d", b, in.len)
			}
			in.text(0)
		}
	})
}
