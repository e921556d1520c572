package i386

import (
	"bufio"
	"bytes"
	"encoding/hex"
	"fmt"
	"math/rand/v2"
	"os"
	"regexp"
	"strings"
	"testing"

	"rv86/tests/lab"

	"golang.org/x/arch/x86/x86asm"
)

const rowsGolden = "testdata/rows.golden"

// TestRows compares every row with an example in a golden file: the bytes
// decode to that very row and print the text.
func TestRows(t *testing.T) {
	rows := allRows()
	if lab.Update() {
		writeRows(t, rows)
	}
	f, err := os.Open(rowsGolden)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	sc := bufio.NewScanner(f)
	sc.Scan() // the heading
	for _, r := range rows {
		if !sc.Scan() {
			t.Fatalf("row %s %q has no example; run go test -update", r.name, r.enc)
		}
		part := strings.Split(sc.Text(), " | ")
		if len(part) != 4 || part[0] != r.enc || part[1] != r.args {
			t.Fatalf("golden line %q is not for row %q %q; run go test -update", sc.Text(), r.enc, r.args)
		}
		code, err := hex.DecodeString(part[2])
		if err != nil {
			t.Fatal(err)
		}
		var in inst
		if s := decode(code, true, &in); s != decoded || int(in.len) != len(code) {
			t.Errorf("%s: %x does not decode (status %d, length %d)", r.name, code, s, in.len)
			continue
		}
		if in.row != r {
			t.Errorf("%x decodes to %s %q, not %s %q", code, in.row.name, in.row.enc, r.name, r.enc)
		}
		if got := in.text(0); got != part[3] {
			t.Errorf("%x prints %q, want %q", code, got, part[3])
		}
	}
	if sc.Scan() {
		t.Errorf("golden line %q has no row", sc.Text())
	}
}

func writeRows(t *testing.T, rows []*row) {
	var b bytes.Buffer
	b.WriteString("# One example a row: encoding | operands | bytes | text. Written by go test -run TestRows -update; texts agree with golang.org/x/arch but for TestRowsAgree's list.\n")
	e := &encoder{rnd: rand.New(rand.NewPCG(1, 2))}
	for _, r := range rows {
		code := e.encode(r)
		var in inst
		if s := decode(code, true, &in); s != decoded {
			t.Fatalf("row %s %q: %x does not decode (%d)", r.name, r.enc, code, s)
		}
		fmt.Fprintf(&b, "%s | %s | %x | %s\n", r.enc, r.args, code, in.text(0))
	}
	if err := os.WriteFile(rowsGolden, b.Bytes(), 0o644); err != nil {
		t.Fatal(err)
	}
}

// unknown lists the encodings that golang.org/x/arch does not decode.
var unknown = map[string]string{
	"82": "undocumented twin of 80", "f6 /1": "undocumented twin of TEST", "f7 /1": "undocumented twin of TEST",
	"c0 /6": "undocumented SHL", "c1 /6": "undocumented SHL", "d0 /6": "undocumented SHL", "d1 /6": "undocumented SHL",
	"d2 /6": "undocumented SHL", "d3 /6": "undocumented SHL", "d6": "undocumented SALC",
	"0f 1f /r": "only /0 is documented", "0f ae /5 /g": "r/m other than 0", "0f ae /6 /g": "r/m other than 0",
	"0f ae /7 /g": "r/m other than 0", "0f b9 /r": "UD1", "db = e0": "8087 only", "db = e1": "8087 only", "db = e4": "80287 only",
}

