//go:build linux

package main

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"math/rand/v2"
	"os"
	"time"

	"rv86/kmod"
)

// lastStep are arguments that fail when everything else is done and no code of
// the module has run yet: whatever a damaged module's code does is its own
// fault, but up to here it is the loader's.
const lastStep = `x="`

// fuzz loads damaged modules: nothing may fault, and nothing may stay. Each half
// has damage of its own.
func fuzz(seed, half uint64, count, seconds int) error {
	rnd := rand.New(rand.NewPCG(seed, half))
	var bases [][]byte
	for _, name := range []string{"hello", "params", "dep-a", "dep-b", "initfail"} {
		b := file(name)
		bases = append(bases, bytes.Replace(b, []byte(kmod.ChecksumKey+"="), []byte("unchecked="), 1))
	}
	deadline := time.Now().Add(time.Duration(seconds) * time.Second)
	rounds := 0
	for ; rounds < count || time.Now().Before(deadline); rounds += count {
		if err := fuzzLoads(rnd, bases, count); err != nil {
			return fmt.Errorf("seed %d, half %d, round %d: %w", seed, half, rounds, err)
		}
	}
	log, err := os.ReadFile("/proc/sys/kernel/tainted")
	if err != nil {
		return err
	}
	const taintDie = 1 << 7
	var taint int
	if fmt.Sscan(string(log), &taint); taint&taintDie != 0 {
		return fmt.Errorf("there was an oops")
	}
	return nil
}

func fuzzLoads(rnd *rand.Rand, bases [][]byte, count int) error {
	for range count {
		b := bytes.Clone(bases[rnd.IntN(len(bases))])
		for range 1 + rnd.IntN(4) {
			b = mutate(rnd, b)
		}
		if e := load(b, lastStep); e == 0 {
			return fmt.Errorf("a module loaded in spite of its arguments")
		}
		if n := loaded(); n != 0 {
			return fmt.Errorf("%d modules are loaded", n)
		}
	}
	return nil
}

// mutate changes a file in one place.
func mutate(rnd *rand.Rand, b []byte) []byte {
	if len(b) <= 8 {
		return b
	}
	at := rnd.IntN(len(b) - 8)
	switch rnd.IntN(8) {
	case 0: // one bit
		b[at] ^= 1 << rnd.IntN(8)
	case 1: // one byte
		b[at] = byte(rnd.Uint32())
	case 2: // a number that is large, or just over something
		binary.LittleEndian.PutUint32(b[at&^3:], []uint32{0, 1, 0xffffffff, 0x80000000, 0x7fffffff, uint32(len(b)), 0xfff1, 0xfff2}[rnd.IntN(8)])
	case 3: // a number close to what was there
		v := binary.LittleEndian.Uint32(b[at&^3:])
		binary.LittleEndian.PutUint32(b[at&^3:], v+uint32(rnd.IntN(17))-8)
	case 4: // a piece from elsewhere
		n := 1 + rnd.IntN(min(64, len(b)-at))
		from := rnd.IntN(len(b) - n + 1)
		copy(b[at:at+n], bytes.Clone(b[from:from+n]))
	case 5: // zeros
		clear(b[at : at+1+rnd.IntN(min(32, len(b)-at))])
	case 6: // the end cut off, seldom
		if rnd.IntN(4) == 0 {
			b = b[:at]
		}
	default: // a section or symbol index
		binary.LittleEndian.PutUint16(b[at&^1:], uint16(rnd.IntN(64)))
	}
	return b
}
