package machine

import (
	"bytes"
	"context"
	"encoding/binary"
	"fmt"
	"io"
	"os"
	"os/exec"
	"regexp"
	"strings"
	"testing"
	"time"

	"rv86/machine/asm"
	"rv86/machine/dev/virtio"
	"rv86/machine/image"
	"rv86/tests/lab"
)

const testMemory = 16 << 20

// newBoard loads an assembly program at the start of RAM.
func newBoard(t *testing.T, program string, edit func(*VirtConfig)) (*Virt, *bytes.Buffer) {
	t.Helper()
	code, err := asm.Assemble(program)
	if err != nil {
		t.Fatal(err)
	}
	out := &bytes.Buffer{}
	c := VirtConfig{Memory: testMemory, Console: out, Boot: Boot{Kernel: &image.File{Name: "program", Data: code}}}
	if edit != nil {
		edit(&c)
	}
	v, err := NewVirt(c)
	if err != nil {
		t.Fatal(err)
	}
	return v, out
}

// Pieces of guest programs. Addresses are those of QEMU's documentation of the
// virt board, not the model's constants.
const (
	uartBase = "li s0, 0x10000000\n"
	putA     = "li t0, 0x41\nsb t0, 0(s0)\n"

	powerOff7 = `
		li t0, 0x100000
		li t1, 0x73333
		sw t1, 0(t0)
	`
	spin = `
	forever:
		jal zero, forever
	`
	sleep = `
	forever:
		wfi
		jal zero, forever
	`
	// a handler that does not exist: mtvec points nowhere
	trapLoop = "ecall\n"
)

func TestOutcomes(t *testing.T) {
	for _, c := range []struct {
		name, program string
		cfg           RunConfig
		status        int
		reason        string
		out           string
	}{
		{"power-off", uartBase + putA + powerOff7, RunConfig{}, 7, "", "A"},
		{"pass", "li t0, 0x100000\nli t1, 0x5555\nsw t1, 0(t0)\n" + spin, RunConfig{}, 0, "", ""},
		{"panic", `
			li t0, 0x102000
			li t1, 0x6f
			sb t1, 0(t0)
			li t1, 0x68
			sb t1, 0(t0)
			li t0, 0x100000
			li t1, 0x653333     # status 101
			sw t1, 0(t0)
		` + spin, RunConfig{}, 101, "guest panic: oh", ""},
		{"status 101 without a reason", "li t0, 0x100000\nli t1, 0x653333\nsw t1, 0(t0)\n" + spin, RunConfig{}, 101, "", ""},
		{"trap loop", trapLoop, RunConfig{}, 102, "the machine can make no progress: trap loop: .*", ""},
		{"sleep for ever", sleep, RunConfig{}, 103, "the machine halted: it waits for an interrupt and nothing can raise one", ""},
		{"budget", spin, RunConfig{MaxInsns: 12345}, 124, `the budget of 12345 instructions is used up \(--max-insns\)`, ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			v, console := newBoard(t, c.program, nil)
			out := v.Run(t.Context(), c.cfg)
			if out.Status != c.status || !regexp.MustCompile("^(?:"+c.reason+")$").MatchString(out.Reason) || out.Err != nil {
				t.Errorf("outcome %+v, want status %d, reason %q", out, c.status, c.reason)
			}
			if console.String() != c.out {
				t.Errorf("console %q, want %q", console, c.out)
			}
			if c.cfg.MaxInsns != 0 && v.Executed() != c.cfg.MaxInsns {
				t.Errorf("%d instructions executed, budget %d", v.Executed(), c.cfg.MaxInsns)
			}
		})
	}
}

func TestTimeLimit(t *testing.T) {
	v, _ := newBoard(t, spin, nil)
	ctx, cancel := context.WithTimeoutCause(t.Context(), time.Millisecond, &Interrupt{Status: 124, Reason: "too long"})
	defer cancel()
	if out := v.Run(ctx, RunConfig{}); out.Status != 124 || out.Reason != "too long" {
		t.Errorf("outcome %+v", out)
	}
}