// TestRowsAgree compares random instances of every row with golang.org/x/arch.
func TestRowsAgree(t *testing.T) {
	e := &encoder{rnd: rand.New(rand.NewPCG(3, 4))}
	for _, r := range allRows() {
		for range 20 {
			code := e.encode(r)
			var in inst
			if decode(code, true, &in) != decoded {
				t.Fatalf("row %s %q: %x does not decode", r.name, r.enc, code)
			}
			x, err := x86asm.Decode(code, 32)
			if err != nil {
				if unknown[r.enc] == "" && unknown[r.enc[:2]] == "" {
					t.Errorf("%x %q %q: %v", code, r.enc, r.args, err)
				}
				continue
			}
			const pc = 0x1000
			want := outside(x, pc)
			if got := normal(in.text(pc)); got != want || x.Len != int(in.len) {
				t.Errorf("%x %q %q: %q (%d), want %q (%d)", code, r.enc, r.args, got, in.len, want, x.Len)
				break
			}
		}
	}
}

// outside is golang.org/x/arch's text, in our style.
func outside(x x86asm.Inst, pc uint32) string {
	s := x86asm.IntelSyntax(x, uint64(pc), nil)
	switch x.Op {
	case x86asm.NOP:
		s = strings.TrimSuffix(s, ", eax") // the reg field is no operand
	case x86asm.AAM, x86asm.AAD:
		s = fmt.Sprintf("%s %#x", strings.ToLower(x.Op.String()), uint8(x.Args[0].(x86asm.Imm)))
	case x86asm.LAR, x86asm.LSL:
		// The selector is a word whatever the operand size.
		if r, ok := x.Args[1].(x86asm.Reg); ok {
			s = s[:strings.Index(s, ",")] + ", " + strings.ToLower((r - x86asm.EAX + x86asm.AX).String())
		}
	case x86asm.LJMP, x86asm.LCALL:
		if _, ok := x.Args[1].(x86asm.Imm); ok {
			s = farPair.ReplaceAllString(s, "$2:$1")
		}
	}
	return normal(s)
}

var (
	farPair  = regexp.MustCompile(`(0x[0-9a-f]+), (0x[0-9a-f]+)`)
	above4G  = regexp.MustCompile(`0xffffffff([0-9a-f]{8})`)
	memSize  = regexp.MustCompile(`[a-z]*(word|byte) ptr |ptr `)
	strForms = regexp.MustCompile(`^((rep|repne) )?(movs|cmps|stos|lods|scas)([bwd]) [a-z]+ ptr [^,]*(, [a-z]+ ptr .*)?$`)
	impliedX = regexp.MustCompile(`^(f[a-z0-9]*)( st0)?,? ?(.*?)(,? st0)?$`)
	noArgs   = regexp.MustCompile(`^(fu?compp|fyl2x(p1)?|fpatan|fptan|fsincos|fxtract|fprem1?|fscale) .*`)
)

// synonyms map golang.org/x/arch's mnemonics to ours.
var synonyms = map[string]string{"xlat": "xlatb", "fwait": "wait", "int1": "icebp", "ret far": "retf", "movsd_xmm": "movsd", "cmpsd_xmm": "cmpsd"}

var condSynonyms = [][2]string{{"nbe", "a"}, {"nle", "g"}, {"nl", "ge"}, {"nb", "ae"}, {"nz", "ne"}, {"z", "e"}}

// normal removes differences of style: sizes of memory operands, the implied
// ST(0) and ST(1), operands of string instructions, synonyms.
func normal(s string) string {
	s = strForms.ReplaceAllString(s, "$1$3$4")
	s = memSize.ReplaceAllString(s, "")
	s = above4G.ReplaceAllString(s, "0x$1")
	s = strings.ReplaceAll(s, "mmx", "mm")
	s = noArgs.ReplaceAllString(s, "$1")
	for from, to := range synonyms {
		if s == from || strings.HasPrefix(s, from+" ") {
			s = to + s[len(from):]
		}
	}
	name, rest, _ := strings.Cut(s, " ")
	for _, kind := range []string{"j", "set", "cmov"} {
		for _, c := range condSynonyms {
			if name == kind+c[0] {
				name = kind + c[1]
			}
		}
	}
	s = strings.TrimSpace(name + " " + rest)
	if name[0] == 'f' {
		for range 2 {
			s = strings.TrimSpace(impliedX.ReplaceAllString(s, "$1 $3"))
		}
	}
	return s
}
