package session

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"

	"rv86/machine"
	"rv86/machine/image"
	"rv86/machine/vmfile"
)

// errWritable: a drive's contents are not part of a machine's state.
var errWritable = errors.New("the guest can write to a drive, whose contents would have to be saved, too: give it read-only")

// Header describes the machine for a file that it is saved to.
func (o *Options) Header(realtime bool) (vmfile.Header, error) {
	if slices.ContainsFunc(o.Drive, Writable) {
		return vmfile.Header{}, errWritable
	}
	h := vmfile.Header{
		Arch: o.Arch, Memory: uint64(o.Memory), Drives: o.Drive, Wires: o.GPIO,
		Realtime: realtime, MaxInsns: o.MaxInsns, Images: map[string]string{},
	}
	if o.Command != nil {
		h.Command = []string{*o.Command}
	}
	var err error
	if h.Files, err = o.hostFiles(); err != nil {
		return h, err
	}
	boot, err := o.boot()
	if err != nil {
		return h, err
	}
	sum := func(name string, b []byte) {
		h.Images[name] = Sum(b)
	}
	if boot.Firmware != nil {
		h.BIOS = uint64(len(boot.Firmware.Data))
		sum("firmware", boot.Firmware.Data)
	}
	if boot.Kernel != nil {
		sum("kernel", boot.Kernel.Data)
	}
	if len(boot.Initrd) > 0 {
		sum("initrd", boot.Initrd)
	}
	return h, nil
}

// maxBIOS bounds the ROM that a file can ask for.
const maxBIOS = 1 << 20

// Sum is an image's SHA-256 as Header has it.
func Sum(b []byte) string {
	d := sha256.Sum256(b)
	return hex.EncodeToString(d[:])
}

// OpenSaved builds a machine like the one that was saved, for its state to be
// loaded. It changes o to say what machine that is; o.Module may say where modules
// are now that the machine was given, and o.Lost is what was not found again.
func OpenSaved(o *Options, f *vmfile.File) (*machine.Machine, func(), error) {
	h := &f.Header
	if o.Kernel != "" || o.Initrd != "" || o.Append != "" || o.Bios != "" || o.Command != nil || len(o.File) > 0 {
		return nil, nil, errors.New("a saved machine has its kernel, files and commands in memory: they cannot be given again")
	}
	if err := o.findHostFiles(h.Files); err != nil {
		return nil, nil, err
	}
	if !slices.Contains(Archs, h.Arch) || h.BIOS > maxBIOS {
		return nil, nil, fmt.Errorf("the file is of a machine of kind %q", h.Arch)
	}
	o.Arch, o.Memory = h.Arch, Size(h.Memory)
	if len(o.Drive) == 0 {
		o.Drive = h.Drives
	}
	if len(o.GPIO) == 0 {
		o.GPIO = h.Wires
	}
	drives, closeAll, err := openDrives(o.Drive)
	if err != nil {
		return nil, nil, err
	}
	b := machine.Boot{Blank: true}
	if h.BIOS != 0 && h.Arch == archI386 {
		b.Firmware = &image.File{Name: "the saved BIOS", Data: make([]byte, h.BIOS)}
	}
	m, err := o.board(b, drives)
	if err != nil {
		closeAll()
		return nil, nil, err
	}
	return m, closeAll, nil
}

// Recording is a file that a run is being recorded to.
type Recording struct {
	name string
	file *os.File
	w    *vmfile.Writer
}

// Record begins a recording with the state of the machine that r is about to
// run.
func (o *Options) Record(name string, r *machine.Runner, realtime bool) (*Recording, error) {
	h, err := o.Header(realtime)
	if err != nil {
		return nil, fmt.Errorf("--record %s: %w", name, err)
	}
	f, err := os.Create(name)
	if err != nil {
		return nil, FileError("write", err)
	}
	w, err := vmfile.NewWriter(f, r, h)
	if err != nil {
		f.Close()
		return nil, errors.Join(fmt.Errorf("%s: %w", name, err), os.Remove(name))
	}
	return &Recording{name, f, w}, nil
}

// Finish ends a recording with what happened. A nil recording has nothing to do.
func (c *Recording) Finish(r *machine.Runner, out machine.Outcome) error {
	if c == nil {
		return nil
	}
	journal, complete := r.Journal().Again()
	hash, err := r.StateHash()
	if err == nil && !complete {
		err = errors.New("there was too much input to record")
	}
	if err == nil {
		err = c.w.Close(journal.Events(), &vmfile.Result{
			Known: journal.Known(), Slot: r.Core().Insns(), Status: out.Status, Reason: out.Reason, StateHash: hash,
		})
	}
	if e := c.file.Close(); err == nil {
		err = e
	}
	if err != nil {
		return fmt.Errorf("%s: the recording cannot be written: %w", c.name, err)
	}
	return nil
}

// ReadSaved reads a file that a machine was saved to.
func ReadSaved(name string) (*vmfile.File, error) {
	f, err := os.Open(name)
	if err != nil {
		return nil, FileError("read", err)
	}
	defer f.Close()
	v, err := vmfile.Read(io.Reader(f))
	if err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	return v, nil
}
