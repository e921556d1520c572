package session

import (
	"errors"
	"fmt"
	"strings"

	"rv86/machine"
	"rv86/machine/dev/virtio"
)

// Names of the machines.
const (
	archI386    = "i386"    // the PC
	DefaultArch = "riscv64" // the "virt" board
)

// Archs are all there are.
var Archs = []string{DefaultArch, archI386}

// check refuses what the machine that was chosen cannot do.
func (o *Options) check() error {
	if o.Arch != archI386 {
		return nil
	}
	if o.Bios != "" && (o.Kernel != "" || o.Initrd != "" || o.Append != "" || o.Command != nil ||
		len(o.Module)+len(o.File)+len(o.Guest) > 0) {
		return errors.New("with --arch i386, --bios starts at the reset vector and finds its programs on a --drive: it cannot be combined with a kernel, an initial file system or commands")
	}
	if len(o.Drive) > 1 {
		return fmt.Errorf("%d drives are too many: the pc has one disk", len(o.Drive))
	}
	for _, d := range o.Drive {
		if _, opts := splitDrive(d); strings.Contains(strings.Join(opts, ","), optLegacy) {
			return fmt.Errorf("%s: ',%s' is about virtio disks, and the pc's disk is not one", d, optLegacy)
		}
	}
	return nil
}

// board builds the machine of the chosen architecture.
func (o *Options) board(boot machine.Boot, drives []machine.Drive) (*machine.Machine, error) {
	gpio, err := parseGPIO(o.GPIO)
	if err != nil {
		return nil, err
	}
	if o.Arch == archI386 {
		var disk virtio.Disk
		if len(drives) > 0 {
			disk = drives[0].Disk
		}
		p, err := machine.NewPC(machine.PCConfig{
			Memory: uint64(o.Memory), Console: o.Console, Disk: disk, GPIO: gpio, Boot: boot, Epoch: o.Epoch, Log: o.Log,
		})
		if err != nil {
			return nil, err
		}
		return &p.Machine, nil
	}
	v, err := machine.NewVirt(machine.VirtConfig{
		Memory: uint64(o.Memory), Console: o.Console, Drives: drives, GPIO: gpio, Boot: boot, Epoch: o.Epoch, Log: o.Log,
	})
	if err != nil {
		return nil, err
	}
	return &v.Machine, nil
}
