package i386

import (
	"encoding/binary"
	"testing"
)

// An exchange with the register that its address is made of writes to the old
// address.
func TestExchangeWithBase(t *testing.T) {
	const at, old = 0xb000, 7
	for _, test := range []struct {
		name, code string
		stored     uint32
	}{
		{"xchg [ecx], ecx", "8709 f4", at},
		{"lock xadd [ecx], ecx", "f00fc109 f4", at + old},
	} {
		for _, slow := range []bool{false, true} {
			c := sysMachine(t, test.code)
			c.noFast = slow
			c.r[ECX] = at
			binary.LittleEndian.PutUint32(c.ram[at:], old)
			c.Run(2)
			if got := binary.LittleEndian.Uint32(c.ram[at:]); got != test.stored || c.r[ECX] != old {
				t.Errorf("%s, slow %t: stored %#x, ECX %#x; want %#x and %#x", test.name, slow, got, c.r[ECX], test.stored, uint32(old))
			}
		}
	}
}
