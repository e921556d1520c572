package kernelimg

import (
	"bytes"
	"debug/elf"
	"encoding/binary"
	"testing"
)

// TestCallFrame: the linker's call frames are as they were, and behind them the
// return stub has one.
func TestCallFrame(t *testing.T) {
	eachTarget(t, func(t *testing.T, target *Target, raw []byte) {
		im, f := build(t, target, raw)
		before, err := elf.NewFile(bytes.NewReader(raw))
		if err != nil {
			t.Fatal(err)
		}
		was, err := before.Section(debugFrames).Data()
		if err != nil {
			t.Fatal(err)
		}
		is, err := f.Section(debugFrames).Data()
		if err != nil {
			t.Fatal(err)
		}
		if !bytes.HasPrefix(is, was) || len(is) == len(was) {
			t.Fatalf("the call frames have %d bytes, and had %d; a prefix: %v", len(is), len(was), bytes.HasPrefix(is, was))
		}
		le := binary.LittleEndian
		cie := is[len(was):]
		fde := cie[4+le.Uint32(cie):]
		if id := le.Uint32(cie[4:]); id != cieID || cie[9] != 'S' {
			t.Errorf("there is no CIE of a signal's frame: %x", cie[:16])
		}
		if at := le.Uint32(fde[4:]); int(at) != len(was) || int(le.Uint32(fde))+4 != len(fde) {
			t.Errorf("the FDE is of the CIE at %#x, and has %d bytes of %d", at, le.Uint32(fde), len(fde))
		}
		low := uint64(le.Uint32(fde[8:]))
		if im.word == 8 {
			low = le.Uint64(fde[8:])
		}
		if low != im.set.Base-1 {
			t.Errorf("the FDE begins at %#x; the return stub is at %#x", low, im.set.Base)
		}
	})
}
