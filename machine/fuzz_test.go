package machine

import (
	"bytes"
	"encoding/binary"
	"testing"

	"rv86/machine/image"
)

// fuzzOp is how many bytes of fuzz input make one access.
const fuzzOp = 12

// FuzzDevices makes any sequence of accesses to the devices, with rings and
// requests in RAM that are part of the input: no guest may bring the host down,
// whatever it writes where.
func FuzzDevices(f *testing.F) {
	// A block device that is started with its rings in the input, and notified.
	const blk, storeWord = 7, 0x80 | 2
	op := func(region, kind byte, off uint16, v uint64) []byte {
		b := []byte{region, kind, byte(off), byte(off >> 8)}
		return binary.LittleEndian.AppendUint64(b, v)
	}
	f.Add(bytes.Join([][]byte{
		op(blk, storeWord, 0x38, 8), op(blk, storeWord, 0x80, 0x80000100), op(blk, storeWord, 0x90, 0x80000000),
		op(blk, storeWord, 0xa0, 0x80000200), op(blk, storeWord, 0x44, 1), op(blk, storeWord, 0x70, 15),
		op(blk, storeWord, 0x50, 0),
	}, nil))
	f.Add([]byte("power off and on again, and again"))
	f.Fuzz(func(t *testing.T, data []byte) {
		ram := data[:min(len(data), 4096)]
		if len(ram) == 0 {
			return
		}
		v, err := NewVirt(VirtConfig{
			Memory: VirtMinMemory * 4,
			Boot:   Boot{Kernel: &image.File{Name: "fuzz", Data: append([]byte("....raw image..."), ram...)}},
			Drives: []Drive{
				{Disk: memDisk{bytes.NewReader(make([]byte, 4096))}},
				{Disk: memDisk{bytes.NewReader(make([]byte, 4096))}, Legacy: true},
			},
		})
		if err != nil {
			t.Fatal(err)
		}
		regions := v.Regions()
		for ; len(data) >= fuzzOp; data = data[fuzzOp:] {
			r := regions[int(data[0])%len(regions)]
			size := 1 << (data[1] & 3)
			off := uint64(binary.LittleEndian.Uint16(data[2:]))
			if r.Name == "plic" && data[1]&0x40 != 0 {
				off += 0x200000 // the contexts' registers
			}
			pa := r.Base + off%r.Size
			if data[1]&0x80 != 0 {
				v.bus.Store(pa, size, binary.LittleEndian.Uint64(data[4:]))
			} else if val, ok := v.bus.Load(pa, size); ok && size < 8 && val>>(8*size) != 0 {
				t.Errorf("a load of %d bytes at %#x gives %#x", size, pa, val)
			}
			v.tick()
			v.receive(data[1])
		}
		if _, err := v.StateHash(); err != nil {
			t.Error(err)
		}
		v.NewRunner(RunConfig{}).restartNow()
	})
}