// The timer wakes a sleeping hart at the right slot, and the time in between
// costs nothing.
func TestTimerWakesAndTimeJumps(t *testing.T) {
	for _, c := range []struct{ name, program string }{
		{"clint", `
			li t0, 0x80         # mie.MTIE
			csrrw zero, mie, t0
			li t0, 0x2004000    # mtimecmp
			li t1, 20000000     # 2 s
			sd t1, 0(t0)
			wfi
			csrrs s1, time, zero
		`},
		{"sstc", `
			li t0, 0x20         # mie.STIE
			csrrw zero, mie, t0
			li t0, 1
			slli t0, t0, 63     # menvcfg.STCE
			csrrw zero, menvcfg, t0
			li t1, 20000000
			csrrw zero, stimecmp, t1
			wfi
			csrrs s1, time, zero
		`},
	} {
		t.Run(c.name, func(t *testing.T) {
			v, _ := newBoard(t, c.program+powerOff7+spin, nil)
			if out := v.Run(t.Context(), RunConfig{}); out.Status != 7 {
				t.Fatalf("outcome %+v", out)
			}
			if s1 := v.Hart().X(9); s1 != 20000000 {
				t.Errorf("woken at tick %d, want 20000000", s1)
			}
			if n := v.Executed(); n > 100 {
				t.Errorf("%d instructions executed", n)
			}
		})
	}
}

// echo reads the port with interrupts enabled at the source, sleeps without
// taking them, and sends back what it read until 'q'.
const echo = uartBase + `
	li t0, 1
	sb t0, 1(s0)        # IER: received data
	li s1, 0xc000000    # PLIC: source 10, context 0
	sw t0, 40(s1)
	li s2, 0xc002000
	li t0, 0x400
	sw t0, 0(s2)
	li t0, 0x800        # mie.MEIE
	csrrw zero, mie, t0
next:
	wfi
	lbu t1, 5(s0)
	andi t1, t1, 1
	beq t1, zero, next
	lbu a0, 0(s0)
	sb a0, 0(s0)
	li t1, 0x71
	bne a0, t1, next
` + powerOff7 + spin

// poll does the same without interrupts.
const poll = uartBase + `
next:
	lbu t1, 5(s0)
	andi t1, t1, 1
	beq t1, zero, next
	lbu a0, 0(s0)
	sb a0, 0(s0)
	li t1, 0x71
	bne a0, t1, next
` + powerOff7 + spin

// busy never sleeps and never polls: it takes the interrupt while it counts.
const busy = uartBase + `
	la t0, handler
	csrrw zero, mtvec, t0
	li t0, 1
	sb t0, 1(s0)
	li s1, 0xc000000
	sw t0, 40(s1)
	li s2, 0xc002000
	li t0, 0x400
	sw t0, 0(s2)
	li s3, 0xc200004
	li t0, 0x800
	csrrw zero, mie, t0
	csrrsi zero, mstatus, 8
count:
	addi a1, a1, 1
	jal zero, count
handler:
	lw t2, 0(s3)        # claim
	lbu a0, 0(s0)
	sb a0, 0(s0)
	sw t2, 0(s3)        # complete
	li t1, 0x71
	beq a0, t1, end
	mret
end:
` + powerOff7 + spin

func TestInput(t *testing.T) {
	for _, c := range []struct{ name, program string }{{"sleep", echo}, {"poll", poll}, {"busy", busy}} {
		t.Run(c.name, func(t *testing.T) {
			var insns uint64
			for i := range 2 {
				v, console := newBoard(t, c.program, nil)
				out := v.Run(t.Context(), RunConfig{
					Input:    NewInput(strings.NewReader("hello q"), true),
					MaxInsns: 2_000_000_000,
				})
				if out.Status != 7 || console.String() != "hello q" {
					t.Fatalf("outcome %+v, console %q", out, console)
				}
				if n := v.Core().Insns(); i > 0 && n != insns {
					t.Errorf("%d instructions, then %d: input came at another time", insns, n)
				} else {
					insns = n
				}
			}
		})
	}
}

