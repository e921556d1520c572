package machine

import (
	"fmt"
	"io"

	"github.com/sirupsen/logrus"

	"rv86/cpu/i386"
	"rv86/machine/bus"
	"rv86/machine/dev/ata"
	"rv86/machine/dev/cmos"
	"rv86/machine/dev/debugexit"
	"rv86/machine/dev/gpio"
	"rv86/machine/dev/i8042"
	"rv86/machine/dev/paniclog"
	"rv86/machine/dev/pic8259"
	"rv86/machine/dev/pit8254"
	"rv86/machine/dev/rom"
	"rv86/machine/dev/uart16550"
	"rv86/machine/dev/vga"
	"rv86/machine/dev/virtio"
	"rv86/machine/image"
)

// The pc board's I/O ports, as on every PC/AT and QEMU's "pc":
//
//	0x020 0x0a0  8259 pair; 0x4d0 its edge/level registers
//	0x040        8254, IRQ 0; 0x061 speaker
//	0x060        i8042, IRQ 1; 0x092 fast A20
//	0x070        CMOS and clock, IRQ 8
//	0x0f4        debug exit; 0x604 power management
//	0x0f8 0x0f9  panic log and exit (rv86's own; absent on QEMU)
//	0x1f0 0x3f6  ATA, IRQ 14
//	0x3c0        VGA; its text memory is at 0xb8000
//	0x3f8        16550, IRQ 4
const (
	portPICMaster = 0x20
	portPICSlave  = 0xa0
	portELCR      = 0x4d0
	portPIT       = 0x40
	portSpeaker   = 0x61
	portKeyboard  = 0x60
	portFastA20   = 0x92
	portCMOS      = 0x70
	portDebugExit = 0xf4
	portPanic     = 0xf8
	portExit      = 0xf9
	portPM1a      = 0x604
	portATA       = 0x1f0
	portATACtl    = 0x3f6
	portVGA       = 0x3c0
	portCOM1      = 0x3f8

	pcVGAText = 0xb8000
	pcGPIO    = 0xfe700000 // rv86's own place for it; absent on QEMU
	pcLowBIOS = 0x20000    // the part of the BIOS that also shows below 1 MiB

	pcPITIRQ      = 0
	pcKeyboardIRQ = 1
	pcUARTIRQ     = 4
	pcCMOSIRQ     = 8
	pcGPIOIRQ     = 10
	pcATAIRQ      = 14

	// PCMinMemory leaves room above the adapters.
	PCMinMemory = 2 << 20
	// PCMaxMemory: what lies above is the BIOS, and PCI on other PCs.
	PCMaxMemory = 3 << 30
	pcMaxBIOS   = 256 << 10
)

// PCConfig describes a pc board.
type PCConfig struct {
	Memory  uint64      // bytes; a multiple of the page size
	Console io.Writer   // takes the guest's output; nil drops it
	Disk    virtio.Disk // nil: no disk
	GPIO    GPIO
	Boot    Boot   // Firmware is a BIOS image; else Kernel is a multiboot kernel
	Epoch   uint64 // nanoseconds since 1970 at the start; 0 for a fixed date
	Log     *logrus.Logger
}

// PC is a PC/AT with one i686 processor.
type PC struct {
	Machine
	cpu   *i386.CPU
	ports ports
	pic   *pic8259.Pair
	pit   *pit8254.PIT
	rtc   *cmos.RTC
	uart  *uart16550.Device
	vga   *vga.Text
	panic *paniclog.Device
	gpio  *gpio.Device

	kernel *multiboot // nil: starts at the reset vector
	polls  pollWatch
}

