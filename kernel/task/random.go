//go:build riscv64 || 386

package task

import (
	"math/rand/v2"
	"sync"

	"rv86/kernel/nucleus"
)

// The kernel's random numbers: ChaCha8 seeded by the device tree, so that a
// machine with the same seed runs the same way.
var random = struct {
	sync.Mutex
	src *rand.ChaCha8
}{src: rand.NewChaCha8(func() [32]byte { s, _ := nucleus.Seed(); return s }())}

// FillRandom fills p (getrandom(2), AT_RANDOM, /dev/urandom).
func FillRandom(p []byte) {
	random.Lock()
	defer random.Unlock()
	random.src.Read(p)
}
