package kapi

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"rv86/tests/lab"
)

func TestPrintf(t *testing.T) {
	f := newFake(t)
	mem := f.Alloc(16)
	copy(f.Slice(mem, 16), "\x00\x11\x22\x33\x44\x55\x66\x77\x88\x99\xaa\xbb\xcc\xdd\xee\xff")
	s := f.str("string")
	vaf := f.list(f.str("<%d %s>"), f.list(f.list(7, s)))
	neg := ^uint64(0)
	for _, c := range []struct {
		format string
		args   []uint64
		want   string
	}{
		{"plain", nil, "plain"},
		{"100%%", nil, "100%"},
		{"%d %i %u", []uint64{neg, 5, neg}, "-1 5 4294967295"},
		{"%lu %lld %llx", []uint64{neg, neg, neg}, "18446744073709551615 -1 ffffffffffffffff"},
		{"%hhd %hhu %hd %hu", []uint64{0x1ff, 0x1ff, 0x18000, 0x18000}, "-1 255 -32768 32768"},
		{"%zu %zd %td %jd", []uint64{1, neg, neg, neg}, "1 -1 -1 -1"},
		{"%s|%10s|%-10s|%.3s|%*s|%-*s|", []uint64{s, s, s, s, 8, s, 8, s}, "string|    string|string    |str|  string|string  |"},
		{"%*s|%.*s|", []uint64{neg - 7, s, 2, s}, "string  |st|"},
		{"%.*s|", []uint64{neg, s}, "string|"},
		{"%s %s %s", []uint64{0, 100, neg - 4}, "(null) (efault) (efault)"},
		{"%c%c%5c|%-3c|", []uint64{'a', 0x162, 'c', 'd'}, "ab    c|d  |"},
		{"%px %px", []uint64{0x1234, 0}, "0000000000001234 0000000000000000"},
		{"%p %p", []uint64{0, neg - 18}, "0000000000000000 ffffffffffffffed"},
		{"%pS %ps %pB %pSR", []uint64{0x10, 0x10, 0x10, 0x10}, "f+0x10/0x40 [mod] f f+0x10/0x40 [mod] f+0x10/0x40 [mod]"},
		{"%4ph|%*phC|%3phD|%2phN|%ph", []uint64{mem, 3, mem, mem, mem, mem}, "00 11 22 33|00:11:22|00-11-22|0011|00"},
		{"%pM %pm %pI4 %pi4", []uint64{mem, mem, mem, mem}, "00:11:22:33:44:55 001122334455 0.17.34.51 000.017.034.051"},
		{"%pUb %pUL", []uint64{mem, mem}, "00112233-4455-6677-8899-aabbccddeeff 33221100-5544-7766-8899-AABBCCDDEEFF"},
		{"%pa", []uint64{mem}, "0x7766554433221100"},
		{"%pV!", []uint64{vaf}, "<7 string>!"},
		{"%ph %pM", []uint64{0, 5}, "(null) (efault)"},
		{"%d %n after", []uint64{1}, "1 %n after"},
		{"%", nil, "%"},
		{"%5", nil, "%5"},
		{"%d%k", []uint64{3}, "3%k"},
		{"%99999d|", []uint64{1}, strings.Repeat(" ", widthMax-1) + "1|"},
	} {
		call := &Call{Env: f, Args: f.args(c.args)}
		if got := call.sprintf(c.format, &call.Args); got != c.want {
			t.Errorf("%q: %q, want %q", c.format, got, c.want)
		}
	}
	// Hashed pointers: eight zeros, then an identity; equal for equal ones.
	call := &Call{Env: f, Args: f.args([]uint64{mem, mem, mem + 1})}
	got := strings.Fields(call.sprintf("%p %pK %p", &call.Args))
	if len(got[0]) != 16 || got[0][:8] != "00000000" || got[0] != got[1] || got[0] == got[2] {
		t.Errorf("%%p: %v", got)
	}
}

// TestPrintfAgainstC formats all combinations of flags, width, precision,
// length and conversion with the C library too.
func TestPrintfAgainstC(t *testing.T) {
	lab.Tool(t, "gcc", "gcc")
	type test struct {
		format string
		value  uint64
	}
	var tests []test
	for _, flags := range []string{"", "-", "0", "+", " ", "#", "-0", "+0", "#0", "+ ", "-#", "- 0"} {
		for _, width := range []string{"", "1", "7", "25"} {
			for _, prec := range []string{"", ".", ".0", ".1", ".5", ".20"} {
				for _, conv := range []string{"d", "u", "x", "X", "o", "hhd", "hu", "ld", "lx", "llu", "zd"} {
					for _, v := range []uint64{0, 1, 42, 0x7fffffff, 0x80000000, 1<<64 - 1} {
						signed := strings.HasSuffix(conv, "d")
						if (strings.ContainsAny(flags, "+ ") && !signed) || strings.Contains(flags, "#") && !strings.ContainsAny(conv, "xXo") {
							continue // undefined in C
						}
						tests = append(tests, test{"%" + flags + width + prec + conv, v})
					}
				}
			}
		}
	}
	var src strings.Builder
	src.WriteString("#include <stdio.h>\nstatic struct { const char *f; unsigned long v; } t[] = {\n")
	for _, c := range tests {
		fmt.Fprintf(&src, "{\"%s\", %#xUL},\n", c.format, c.value)
	}
	src.WriteString("};\nint main(void) { for (unsigned i = 0; i < sizeof t / sizeof *t; i++) { printf(t[i].f, t[i].v); putchar('\\n'); } return 0; }\n")
	dir := t.TempDir()
	c, bin := filepath.Join(dir, "t.c"), filepath.Join(dir, "t")
	if err := os.WriteFile(c, []byte(src.String()), 0o600); err != nil {
		t.Fatal(err)
	}
	if out, err := exec.Command("gcc", "-w", "-o", bin, c).CombinedOutput(); err != nil {
		t.Fatalf("gcc: %v\n%s", err, out)
	}
	out, err := exec.Command(bin).Output()
	if err != nil {
		t.Fatal(err)
	}
	f := newFake(t)
	for i, want := range strings.Split(strings.TrimSuffix(string(out), "\n"), "\n") {
		call := &Call{Env: f, Args: f.args([]uint64{tests[i].value})}
		if got := call.sprintf(tests[i].format, &call.Args); got != want {
			t.Errorf("%q of %#x: %q, C has %q", tests[i].format, tests[i].value, got, want)
		}
	}
	t.Logf("%d formats", len(tests))
}

func FuzzPrintf(f *testing.F) {
	f.Add("%-0+ #*.*llx %pS %*phC %s", uint64(7))
	f.Add("%99999999999999999d%hhhhd%", uint64(1)<<63)
	f.Fuzz(func(t *testing.T, format string, v uint64) {
		e := newFake(t)
		p := e.str("text")
		n := 0
		call := &Call{Env: e, Args: Args{Word: 8, Next: func() uint64 {
			if n++; n%2 == 0 {
				return p
			}
			return v % 3 // never a wild pointer: those are faults
		}}}
		if got := call.sprintf(format, &call.Args); len(got) > len(format)*(2*widthMax+64) {
			t.Errorf("%q gives %d bytes", format, len(got))
		}
	})
}