// A run can be repeated to the instruction, whenever its input came.
func TestRepeatedInput(t *testing.T) {
	for _, c := range []struct{ name, program string }{{"sleep", echo}, {"poll", poll}, {"busy", busy}} {
		t.Run(c.name, func(t *testing.T) {
			in := NewInput(&slowReader{"hello q"}, false)
			v, console := newBoard(t, c.program, nil)
			var journal Journal
			v.Run(t.Context(), RunConfig{Input: in, MaxInsns: 2_000_000_000, Journal: &journal})
			again, ok := journal.Again()
			if !ok {
				t.Fatal("the input cannot be repeated")
			}
			v2, console2 := newBoard(t, c.program, nil)
			out := v2.Run(t.Context(), RunConfig{Journal: again, MaxInsns: 2_000_000_000})
			if out.Status != 7 || console2.String() != console.String() || v2.Core().Insns() != v.Core().Insns() {
				t.Errorf("outcome %+v, console %q after %d instructions; first %q after %d",
					out, console2, v2.Core().Insns(), console, v.Core().Insns())
			}
		})
	}
}

// At the end of input comes one Ctrl-D; a guest that goes on waiting halts.
func TestEndOfInput(t *testing.T) {
	v, console := newBoard(t, echo, nil)
	out := v.Run(t.Context(), RunConfig{Input: NewInput(strings.NewReader("ab"), true)})
	if out.Status != StatusHalted || console.String() != "ab\x04" {
		t.Errorf("outcome %+v, console %q", out, console)
	}
}

// slowReader gives its bytes after a delay, like a person or a slow program.
type slowReader struct{ text string }

func (r *slowReader) Read(p []byte) (int, error) {
	time.Sleep(20 * time.Millisecond)
	if r.text == "" {
		return 0, io.EOF
	}
	n := copy(p, r.text[:1])
	r.text = r.text[1:]
	return n, nil
}

func TestLiveInput(t *testing.T) {
	v, console := newBoard(t, echo, nil)
	out := v.Run(t.Context(), RunConfig{Input: NewInput(&slowReader{"abq"}, false), Realtime: true})
	if out.Status != 7 || console.String() != "abq" {
		t.Errorf("outcome %+v, console %q", out, console)
	}
	if ns := v.Core().Insns(); ns < uint64(60*time.Millisecond) {
		t.Errorf("60 ms passed outside, %d ns inside", ns)
	}
}

// A reset starts again with fresh images: the program counts starts in a word
// that is zero in the image of the first start only if it is not loaded again.
func TestReset(t *testing.T) {
	v, console := newBoard(t, uartBase+putA+`
		li t0, 0x80100000   # survives: not part of an image
		ld t1, 0(t0)
		addi t1, t1, 1
		sd t1, 0(t0)
		auipc t2, 0
		sw zero, 0(t2)      # damages the code
		li t3, 3
		beq t1, t3, end
		li t0, 0x100000
		li t1, 0x7777
		sw t1, 0(t0)
	stay:
		jal zero, stay
	end:
	`+powerOff7+spin, nil)
	if out := v.Run(t.Context(), RunConfig{MaxInsns: 10000}); out.Status != 7 || console.String() != "AAA" {
		t.Errorf("outcome %+v, console %q", out, console)
	}
}

// Registers and the information behind a2 at the first instruction.
func TestBootRegisters(t *testing.T) {
	v, _ := newBoard(t, powerOff7, nil)
	h := v.Hart()
	fdt := h.X(11)
	if h.PC() != 0x80000000 || h.X(10) != 0 || fdt%(2<<20) != 0 || fdt < 0x80000000+testMemory-(4<<20) {
		t.Errorf("pc %#x, a0 %#x, a1 %#x", h.PC(), h.X(10), fdt)
	}
	if b, ok := v.ram.Slice(fdt, 4); !ok || string(b) != "\xd0\x0d\xfe\xed" {
		t.Errorf("no device tree at a1: % x", b)
	}
	if magic, ok := v.bus.Load(h.X(12), 8); !ok || magic != 0x4942534f {
		t.Errorf("a2 points to %#x", magic)
	}
}

