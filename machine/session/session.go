package session

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"strconv"
	"strings"
	"time"

	"github.com/sirupsen/logrus"

	"rv86/machine"
	"rv86/machine/image"
)

// Flags are the choices that shape a machine and its run, as the command line
// has them (the tags are kong's). Golden scripts take the same ones.
type Flags struct {
	Arch     string        `help:"Machine to boot: ${enum}." enum:"riscv64,i386" default:"riscv64" placeholder:"ARCH"`
	Command  *string       `short:"c" help:"Run CMDS in the guest's shell, power off, and exit with its status." placeholder:"CMDS"`
	Kernel   string        `help:"Start this ELF file, Linux image or raw binary (i386: multiboot kernel) instead of the shipped kernel." placeholder:"FILE"`
	Initrd   string        `help:"Initial file system (cpio)." placeholder:"FILE"`
	Append   string        `help:"Kernel command line." placeholder:"TEXT"`
	Bios     string        `help:"Firmware that runs first, in machine mode (OpenSBI's fw_dynamic, U-Boot); i386: a BIOS ROM." placeholder:"FILE"`
	Memory   Size          `help:"Guest memory (${default})." default:"128M" placeholder:"SIZE"`
	Module   []string      `help:"Put a kernel module into the guest's /lib/modules, and a link to it where its name points from /. With --from: where a module is now that the saved machine was given. Repeatable." placeholder:"FILE.ko" sep:"none"`
	File     []string      `help:"Put a file into the guest, at its root or at GUEST. Repeatable." placeholder:"HOST[:GUEST]" sep:"none"`
	Drive    []string      `help:"A file as a virtio disk (i386: the ATA disk); read-only unless ',rw' follows. Repeatable." placeholder:"FILE[,rw][,legacy]" sep:"none"`
	GPIO     []string      `name:"gpio" help:"What is outside the GPIO pins: PIN=LEVEL@TIME sets one (17=1@2ms), FROM:TO wires two. Repeatable." placeholder:"SPEC" sep:"none"`
	Timeout  time.Duration `help:"Give up after this much host time (status 124)." placeholder:"30s"`
	MaxInsns uint64        `help:"Give up after this many instructions (status 124)." placeholder:"N"`
}

// Options make a session.
type Options struct {
	Flags
	Guest     []GuestFile // to be put into the guest, like --file
	ImageDirs []string    // where shipped images may be, in order
	Console   io.Writer   // takes the guest's output
	Epoch     uint64      // see machine.VirtConfig
	Spare     uint64      // what the shipped kernel needs of memory beside the images
	Log       *logrus.Logger
	// Lost are sentences about files of a saved machine that a debugger has to do
	// without; see OpenSaved.
	Lost []string
}

// commandKey is the kernel command line's parameter that tells the guest's init
// what to run; its value is a Go string literal.
const commandKey = "rv86.cmd="

// WithLimits returns a context that ends a run at the time limit.
func (f *Flags) WithLimits(ctx context.Context) (context.Context, context.CancelFunc) {
	if f.Timeout <= 0 {
		return ctx, func() {}
	}
	return context.WithTimeoutCause(ctx, f.Timeout, &machine.Interrupt{
		Status: machine.StatusBudget,
		Reason: fmt.Sprintf("the time limit of %v has passed (--timeout)", f.Timeout),
	})
}

// Open builds the machine. The returned function releases the host's files.
func Open(o Options) (*machine.Machine, func(), error) {
	if err := o.check(); err != nil {
		return nil, nil, err
	}
	boot, err := o.boot()
	if err != nil {
		return nil, nil, err
	}
	drives, closeAll, err := openDrives(o.Drive)
	if err != nil {
		return nil, nil, err
	}
	m, err := o.board(boot, drives)
	if err != nil {
		closeAll()
		return nil, nil, err
	}
	return m, closeAll, nil
}

// boot reads the images. A kernel or firmware of the user's own comes without
// the shipped file system, which would mean nothing to it.
func (o *Options) boot() (b machine.Boot, err error) {
	initrd := o.Initrd
	switch {
	case o.Kernel != "":
		if b.Kernel, err = readImage(o.Kernel); err != nil {
			return b, err
		}
	case o.Bios == "":
		dir, err := o.findImages()
		if err != nil {
			return b, err
		}
		if b.Kernel, err = readImage(join(dir, KernelFile)); err != nil {
			return b, err
		}
		if initrd == "" {
			initrd = join(dir, InitrdFile)
		}
		b.Spare = o.Spare
	}
	if o.Bios != "" {
		if b.Firmware, err = readImage(o.Bios); err != nil {
			return b, err
		}
	}
	if initrd != "" {
		f, err := readImage(initrd)
		if err != nil {
			return b, err
		}
		b.Initrd = f.Data
	}
	extra, err := o.guestFiles()
	if err != nil {
		return b, err
	}
	if b.Initrd, err = appendArchive(b.Initrd, extra); err != nil {
		return b, err
	}
	b.Bootargs, err = o.bootargs()
	return b, err
}

func (o *Options) bootargs() (string, error) {
	args := o.Append
	if o.Command != nil {
		args = strings.TrimLeft(args+" "+commandKey+strconv.Quote(*o.Command), " ")
	}
	if strings.IndexByte(args, 0) >= 0 {
		return "", errors.New("the kernel's command line cannot hold a NUL byte")
	}
	// Linux's limit on riscv is 1024; ours leaves room for a script in -c.
	const longest = 64 << 10
	if len(args) > longest {
		return "", fmt.Errorf("the commands and the kernel's command line together have %d bytes; the limit is %d (put the commands in a file and use --file)", len(args), longest)
	}
	return args, nil
}

func readImage(name string) (*image.File, error) {
	data, err := os.ReadFile(name)
	if err != nil {
		return nil, FileError("read", err)
	}
	if len(data) == 0 {
		return nil, fmt.Errorf("%s: the file is empty", name)
	}
	return &image.File{Name: name, Data: data}, nil
}

// FileError says what went wrong with which file, in the user's words.
func FileError(verb string, err error) error {
	var pe *fs.PathError
	if !errors.As(err, &pe) {
		return err
	}
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return fmt.Errorf("%s: there is no such file", pe.Path)
	case errors.Is(err, fs.ErrPermission):
		return fmt.Errorf("%s: no permission to %s it", pe.Path, verb)
	}
	return fmt.Errorf("%s: cannot %s it: %w", pe.Path, verb, pe.Err)
}
