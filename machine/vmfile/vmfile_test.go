package vmfile

import (
	"bytes"
	"encoding/binary"
	"errors"
	"io"
	"testing"

	"github.com/klauspost/compress/zstd"

	"rv86/machine"
	"rv86/machine/asm"
	"rv86/machine/image"
)

const memory = 4 << 20

// count is a program that counts in memory, sets the timer and sleeps in between.
const count = `
	li s0, 0x80010000
	li s1, 0x2004000
	li t0, 0x80
	csrrw zero, mie, t0
loop:
	lw t0, 0(s0)
	addi t0, t0, 1
	sw t0, 0(s0)
	andi t1, t0, 0x3f
	bne t1, zero, loop
	csrrs t2, time, zero
	addi t2, t2, 100
	sd t2, 0(s1)
	wfi
	jal zero, loop
`

func newVirt(t testing.TB, blank bool) *machine.Runner {
	t.Helper()
	b := machine.Boot{Blank: blank}
	if !blank {
		code, err := asm.Assemble(count)
		if err != nil {
			t.Fatal(err)
		}
		b.Kernel = &image.File{Name: "count", Data: code}
	}
	v, err := machine.NewVirt(machine.VirtConfig{Memory: memory, Boot: b})
	if err != nil {
		t.Fatal(err)
	}
	return v.NewRunner(machine.RunConfig{})
}

// newPC boots a BIOS that increments a byte for ever.
func newPC(t testing.TB, blank bool) *machine.Runner {
	t.Helper()
	rom := bytes.Repeat([]byte{0xf4}, 64<<10)
	copy(rom[0xfff0:], []byte{0xfe, 0x06, 0x00, 0x05, 0xe9, 0xf9, 0xff}) // inc byte [0x500]; jmp to it
	b := machine.Boot{Firmware: &image.File{Name: "bios", Data: rom}, Blank: blank}
	if blank {
		b.Firmware = &image.File{Name: "bios", Data: make([]byte, len(rom))}
	}
	p, err := machine.NewPC(machine.PCConfig{Memory: memory, Boot: b})
	if err != nil {
		t.Fatal(err)
	}
	return p.NewRunner(machine.RunConfig{})
}

var makers = []struct {
	arch string
	new  func(testing.TB, bool) *machine.Runner
}{{"riscv64", newVirt}, {"i386", newPC}}

func run(t testing.TB, r *machine.Runner, to uint64) string {
	t.Helper()
	if p, out := r.Advance(t.Context(), machine.Goal{Slot: to}); p != machine.ReachedGoal {
		t.Fatalf("%v: %+v", p, out)
	}
	h, err := r.StateHash()
	if err != nil {
		t.Fatal(err)
	}
	return h
}

func TestRoundTrip(t *testing.T) {
	for _, mk := range makers {
		first := mk.new(t, false)
		here := run(t, first, 12_345)
		var file bytes.Buffer
		if err := Save(&file, first, Header{Arch: mk.arch, Memory: memory}); err != nil {
			t.Fatal(err)
		}
		there := run(t, first, 99_999)

		f, err := Read(&file)
		if err != nil {
			t.Fatal(err)
		}
		second := mk.new(t, true)
		if err := f.Load(second); err != nil {
			t.Fatal(err)
		}
		if got, _ := second.StateHash(); got != here {
			t.Errorf("%s: the state is %s; want %s", mk.arch, got, here)
		}
		if got := run(t, second, 99_999); got != there {
			t.Errorf("%s: the state is %s in the end; want %s", mk.arch, got, there)
		}
	}
}

func saved(t testing.TB, arch string, r *machine.Runner) []byte {
	t.Helper()
	var file bytes.Buffer
	if err := Save(&file, r, Header{Arch: arch, Memory: memory}); err != nil {
		t.Fatal(err)
	}
	return file.Bytes()
}

func TestDamagedFiles(t *testing.T) {
	good := saved(t, "riscv64", newVirt(t, false))
	for i := 0; i < len(good); i += 7 {
		bad := bytes.Clone(good)
		bad[i] ^= 0x10
		if _, err := Read(bytes.NewReader(bad)); err == nil {
			t.Errorf("a change of byte %d is not noticed", i)
		}
		if _, err := Read(bytes.NewReader(good[:i])); err == nil {
			t.Errorf("%d bytes of %d are enough", i, len(good))
		}
	}
	if _, err := Read(bytes.NewReader([]byte("#!/bin/sh\n"))); err == nil || err.Error() != "this is no saved machine" {
		t.Error(err)
	}
}

// TestWrongMachine: a file of another machine is refused, and changes nothing.
func TestWrongMachine(t *testing.T) {
	f, err := Read(bytes.NewReader(saved(t, "i386", newPC(t, false))))
	if err != nil {
		t.Fatal(err)
	}
	v := newVirt(t, false)
	before := run(t, v, 1000)
	if err := f.Load(v); err == nil {
		t.Fatal("a pc was loaded into a virt board")
	}
	if after, _ := v.StateHash(); after != before {
		t.Error("a file that was refused changed the machine")
	}
}

// plain is a file's compressed part, taken apart.
func plain(t testing.TB, file []byte) []byte {
	t.Helper()
	z, err := zstd.NewReader(bytes.NewReader(file[len(magic)+4 : len(file)-32]))
	if err != nil {
		t.Fatal(err)
	}
	defer z.Close()
	b, err := io.ReadAll(z)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// FuzzLoad loads files whose checksum is right and whose contents are not. The
// machine may then do anything but panic.
func FuzzLoad(f *testing.F) {
	for i, mk := range makers {
		r := mk.new(f, false)
		run(f, r, 5000)
		f.Add(byte(i), plain(f, saved(f, mk.arch, r)), uint32(0), uint64(0))
	}
	f.Fuzz(func(t *testing.T, which byte, b []byte, at uint32, v uint64) {
		if n := uint32(len(b)); n >= 8 {
			b = bytes.Clone(b)
			at %= n - 7
			binary.LittleEndian.PutUint64(b[at:], binary.LittleEndian.Uint64(b[at:])^v)
		}
		file, err := parsePlain(bytes.NewReader(b))
		if err != nil {
			if !errors.Is(err, errDamaged) {
				t.Fatal(err)
			}
			return
		}
		r := makers[int(which)%len(makers)].new(t, true)
		if file.Load(r) == nil {
			r.Advance(t.Context(), machine.Goal{Executed: r.Executed() + 2000, Slot: r.Core().Insns() + 1_000_000})
		}
	})
}
