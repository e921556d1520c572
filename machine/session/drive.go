package session

import (
	"fmt"
	"os"
	"slices"
	"strings"

	"rv86/machine"
	"rv86/machine/dev/virtio"
)

// fileDisk is a host file as a disk. Its size is fixed when it is opened.
type fileDisk struct {
	*os.File
	size     int64
	readOnly bool
}

func (d *fileDisk) Size() int64    { return d.size }
func (d *fileDisk) ReadOnly() bool { return d.readOnly }

// Options behind a drive's file name.
const (
	optWrite  = "rw"
	optLegacy = "legacy"
)

// openDrives opens the files of FILE[,rw][,legacy]. The returned function
// closes them.
func openDrives(specs []string) (drives []machine.Drive, closeAll func(), err error) {
	var files []*os.File
	closeAll = func() {
		for _, f := range files {
			f.Close()
		}
	}
	for _, spec := range specs {
		name, opts := splitDrive(spec)
		flag, d := os.O_RDONLY, machine.Drive{}
		for _, o := range opts {
			switch o {
			case optWrite:
				flag = os.O_RDWR
			case optLegacy:
				d.Legacy = true
			}
		}
		f, err := os.OpenFile(name, flag, 0)
		if err == nil {
			files = append(files, f)
			d.Disk, err = newFileDisk(f, flag == os.O_RDONLY)
		} else {
			err = FileError("open", err)
		}
		if err != nil {
			closeAll()
			return nil, nil, err
		}
		drives = append(drives, d)
	}
	return drives, closeAll, nil
}

// Writable says whether a value of --drive lets the guest write.
func Writable(spec string) bool {
	_, opts := splitDrive(spec)
	return slices.Contains(opts, optWrite)
}

// splitDrive takes known options off the end, so that a file name may hold a
// comma.
func splitDrive(spec string) (name string, opts []string) {
	name = spec
	for {
		i := strings.LastIndexByte(name, ',')
		if i < 0 || name[i+1:] != optWrite && name[i+1:] != optLegacy {
			return name, opts
		}
		name, opts = name[:i], append(opts, name[i+1:])
	}
}

func newFileDisk(f *os.File, readOnly bool) (virtio.Disk, error) {
	info, err := f.Stat()
	if err != nil {
		return nil, FileError("open", err)
	}
	if !info.Mode().IsRegular() {
		return nil, fmt.Errorf("%s: a drive must be a regular file", f.Name())
	}
	if info.Size() < virtio.SectorSize {
		return nil, fmt.Errorf("%s: a drive has at least one sector of %d bytes, the file has %d bytes", f.Name(), virtio.SectorSize, info.Size())
	}
	return &fileDisk{File: f, size: info.Size(), readOnly: readOnly}, nil
}
