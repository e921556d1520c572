package sha2

import (
	"crypto/sha256"
	"crypto/sha512"
	"testing"
)

// TestAgainstStandardLibrary compares sums of every length up to some blocks, in
// one piece and in two.
func TestAgainstStandardLibrary(t *testing.T) {
	var data [4*block512 + 1]byte
	for i := range data {
		data[i] = byte(i*7 + i>>8)
	}
	for n := range data {
		whole, cut := data[:n], n*2/3
		if got, want := Sum256(whole), sha256.Sum256(whole); got != want {
			t.Fatalf("SHA-256 of %d bytes: %x, want %x", n, got, want)
		}
		if Sum256(whole[:cut], whole[cut:]) != Sum256(whole) {
			t.Fatalf("SHA-256 of %d and %d bytes differs", cut, n-cut)
		}
		if got, want := Sum512(whole), sha512.Sum512(whole); got != want {
			t.Fatalf("SHA-512 of %d bytes: %x, want %x", n, got, want)
		}
		if Sum512(whole[:cut], whole[cut:]) != Sum512(whole) {
			t.Fatalf("SHA-512 of %d and %d bytes differs", cut, n-cut)
		}
	}
}
