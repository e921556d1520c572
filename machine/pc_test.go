package machine

import (
	"bytes"
	"context"
	"encoding/binary"
	"strings"
	"testing"

	"rv86/machine/image"
)

// multibootKernel wraps code for 0x100000 in a file with a multiboot header
// that gives its addresses (no ELF).
func multibootKernel(code []byte) []byte {
	const magic, flags, load = 0x1badb002, 1<<16 | 2, 0x100000
	sum := uint32(magic + flags)
	var b []byte
	for _, v := range []uint32{magic, flags, -sum, load, load, 0, load + 0x2000, load + 32} {
		b = binary.LittleEndian.AppendUint32(b, v)
	}
	return append(b, code...)
}

// say is code that writes text to COM1: mov dx, 0x3f8; then mov al, c; out.
func say(text string) []byte {
	code := []byte{0x66, 0xba, 0xf8, 0x03}
	for _, c := range []byte(text) {
		code = append(code, 0xb0, c, 0xee)
	}
	return code
}

// exit is code that ends the machine: mov al, n; out 0xf9, al.
func exit(n byte) []byte { return []byte{0xb0, n, 0xe6, 0xf9} }

func join(parts ...[]byte) []byte { return bytes.Join(parts, nil) }

func bootMultiboot(t *testing.T, code []byte) (string, Outcome, *PC) {
	t.Helper()
	var out bytes.Buffer
	p, err := NewPC(PCConfig{
		Memory: 4 << 20, Console: &out,
		Boot: Boot{
			Kernel:   &image.File{Name: "kernel", Data: multibootKernel(code)},
			Initrd:   []byte("the initial file system"),
			Bootargs: "one two",
		},
	})
	if err != nil {
		t.Fatal(err)
	}
	o := p.Run(context.Background(), RunConfig{MaxInsns: 10_000_000})
	return out.String(), o, p
}

func TestMultiboot(t *testing.T) {
	// cmp eax, 0x2badb002; jne to the second exit
	magic := []byte{0x3d, 0x02, 0xb0, 0xad, 0x2b, 0x75, 0x00}
	good := join(say("ok\n"), exit(7))
	magic[6] = byte(len(good))
	out, o, p := bootMultiboot(t, join(magic, good, exit(1)))
	if out != "ok\n" || o.Status != 7 || o.Reason != "" {
		t.Fatalf("printed %q, ended with %+v", out, o)
	}
	// The information, as the specification lays it out.
	le := binary.LittleEndian
	info := p.ram.data[p.cpu.Reg(3):] // EBX
	if got := le.Uint32(info); got&(1<<0|1<<2|1<<3|1<<6) != 1<<0|1<<2|1<<3|1<<6 {
		t.Errorf("flags %#x lack memory, command line, modules or map", got)
	}
	text := func(addr uint32) string {
		s, _, _ := strings.Cut(string(p.ram.data[addr:addr+64]), "\x00")
		return s
	}
	if got := text(le.Uint32(info[16:])); got != "kernel one two" {
		t.Errorf("command line %q", got)
	}
	mod := p.ram.data[le.Uint32(info[24:]):]
	start, end := le.Uint32(mod), le.Uint32(mod[4:])
	if got := string(p.ram.data[start:end]); got != "the initial file system" || start%4096 != 0 {
		t.Errorf("module at %#x holds %q", start, got)
	}
	var usable uint64
	m := p.ram.data[le.Uint32(info[48:]):][:le.Uint32(info[44:])]
	for len(m) > 0 {
		if le.Uint32(m[20:]) == 1 {
			usable += le.Uint64(m[12:])
		}
		m = m[le.Uint32(m)+4:]
	}
	if want := uint64(4<<20 - 1<<20 + 0x9fc00); usable != want {
		t.Errorf("the map has %#x usable bytes, want %#x", usable, want)
	}
}

func TestPCPowerOff(t *testing.T) {
	for _, c := range []struct {
		name string
		code []byte
		want int
	}{
		{"debug exit", []byte{0xb0, 0x15, 0xe6, 0xf4}, 43},
		{"soft off", []byte{0x66, 0xba, 0x04, 0x06, 0x66, 0xb8, 0x00, 0x20, 0x66, 0xef}, 0},
	} {
		if _, o, _ := bootMultiboot(t, c.code); o.Status != c.want || o.Reason != "" {
			t.Errorf("%s: ended with %+v, want status %d", c.name, o, c.want)
		}
	}
}

func TestPCPanic(t *testing.T) {
	var code []byte
	for _, c := range []byte("boom") {
		code = append(code, 0xb0, c, 0xe6, 0xf8)
	}
	if _, o, _ := bootMultiboot(t, join(code, exit(StatusPanic))); o.Reason != "guest panic: boom" {
		t.Errorf("ended with %+v", o)
	}
}

func TestTripleFaultAndHalt(t *testing.T) {
	// lidt of an empty table, then ud2; and cli, hlt.
	_, o, _ := bootMultiboot(t, []byte{0x0f, 0x01, 0x1d, 0x00, 0x20, 0x10, 0x00, 0x0f, 0x0b})
	if o.Status != StatusFault || !strings.Contains(o.Reason, "triple fault") {
		t.Errorf("triple fault: ended with %+v", o)
	}
	if _, o, _ = bootMultiboot(t, []byte{0xfa, 0xf4}); o.Status != StatusHalted {
		t.Errorf("hlt without interrupts: ended with %+v", o)
	}
}