func TestFirmwareAndKernel(t *testing.T) {
	fw := []byte("firmware")
	kernel := []byte("kernel")
	v, _ := newBoard(t, "", func(c *VirtConfig) {
		c.Boot = Boot{
			Firmware: &image.File{Name: "fw", Data: fw}, Kernel: &image.File{Name: "k", Data: kernel},
			Initrd: []byte("initrd"), Bootargs: "console=ttyS0",
		}
	})
	for pa, want := range map[uint64]string{0x80000000: "firmware", 0x80200000: "kernel", 0x80200000 + testMemory/2: "initrd"} {
		if b, _ := v.ram.Slice(pa, uint64(len(want))); string(b) != want {
			t.Errorf("at %#x is %q, want %q", pa, b, want)
		}
	}
	if next, _ := v.bus.Load(v.Hart().X(12)+16, 8); next != 0x80200000 {
		t.Errorf("the firmware is told to start %#x", next)
	}
}

func TestBadConfigurations(t *testing.T) {
	big := make([]byte, testMemory)
	file := func(b []byte) *image.File { return &image.File{Name: "k", Data: b} }
	for _, c := range []struct {
		name string
		cfg  VirtConfig
		want string
	}{
		{"memory", VirtConfig{Memory: 4097}, "a memory of 4097 bytes is not possible"},
		{"nothing", VirtConfig{Memory: testMemory}, "there is nothing to start: give --kernel or --bios"},
		{"drives", VirtConfig{Memory: testMemory, Drives: make([]Drive, 7)}, "7 drives are too many"},
		{"large kernel", VirtConfig{Memory: testMemory, Boot: Boot{Kernel: file(append(big, 1))}}, "k: it wants memory at 0x80000000 to 0x81000001, but RAM is 0x80000000 to 0x81000000; give the guest more with --memory"},
		{"no room for the tree", VirtConfig{Memory: testMemory, Boot: Boot{Kernel: file(big)}}, "the images need memory up to 0x81000000"},
		{"overlap", VirtConfig{Memory: testMemory, Boot: Boot{
			Firmware: &image.File{Name: "fw", Data: elfAt(0x80001000)}, Kernel: &image.File{Name: "k", Data: elfAt(0x80001004)},
		}}, "fw and k want the same memory (at 0x80001004)"},
		{
			"no spare memory",
			VirtConfig{Memory: testMemory, Boot: Boot{Kernel: file(big[:testMemory/4]), Initrd: big[:testMemory/4], Spare: testMemory / 2}},
			"the kernel needs 8192 KiB of memory beside the images, and they leave 81",
		},
		{"large initrd", VirtConfig{Memory: testMemory, Boot: Boot{Kernel: file([]byte{1}), Initrd: big}}, "give the guest more with --memory"},
	} {
		if _, err := NewVirt(c.cfg); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v, want %q", c.name, err, c.want)
		}
	}
}

// A device that writes over code that has run must be seen by the processor.
func TestDMAIntoCode(t *testing.T) {
	v, _ := newBoard(t, `
	loop:
		addi a0, zero, 1
		jal zero, loop
	`, nil)
	v.Run(t.Context(), RunConfig{MaxInsns: 1000})
	code, err := asm.Assemble("addi a0, zero, 2")
	if err != nil || v.Hart().X(10) != 1 {
		t.Fatalf("a0 = %d, %v", v.Hart().X(10), err)
	}
	if !v.ram.Write(0x80000000, code) {
		t.Fatal("the write fails")
	}
	v.Run(t.Context(), RunConfig{MaxInsns: 2000})
	if a0 := v.Hart().X(10); a0 != 2 {
		t.Errorf("a0 = %d: the old code still runs", a0)
	}
}

// elfAt is an executable of eight bytes at an address.
func elfAt(addr uint64) []byte {
	const header, phdr = 64, 56
	b := make([]byte, header+phdr+8)
	copy(b, "\x7fELF\x02\x01\x01")
	le := binary.LittleEndian
	for off, v := range map[int]uint16{16: 2, 18: 243, 52: header, 54: phdr, 56: 1} { // type, machine, sizes, count
		le.PutUint16(b[off:], v)
	}
	le.PutUint64(b[24:], addr)
	le.PutUint64(b[32:], header)
	le.PutUint32(b[header:], 1)                                                    // PT_LOAD
	for off, v := range map[int]uint64{8: header + phdr, 24: addr, 32: 8, 40: 8} { // offset, paddr, sizes
		le.PutUint64(b[header+off:], v)
	}
	return b
}

