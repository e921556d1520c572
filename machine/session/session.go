package session

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"strconv"
	"strings"

	"github.com/sirupsen/logrus"

	"rv86/machine"
	"rv86/machine/image"
)

// Options are the choices that make a session.
type Options struct {
	Arch     string  // "riscv64"
	Command  *string // shell commands to run; nil: an interactive console
	Kernel   string  // file; empty: the shipped kernel with its file system
	Initrd   string
	Firmware string
	Append   string // kernel command line
	Memory   uint64
	Modules  []string // host files that go to /lib/modules
	Files    []string // HOST[:GUEST]
	Drives   []string // FILE[,rw][,legacy]
	Guest    []GuestFile

	ImageDirs []string  // where shipped images may be, in order
	Console   io.Writer // takes the guest's output
	Epoch     uint64    // see machine.VirtConfig
	Log       *logrus.Logger
}

// commandKey is the kernel command line's parameter that tells the guest's init
// what to run; its value is a Go string literal.
const commandKey = "rv86.cmd="

// Open builds the machine. The returned function releases the host's files.
func Open(o Options) (*machine.Virt, func(), error) {
	boot, err := o.boot()
	if err != nil {
		return nil, nil, err
	}
	drives, closeAll, err := openDrives(o.Drives)
	if err != nil {
		return nil, nil, err
	}
	v, err := machine.NewVirt(machine.VirtConfig{
		Memory: o.Memory, Console: o.Console, Drives: drives, Boot: boot, Epoch: o.Epoch, Log: o.Log,
	})
	if err != nil {
		closeAll()
		return nil, nil, err
	}
	return v, closeAll, nil
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
	case o.Firmware == "":
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
	}
	if o.Firmware != "" {
		if b.Firmware, err = readImage(o.Firmware); err != nil {
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
		return nil, fileError("read", err)
	}
	if len(data) == 0 {
		return nil, fmt.Errorf("%s: the file is empty", name)
	}
	return &image.File{Name: name, Data: data}, nil
}

// fileError says what went wrong with which file, in the user's words.
func fileError(verb string, err error) error {
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