// TestTimerInterrupt waits for IRQ 0 from the 8254 through the 8259 in
// protected mode: hlt returns once the handler has run.
func TestTimerInterrupt(t *testing.T) {
	const base = 0x100020
	var code []byte
	emit := func(b ...byte) { code = append(code, b...) }
	out := func(port, v byte) { emit(0xb0, v, 0xe6, port) }
	for _, w := range [][2]byte{{0x20, 0x11}, {0x21, 0x20}, {0x21, 4}, {0x21, 1}, {0x21, 0xfe}} {
		out(w[0], w[1])
	}
	out(0x43, 0x34)
	out(0x40, 0xa9) // 1193: a millisecond
	out(0x40, 0x04)
	lgdt := len(code) + 3
	emit(0x0f, 0x01, 0x15, 0, 0, 0, 0) // lgdt
	lidt := len(code) + 3
	emit(0x0f, 0x01, 0x1d, 0, 0, 0, 0)                   // lidt
	emit(0xbc, 0x00, 0x00, 0x20, 0x00)                   // mov esp, 0x200000
	emit(0xfb, 0xf4)                                     // sti; hlt
	code = append(code, join(say("tick\n"), exit(0))...) // after the handler's iret
	handler := base + len(code)
	emit(0x50, 0xb0, 0x20, 0xe6, 0x20, 0x58, 0xcf) // push eax; EOI; pop eax; iret
	for len(code)%8 != 0 {
		emit(0x90)
	}
	le := binary.LittleEndian
	gdt := base + len(code)
	for _, d := range []uint64{0, 0x00cf9a000000ffff, 0x00cf92000000ffff} {
		code = le.AppendUint64(code, d)
	}
	idt := base + len(code)
	code = append(code, make([]byte, 0x20*8)...)
	code = le.AppendUint64(code, uint64(handler&0xffff)|8<<16|0x8e<<40|uint64(handler>>16)<<48)
	pointer := func(at int, limit uint16, table int) {
		le.PutUint32(code[at:], uint32(base+len(code)))
		code = le.AppendUint16(code, limit)
		code = le.AppendUint32(code, uint32(table))
	}
	pointer(lgdt, 23, gdt)
	pointer(lidt, 0x21*8-1, idt)
	text, o, p := bootMultiboot(t, code)
	if text != "tick\n" || o.Status != 0 {
		t.Fatalf("printed %q, ended with %+v", text, o)
	}
	if now := p.cpu.Insns(); now < 900_000 || now > 1_100_000 {
		t.Errorf("the tick came at %d ns, want about 1 ms", now)
	}
}

// TestBIOS starts at the reset vector in real mode.
func TestBIOS(t *testing.T) {
	rom := bytes.Repeat([]byte{0xf4}, 64<<10)
	copy(rom, join(
		[]byte{0xba, 0xf8, 0x03}, // mov dx, 0x3f8 (16 bits)
		[]byte{0xb0, 'r', 0xee, 0xb0, '\n', 0xee},
		exit(3),
	))
	copy(rom[0xfff0:], []byte{0xea, 0x00, 0x00, 0x00, 0xf0}) // jmp 0xf000:0
	var out bytes.Buffer
	p, err := NewPC(PCConfig{Memory: 4 << 20, Console: &out, Boot: Boot{Firmware: &image.File{Name: "bios", Data: rom}}})
	if err != nil {
		t.Fatal(err)
	}
	if o := p.Run(context.Background(), RunConfig{MaxInsns: 1000}); out.String() != "r\n" || o.Status != 3 {
		t.Errorf("printed %q, ended with %+v", out.String(), o)
	}
}

func TestBadPCs(t *testing.T) {
	elf64 := append([]byte("\x7fELF\x02\x01\x01"), make([]byte, 100)...)
	for _, c := range []struct {
		name string
		cfg  PCConfig
		want string
	}{
		{"no kernel", PCConfig{Memory: 4 << 20}, "there is nothing to start"},
		{"memory", PCConfig{Memory: 5000}, "a memory of 5000 bytes is not possible"},
		{"no header", PCConfig{Memory: 4 << 20, Boot: Boot{Kernel: &image.File{Name: "k", Data: elf64}}}, "k: it has no multiboot header"},
		{"too big", PCConfig{Memory: 2 << 20, Boot: Boot{
			Kernel: &image.File{Name: "k", Data: multibootKernel(nil)}, Initrd: make([]byte, 2<<20),
		}}, "the initial file system needs memory up to"},
		{"bios", PCConfig{Memory: 4 << 20, Boot: Boot{Firmware: &image.File{Name: "b", Data: make([]byte, 100)}}}, "b: a BIOS image has a multiple of 4 KiB"},
	} {
		if _, err := NewPC(c.cfg); err == nil || !strings.HasPrefix(err.Error(), c.want) {
			t.Errorf("%s: %v, want %q", c.name, err, c.want)
		}
	}
}