// NewPC builds a board and loads what c.Boot names. Errors are sentences for
// the user.
func NewPC(c PCConfig) (*PC, error) {
	if c.Memory%pageSize != 0 || c.Memory < PCMinMemory || c.Memory > PCMaxMemory {
		return nil, fmt.Errorf("a memory of %d bytes is not possible: it must be a multiple of 4 KiB between 2M and 3G", c.Memory)
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
	p := &PC{}
	p.log, p.ports.log = c.Log, c.Log
	p.ioSpace = &p.ports.Map
	p.console.w = c.Console
	p.ram = ram{data: memory}
	p.cpu = i386.New(i386.Config{
		RAM: p.ram.data, Bus: &p.bus, Ports: &p.ports,
		Ack: func() uint8 { return p.pic.Acknowledge() },
	})
	p.core, p.ram.core = p.cpu, p.cpu
	p.port, p.board, p.reason = p, p.start, func() string { return p.panic.Reason() }
	p.bus.Unmapped = p.logUnmapped
	p.place(c)
	switch {
	case c.Boot.Firmware != nil:
		if err := p.placeBIOS(c.Boot.Firmware); err != nil {
			return nil, err
		}
	case c.Boot.Blank:
		p.kernel = &multiboot{}
	default:
		if p.kernel, err = loadMultiboot(c.Boot, c.Memory); err != nil {
			return nil, err
		}
	}
	p.images = p.stateImages
	p.start()
	return p, nil
}

// place creates the devices and wires them.
func (p *PC) place(c PCConfig) {
	add := func(name string, port, n uint64, d bus.Device) {
		p.ports.Add(bus.Region{Name: name, Place: bus.Place{Base: port, Size: n}, Dev: d})
	}
	p.pic = pic8259.New(p.cpu.SetINTR)
	p.pit = pit8254.New(pit8254.Config{IRQ: p.pic.Source(pcPITIRQ), Now: p.cpu.Insns, Changed: p.retime})
	p.rtc = cmos.New(cmos.Config{
		IRQ: p.pic.Source(pcCMOSIRQ), Now: p.cpu.Insns, Epoch: c.Epoch, Memory: c.Memory, Changed: p.retime,
	})
	p.polls = pollWatch{m: &p.Machine}
	p.uart = uart16550.New(uart16550.Config{
		IRQ: p.pic.Source(pcUARTIRQ), Send: p.console.send, Polled: p.polls.polled,
	})
	keyboard := i8042.New(i8042.Config{IRQ: p.pic.Source(pcKeyboardIRQ), A20: p.cpu.SetA20, Reset: p.restart})
	p.vga = vga.New()
	p.screen = p.vga.Screen
	p.panic = paniclog.New()
	p.gpio = c.GPIO.device(p.pic.Source(pcGPIOIRQ), p.cpu.Insns, p.retime)
	disk := ata.New(p.pic.Source(pcATAIRQ), c.Disk, "rv86-disk0")

	add("pic0", portPICMaster, 2, p.pic.Master())
	add("pic1", portPICSlave, 2, p.pic.Slave())
	add("elcr", portELCR, 2, p.pic.ELCR())
	add("pit", portPIT, 4, p.pit)
	add("keyboard", portKeyboard, 1, keyboard)
	add("speaker", portSpeaker, 1, p.pit.Speaker())
	add("keyboard-command", portKeyboard+4, 1, i8042Command{keyboard})
	add("fast-a20", portFastA20, 1, keyboard.Fast())
	add("cmos", portCMOS, 2, p.rtc)
	add("debug-exit", portDebugExit, 4, debugexit.Debug(p.powerOff))
	add("panic", portPanic, 1, p.panic)
	add("exit", portExit, 1, debugexit.Exit(p.powerOff))
	add("pm1a", portPM1a, 2, debugexit.PM1a(p.powerOff))
	add("ata", portATA, 8, disk)
	add("ata-control", portATACtl, 1, disk.Control())
	add("vga", portVGA, 0x20, p.vga.Registers())
	add("uart", portCOM1, 8, p.uart)
	p.bus.Add(bus.Region{Name: "vga-text", Place: bus.Place{Base: pcVGAText, Size: vga.MemorySize}, Dev: p.vga})
	p.bus.Add(bus.Region{Name: "gpio", Place: bus.Place{Base: pcGPIO, Size: pageSize}, Dev: p.gpio})
	p.timers = []timer{pitTimer{p}, cmosTimer{p}, gpioTimer{p.gpio}}
}

// i8042Command moves the controller's second port to where the speaker leaves
// a gap between the two.
type i8042Command struct{ *i8042.Device }

// Load reads the status.
func (k i8042Command) Load(_ uint64, size int) (uint64, bool) {
	return k.Device.Load(i8042.OffCommand, size)
}

// Store gives a command.
func (k i8042Command) Store(_ uint64, size int, v uint64) bool {
	return k.Device.Store(i8042.OffCommand, size, v)
}

// placeBIOS puts a ROM at the end of the address space, where the reset vector
// is, and its end again below 1 MiB.
func (p *PC) placeBIOS(f *image.File) error {
	n := uint64(len(f.Data))
	if n == 0 || n > pcMaxBIOS || n%pageSize != 0 {
		return fmt.Errorf("%s: a BIOS image has a multiple of 4 KiB, at most 256 KiB; this file has %d bytes", f.Name, n)
	}
	low := f.Data[n-min(n, pcLowBIOS):]
	p.bus.Add(bus.Region{Name: "bios", Place: bus.Place{Base: 1<<32 - n, Size: n}, Dev: rom.New(f.Data)})
	p.bus.Add(bus.Region{Name: "bios-low", Place: bus.Place{Base: pcExtended - uint64(len(low)), Size: uint64(len(low))}, Dev: rom.New(low)})
	return nil
}

// start brings the processor to the reset vector, or to a multiboot kernel's
// entry in the state the specification asks for (3.2).
func (p *PC) start() {
	p.ports.Reset()
	if p.kernel == nil {
		p.cpu.Reset()
		return
	}
	copySegments(p.kernel.segments, &p.ram)
	p.cpu.EnterFlat(p.kernel.entry, multibootEAX, multibootInfo)
}

// CPU is the board's processor.
func (p *PC) CPU() *i386.CPU { return p.cpu }

// The clock's users.
type (
	pitTimer  struct{ *PC }
	cmosTimer struct{ *PC }
)

func (t pitTimer) deadline() uint64  { return t.pit.Deadline() }
func (t pitTimer) tick()             { t.pit.Tick() }
func (t cmosTimer) deadline() uint64 { return t.rtc.Deadline() }
func (t cmosTimer) tick()            { t.rtc.Tick() }

// The serial port takes the console's input.

func (p *PC) ready() bool      { return p.uart.Listening() && p.room() }
func (p *PC) room() bool       { return p.uart.Empty() }
func (p *PC) activity() uint64 { return p.uart.Accesses() }
func (p *PC) receive(b byte)   { p.uart.Receive(b) }
