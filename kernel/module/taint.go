package module

import (
	"math/bits"
	"strings"
)

// Bits of the kernel's taint mask (Linux include/linux/panic.h).
const (
	TaintProprietary = 0
	TaintForced      = 1
	TaintForcedRmmod = 3
	TaintDie         = 7
	TaintWarn        = 9
	TaintCrap        = 10 // staging
	TaintOutOfTree   = 12
	TaintUnsigned    = 13
	TaintTest        = 18
)

// taintLetters are shown where the bit is set, in the order of the bits. Bit 0
// shows G where it is clear. (Linux kernel/panic.c, taint_flags.)
const taintLetters = "PFSRMBUDAWCIOELKXTN"

// Taint gives the mask, for /proc/sys/kernel/tainted.
func (k *Kernel) Taint() uint {
	k.mu.Lock()
	defer k.mu.Unlock()
	return k.taint
}

func (k *Kernel) setTaint(bit uint) {
	k.mu.Lock()
	k.taint |= 1 << bit
	k.mu.Unlock()
}

// tainted is the column of an oops report: "Not tainted", or "Tainted: G O ..."
// with a space for every clear bit.
func tainted(mask uint) string {
	if mask == 0 {
		return "Not tainted"
	}
	b := []byte("Tainted: " + strings.Repeat(" ", len(taintLetters)))
	at := len("Tainted: ")
	b[at] = 'G'
	for i := range len(taintLetters) {
		if mask>>i&1 != 0 {
			b[at+i] = taintLetters[i]
		}
	}
	return string(b)
}

// letters are the letters of the set bits.
func letters(mask uint) string {
	return string(appendLetters(nil, mask))
}

func appendLetters(b []byte, mask uint) []byte {
	for ; mask != 0; mask &= mask - 1 {
		if bit := bits.TrailingZeros(mask); bit < len(taintLetters) {
			b = append(b, taintLetters[bit])
		}
	}
	return b
}
