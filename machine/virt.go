package machine

import (
	"fmt"
	"io"
	"math/rand/v2"
	"time"

	"github.com/sirupsen/logrus"

	"rv86/cpu/rv64"
	"rv86/machine/bus"
	"rv86/machine/dev/clint"
	"rv86/machine/dev/goldfish"
	"rv86/machine/dev/gpio"
	"rv86/machine/dev/paniclog"
	"rv86/machine/dev/plic"
	"rv86/machine/dev/power"
	"rv86/machine/dev/rom"
	"rv86/machine/dev/uart16550"
	"rv86/machine/dev/virtio"
)

// The virt board's address map (QEMU, hw/riscv/virt.c):
//
//	0x00001000  reset ROM: tables for the first program
//	0x00100000  power ("test finisher")
//	0x00101000  real-time clock             IRQ 11
//	0x00102000  panic log (rv86's own; absent on QEMU)
//	0x02000000  CLINT
//	0x0c000000  PLIC
//	0x10000000  16550                       IRQ 10
//	0x10001000  virtio-mmio, 8 slots        IRQ 1 to 8
//	0x10060000  GPIO (rv86's own place for it; absent on QEMU) IRQ 12
//	0x80000000  RAM
const (
	virtROM    = 0x00001000
	virtPower  = 0x00100000
	virtRTC    = 0x00101000
	virtPanic  = 0x00102000
	virtCLINT  = 0x02000000
	virtPLIC   = 0x0c000000
	virtUART   = 0x10000000
	virtVirtIO = 0x10001000
	virtGPIO   = 0x10060000
	virtRAM    = 0x80000000

	virtROMSize   = 0xf000
	virtPageSize  = 0x1000 // of the small windows
	virtCLINTSize = 0x10000
	virtPLICSize  = 0x600000
	virtUARTSize  = 0x100

	virtUARTIRQ   = 10
	virtRTCIRQ    = 11
	virtGPIOIRQ   = 12
	virtVirtIOIRQ = 1 // of slot 0

	// VirtSlots is the number of virtio slots. Disks take them from slot 0
	// upwards; the last two hold the console and the entropy source.
	VirtSlots      = 8
	slotConsole    = 6
	slotEntropy    = 7
	VirtMaxDisks   = slotConsole
	VirtMinMemory  = 1 << 20
	VirtMaxMemory  = 64 << 30
	virtTimebase   = 10_000_000 // Hz of mtime
	slotsPerSecond = uint64(time.Second)
	slotsPerTick   = slotsPerSecond / virtTimebase
)

// The hart's interrupt wires (Priv. spec 3.1.9).
const (
	irqMSI = 3
	irqMTI = 7
	irqSEI = 9
	irqMEI = 11
)

// virtEpoch is the date at which the real-time clock starts, so that a run
// does not depend on the day: 2026-01-01T00:00:00Z.
const virtEpoch = 1_767_225_600 * slotsPerSecond

// seed is the fixed seed of everything in the guest that should look random.
var seed = [32]byte([]byte("rv86: reproducible entropy, v1.0"))

// Drive is a disk on a virtio-mmio slot.
type Drive struct {
	Disk   virtio.Disk
	Legacy bool // offer the transport as it was before VIRTIO 1.0
}

// VirtConfig describes a virt board.
type VirtConfig struct {
	Memory  uint64    // bytes; a multiple of the page size
	Console io.Writer // takes the guest's output; nil drops it
	Drives  []Drive
	Boot    Boot
	GPIO    GPIO
	Epoch   uint64         // nanoseconds since 1970 at the start; 0 for a fixed date
	Log     *logrus.Logger // nil: nothing is logged
}

// Virt is QEMU's "virt" RISC-V board with one hart.
type Virt struct {
	Machine
	hart  *rv64.Hart
	clint *clint.Device
	rtc   *goldfish.RTC
	plic  *plic.Device
	uart  *uart16550.Device
	panic *paniclog.Device
	gpio  *gpio.Device
	rom   *rom.Device

	virtConsole *virtio.Console
	consoleSlot *virtio.Transport

	image bootImage
}

