package rv64

import (
	"encoding/binary"
	"math/rand/v2"
	"strings"
	"testing"

	"golang.org/x/arch/riscv64/riscv64asm"
)

// TestAgainstXArch compares what decodes, and to which mnemonic, with
// golang.org/x/arch for random and for valid encodings. Differences that are
// known, and on whose side they lie, are listed in allowed.
func TestAgainstXArch(t *testing.T) {
	r := rand.New(rand.NewPCG(5, 6))
	bad := map[string]int{}
	check := func(raw uint32) {
		ours, _ := Disassemble(raw)
		mine, _, _ := strings.Cut(ours, " ")
		if strings.HasPrefix(mine, ".") {
			mine = ""
		}
		theirs := xarchName(raw)
		if mine == theirs || allowed(raw, mine, theirs) {
			return
		}
		key := mine + " / " + theirs
		if bad[key]++; bad[key] == 1 {
			t.Errorf("%#08x: ours %q, x/arch %q", raw, ours, theirs)
		}
	}
	for range 200_000 {
		check(r.Uint32() | 3)
	}
	for raw := range uint32(1 << 16) {
		if raw&3 != 3 {
			check(raw)
		}
	}
	for _, row := range rows {
		for range 500 {
			raw, err := row.Encode(randomOperands(r, row))
			if err != nil {
				t.Fatal(err)
			}
			check(raw)
		}
	}
}

// xarchName is x/arch's mnemonic in our spelling, "" where it does not decode.
// It decodes compressed instructions to what they stand for; the name is then
// that of the compressed form, which the Inst does not keep, so that only
// whether it decodes is compared.
func xarchName(raw uint32) string {
	var b [4]byte
	binary.LittleEndian.PutUint32(b[:], raw)
	in, err := riscv64asm.Decode(b[:])
	if err != nil {
		return ""
	}
	return strings.ToLower(in.Op.String())
}

// allowed is the list of known differences.
func allowed(raw uint32, mine, theirs string) bool {
	rm := raw >> 12 & 7
	switch {
	case mine == "" && rowByName(theirs) == nil:
		return true // an extension we do not have
	case mine == "" && raw&0x73 == 0x43 && (rm == 5 || rm == 6), mine == "" && raw&0x7f == 0x53 && (rm == 5 || rm == 6):
		return true // x/arch accepts the reserved rounding modes
	}
	return false
}