// Two runs of one machine end in one state, and another machine in another.
func TestStateHash(t *testing.T) {
	hash := func(program string) string {
		v, _ := newBoard(t, program, nil)
		v.Run(t.Context(), RunConfig{MaxInsns: 1000})
		h, err := v.StateHash()
		if err != nil {
			t.Fatal(err)
		}
		return h
	}
	a, b := hash(echo), hash(echo)
	if a != b {
		t.Error("the same run gives two hashes")
	}
	if a == hash(poll) {
		t.Error("different runs give one hash")
	}
}

// memDisk is a disk of zeros.
type memDisk struct{ *bytes.Reader }

func (memDisk) WriteAt([]byte, int64) (int, error) { return 0, nil }
func (memDisk) ReadOnly() bool                     { return false }
func (memDisk) Sync() error                        { return nil }

var _ virtio.Disk = memDisk{}

func TestVirtIOSlots(t *testing.T) {
	v, _ := newBoard(t, spin, func(c *VirtConfig) {
		c.Drives = []Drive{{Disk: memDisk{bytes.NewReader(make([]byte, 4096))}, Legacy: true}}
	})
	for slot, want := range []struct{ version, id uint64 }{{1, 2}, {2, 0}, {2, 0}, {2, 0}, {2, 0}, {2, 0}, {2, 3}, {2, 4}} {
		base := 0x10001000 + uint64(slot)*0x1000
		version, _ := v.bus.Load(base+4, 4)
		id, _ := v.bus.Load(base+8, 4)
		if version != want.version || id != want.id {
			t.Errorf("slot %d: version %d, device %d, want %+v", slot, version, id, want)
		}
	}
}

// deviceNodes are what a guest finds its devices by.
var deviceNodes = []string{
	"test@100000", "rtc@101000", "clint@2000000", "plic@c000000", "serial@10000000",
	"virtio_mmio@10001000", "virtio_mmio@10008000",
}

// The tree says about each device what QEMU's says.
func TestDeviceTreeAgreesWithQEMU(t *testing.T) {
	lab.Tool(t, "dtc", "device-tree-compiler")
	lab.Tool(t, "qemu-system-riscv64", "qemu-system-misc")
	file := t.TempDir() + "/qemu.dtb"
	if out, err := exec.Command("qemu-system-riscv64", "-M", "virt,dumpdtb="+file, "-m", "16M", "-bios", "none", "-display", "none").CombinedOutput(); err != nil {
		t.Fatalf("qemu: %v\n%s", err, out)
	}
	blob, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	v, _ := newBoard(t, spin, nil)
	ours, theirs := decompile(t, v.deviceTree(chosen{})), decompile(t, blob)
	for _, node := range deviceNodes {
		for _, p := range []string{"compatible", "reg", "interrupts", "clock-frequency"} {
			if a, b := property(ours, node, p), property(theirs, node, p); a != b && b != "" {
				t.Errorf("%s of %s: ours %s, QEMU's %s", p, node, a, b)
			}
		}
	}
	if a, b := property(ours, "cpus", "timebase-frequency"), property(theirs, "cpus", "timebase-frequency"); a != b || a == "" {
		t.Errorf("timebase: ours %s, QEMU's %s", a, b)
	}
}

func decompile(t *testing.T, blob []byte) string {
	t.Helper()
	cmd := exec.Command("dtc", "-q", "-I", "dtb", "-O", "dts")
	cmd.Stdin = bytes.NewReader(blob)
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("dtc: %v", err)
	}
	return string(out)
}

// property finds the text of a property in a node without child nodes before it.
func property(source, node, name string) string {
	m := regexp.MustCompile(fmt.Sprintf(`(?s)\b%s \{([^{}]*)`, regexp.QuoteMeta(node))).FindStringSubmatch(source)
	if m == nil {
		return ""
	}
	p := regexp.MustCompile(`(?m)^\s*` + regexp.QuoteMeta(name) + ` = (.*);$`).FindStringSubmatch(m[1])
	if p == nil {
		return ""
	}
	return p[1]
}