// NewVirt builds a board and loads what c.Boot names. Errors are sentences for
// the user.
func NewVirt(c VirtConfig) (*Virt, error) {
	if c.Memory%pageSize != 0 || c.Memory < VirtMinMemory || c.Memory > VirtMaxMemory {
		return nil, fmt.Errorf("a memory of %d bytes is not possible: it must be a multiple of 4 KiB between 1M and 64G", c.Memory)
	}
	if len(c.Drives) > VirtMaxDisks {
		return nil, fmt.Errorf("%d drives are too many: the board has room for %d", len(c.Drives), VirtMaxDisks)
	}
	if c.Log == nil {
		c.Log = logrus.New()
		c.Log.SetOutput(io.Discard)
	}
	if c.Epoch == 0 {
		c.Epoch = virtEpoch
	}
	memory, err := allocRAM(c.Memory)
	if err != nil {
		return nil, err
	}
	v := &Virt{}
	v.log = c.Log
	v.console.w = c.Console
	v.ram = ram{data: memory, base: virtRAM}
	v.hart = rv64.New(rv64.Config{
		RAM:     v.ram.data,
		RAMBase: virtRAM,
		Bus:     &v.bus,
		Time:    func() uint64 { return v.clint.MTime() },
	})
	v.core, v.ram.core = v.hart, v.hart
	v.images = v.image.state
	v.port, v.board, v.reason = v, v.start, func() string { return v.panic.Reason() }
	v.bus.Unmapped = v.logUnmapped
	v.place(c)

	if !c.Boot.Blank {
		if v.image, err = c.Boot.load(&v.ram, v.deviceTree); err != nil {
			return nil, err
		}
	}
	v.start()
	return v, nil
}

// place creates the devices and wires them.
func (v *Virt) place(c VirtConfig) {
	hartLine := func(irq uint) bus.Line {
		return func(level bool) { v.hart.SetIRQ(irq, level) }
	}
	window := func(base, size uint64, irq uint32) bus.Place {
		return bus.Place{Base: base, Size: size, IRQ: irq, Controller: phandlePLIC}
	}
	add := func(name string, d bus.Device, p bus.Place) {
		v.bus.Add(bus.Region{Name: name, Dev: d, Place: p})
	}

	v.plic = plic.New(
		plic.Context{Line: hartLine(irqMEI), CPU: phandleCPU, Cause: irqMEI},
		plic.Context{Line: hartLine(irqSEI), CPU: phandleCPU, Cause: irqSEI},
	)
	v.clint = clint.New(clint.Config{
		Ticks:   func() uint64 { return v.hart.Insns() / slotsPerTick },
		MSIP:    hartLine(irqMSI),
		MTIP:    hartLine(irqMTI),
		Changed: v.retime,
	})
	v.rtc = goldfish.New(goldfish.Config{
		IRQ: v.plic.Source(virtRTCIRQ), Now: v.hart.Insns, Epoch: c.Epoch, Changed: v.retime,
	})
	v.polls = pollWatch{m: &v.Machine}
	v.uart = uart16550.New(uart16550.Config{
		IRQ: v.plic.Source(virtUARTIRQ), Send: v.console.send, Polled: v.polls.polled,
	})
	v.panic = paniclog.New()
	v.gpio = c.GPIO.device(v.plic.Source(virtGPIOIRQ), v.hart.Insns, v.retime)
	v.rom = rom.New(nil)

	add("rom", v.rom, window(virtROM, virtROMSize, 0))
	add("power", power.New(power.Config{Exit: v.powerOff, Reset: v.restart}), window(virtPower, virtPageSize, 0))
	add("rtc", v.rtc, window(virtRTC, virtPageSize, virtRTCIRQ))
	add("panic", v.panic, window(virtPanic, virtPageSize, 0))
	add("clint", v.clint, bus.Place{Base: virtCLINT, Size: virtCLINTSize, Controller: phandleCPU})
	add("plic", v.plic, window(virtPLIC, virtPLICSize, 0))
	add("uart", v.uart, window(virtUART, virtUARTSize, virtUARTIRQ))
	add("gpio", v.gpio, window(virtGPIO, virtPageSize, virtGPIOIRQ))
	v.placeVirtIO(c.Drives, add, window)
	v.timers = []timer{clintTimer{v}, sstcTimer{v}, rtcTimer{v}, gpioTimer{v.gpio}}
}

