package state

import "math/bits"

// TakeBits calls f with the number of each bit that is set, in rising order, and
// clears the set.
func TakeBits(set []uint64, f func(i int)) {
	for w, v := range set {
		for ; v != 0; v &= v - 1 {
			f(w*64 + bits.TrailingZeros64(v))
		}
		set[w] = 0
	}
}
