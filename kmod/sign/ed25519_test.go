package sign

import (
	"bytes"
	"crypto/ed25519"
	"math/rand/v2"
	"testing"
)

// TestAgainstStandardLibrary signs and verifies with both, also what was changed
// by one bit.
func TestAgainstStandardLibrary(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	random := func(n int) []byte {
		b := make([]byte, n)
		for i := range b {
			b[i] = byte(r.Uint32())
		}
		return b
	}
	for i := range 50 {
		seed, message := random(seedSize), random(i*7)
		key := ed25519.NewKeyFromSeed(seed)
		public := key.Public().(ed25519.PublicKey)
		if !bytes.Equal(publicOf(seed), public) {
			t.Fatalf("seed %x: public key %x, want %x", seed, publicOf(seed), public)
		}
		sig := signature(seed, message)
		if !bytes.Equal(sig, ed25519.Sign(key, message)) {
			t.Fatalf("seed %x: another signature", seed)
		}
		if !verify(public, message, sig) {
			t.Fatalf("seed %x: a right signature is refused", seed)
		}
		for _, b := range [][]byte{sig, public} {
			bit := r.IntN(8 * len(b))
			b[bit/8] ^= 1 << (bit % 8)
			if got, want := verify(public, message, sig), ed25519.Verify(public, message, sig); got != want {
				t.Errorf("seed %x, bit %d changed: %v, want %v", seed, bit, got, want)
			}
			b[bit/8] ^= 1 << (bit % 8)
		}
	}
	if verify(publicOf(random(seedSize)), nil, nil) {
		t.Error("an empty signature is accepted")
	}
}
