package i386

import (
	"bufio"
	"bytes"
	"encoding/hex"
	"flag"
	"fmt"
	"math/rand/v2"
	"os"
	"strings"
	"testing"

	"golang.org/x/arch/x86/x86asm"
)

var update = flag.Bool("update", false, "rewrite the golden files")

const rowsGolden = "testdata/rows.golden"

// TestRows compares every row with an example in a golden file: the bytes
// decode to that very row and print the text.
func TestRows(t *testing.T) {
	rows := allRows()
	if *update {
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

// differences are the reasons why golang.org/x/arch may print a row's example
// otherwise or not decode it, by the row's name.
var differences = map[string]string{}

func TestRowsAgree(t *testing.T) {
	e := &encoder{rnd: rand.New(rand.NewPCG(3, 4))}
	for _, r := range allRows() {
		for range 20 {
			code := e.encode(r)
			var in inst
			if decode(code, true, &in) != decoded {
				t.Fatalf("row %s %q: %x does not decode", r.name, r.enc, code)
			}
			want, n := outside(code)
			got := normal(in.text(0))
			if (got != normal(want) || n != int(in.len)) && differences[r.name] == "" {
				t.Errorf("%x %q %q: %q (%d), want %q (%d)", code, r.enc, r.args, got, in.len, normal(want), n)
				break
			}
		}
	}
}

// outside is golang.org/x/arch's opinion.
func outside(code []byte) (string, int) {
	x, err := x86asm.Decode(code, 32)
	if err != nil {
		return err.Error(), 0
	}
	return x86asm.IntelSyntax(x, 0, nil), x.Len
}

// normal removes differences of style: the implied ST(0) operands, the size
// of memory operands, how a scale of 1 is written.
func normal(s string) string {
	for _, w := range []string{"byte ptr ", "word ptr ", "xmmword ptr ", "dword ptr ", "qword ptr ", "fword ptr ",
		"tbyte ptr ", "xmm", "ptr "} {
		if w != "xmm" {
			s = strings.ReplaceAll(s, w, "")
		}
	}
	return s
}
