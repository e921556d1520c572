package depmod

import (
	"cmp"
	"slices"
	"strings"
)

// The lines of modules.dep that modules.order does not put in order, and all of
// modules.symbols, stand in the order of the hash tables they come from in
// kmod: by bucket, and within one by name. The function is Paul Hsieh's
// "SuperFastHash" (azillionmonkeys.com/qed/hash.html) with a seed of the length.

// Numbers of buckets.
const (
	moduleBuckets = 512
	symbolBuckets = 2048
)

// sortHashed puts items in the order of a hash table of their names.
func sortHashed[T any](items []T, buckets uint32, name func(T) string) {
	slices.SortStableFunc(items, func(a, b T) int {
		x, y := name(a), name(b)
		if c := cmp.Compare(superFastHash(x)%buckets, superFastHash(y)%buckets); c != 0 {
			return c
		}
		return strings.Compare(x, y)
	})
}

func superFastHash(key string) uint32 {
	half := func(i int) uint32 { return uint32(key[i]) | uint32(key[i+1])<<8 }
	h := uint32(len(key))
	for ; len(key) >= 4; key = key[4:] {
		h += half(0)
		h = h<<16 ^ half(2)<<11 ^ h
		h += h >> 11
	}
	// A last single byte is a signed char, as the compiler for amd64 has it.
	switch len(key) {
	case 3:
		h += half(0)
		h ^= h << 16
		h ^= uint32(int32(int8(key[2])) << 18)
		h += h >> 11
	case 2:
		h += half(0)
		h ^= h << 11
		h += h >> 17
	case 1:
		h += uint32(int32(int8(key[0])))
		h ^= h << 10
		h += h >> 1
	}
	h ^= h << 3
	h += h >> 5
	h ^= h << 4
	h += h >> 17
	h ^= h << 25
	h += h >> 6
	return h
}