func (v *Virt) placeVirtIO(drives []Drive, add func(string, bus.Device, bus.Place), window func(base, size uint64, irq uint32) bus.Place) {
	v.virtConsole = virtio.NewConsole(func(b []byte) {
		for _, c := range b {
			v.console.send(c)
		}
	})
	for i := range VirtSlots {
		irq := uint32(virtVirtIOIRQ + i)
		cfg := virtio.Config{IRQ: v.plic.Source(irq), Mem: &v.ram}
		switch {
		case i < len(drives):
			cfg.Dev = virtio.NewBlock(drives[i].Disk, fmt.Sprintf("rv86-disk%d", i))
			cfg.Legacy = drives[i].Legacy
		case i == slotConsole:
			cfg.Dev = v.virtConsole
		case i == slotEntropy:
			cfg.Dev = virtio.NewEntropy(rand.NewChaCha8(seed))
		}
		t := virtio.New(cfg)
		if i == slotConsole {
			v.consoleSlot = t
		}
		add("virtio", t, window(virtVirtIO+uint64(i)*virtPageSize, virtPageSize, irq))
	}
}

// start brings the processor to the state in which the reset ROM of QEMU's
// board leaves it, with the images in RAM.
func (v *Virt) start() {
	copySegments(v.image.segments, &v.ram)
	v.rom.Set(v.image.rom())
	v.hart.Reset(v.image.pc)
	for reg, val := range v.image.regs() {
		v.hart.SetX(reg, val)
	}
}

// The clock's users.
type (
	clintTimer struct{ *Virt }
	sstcTimer  struct{ *Virt }
	rtcTimer   struct{ *Virt }
)

// slotOf is the first slot at which the counter behind mtime has value t.
func slotOf(t uint64) uint64 {
	if t >= never/slotsPerTick {
		return never
	}
	return t * slotsPerTick
}

func (t clintTimer) deadline() uint64 {
	if d := t.clint.Deadline(); d != clint.Never {
		return slotOf(d)
	}
	return never
}
func (t clintTimer) tick() { t.clint.Tick() }

// The hart raises STIP itself; the loop only has to stop at the right slot.
func (t sstcTimer) deadline() uint64 {
	cmp := t.hart.TimerCompare()
	if cmp == never || cmp <= t.clint.MTime() {
		return never
	}
	return slotOf(t.clint.TicksAt(cmp))
}
func (t sstcTimer) tick() {}

func (t rtcTimer) deadline() uint64 { return t.rtc.Deadline() }
func (t rtcTimer) tick()            { t.rtc.Tick() }

// The serial port takes the console's input, or the virtio console if that is
// the one the guest listens to.

func (v *Virt) ready() bool {
	return v.uart.Listening() && v.room() || v.virtConsole.Listening(v.consoleSlot)
}

// room: one byte at a time, so that how the host cut its input into pieces
// cannot be seen.
func (v *Virt) room() bool {
	return v.uart.Empty() || v.virtConsole.Listening(v.consoleSlot)
}

func (v *Virt) activity() uint64 { return v.uart.Accesses() }

func (v *Virt) receive(b byte) {
	if !v.uart.Listening() && v.virtConsole.Listening(v.consoleSlot) {
		v.virtConsole.Receive(v.consoleSlot, b)
		return
	}
	v.uart.Receive(b)
}

// Hart is the board's processor.
func (v *Virt) Hart() *rv64.Hart { return v.hart }
