package main

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/u-root/u-root/pkg/cpio"
)

// directories of the root file system, beyond those that hold files.
var directories = []struct {
	name string
	perm uint64
}{
	{"bin", 0o755},
	{"dev", 0o755},
	{"etc", 0o755},
	{"etc/" + modprobeDir, 0o755},
	{"lib", 0o755},
	{guestModules, 0o755},
	{versionDir, 0o755},
	{"mnt", 0o755},
	{"proc", 0o555},
	{"root", 0o700},
	{"run", 0o755},
	{"sys", 0o555},
	{"tmp", 0o1777},
	{"usr", 0o755},
	{"var", 0o755},
}

// links of the root file system, beyond one per command.
var links = []struct{ name, to string }{
	{"init", "bin/rvbox"},
	{"sbin", "bin"},
	{"usr/bin", "../bin"},
	{"usr/sbin", "../bin"},
	{versionDir + "/" + kernelDir, ".."},
}

const (
	// commandList names rvbox's commands, one a line. It is generated from
	// their table (userland/table), which the builder cannot import: the table
	// builds for Linux only, and images are built on any host.
	commandList = "images/initramfs/commands"
	etcDir      = "images/initramfs/etc"
	modulesDir  = "images/modules"
)

// initramfs packs the root file system into a cpio archive in newc form
// (Linux Documentation/driver-api/early-userspace/buffer-format.rst).
func (b *builder) initramfs() error {
	records, err := b.records()
	if err != nil {
		return err
	}
	archive, err := pack(records)
	if err != nil {
		return err
	}
	return replaceFile(filepath.Join(b.out, "initramfs.cpio"), archive)
}

func (b *builder) records() ([]cpio.Record, error) {
	var records []cpio.Record
	for _, d := range directories {
		records = append(records, cpio.Directory(d.name, d.perm))
	}
	for _, l := range links {
		records = append(records, cpio.Symlink(l.name, l.to))
	}
	rvbox, err := os.ReadFile(b.obj("rvbox"))
	if err != nil {
		return nil, err
	}
	records = append(records, cpio.StaticFile("bin/rvbox", string(rvbox), 0o755))
	names, err := os.ReadFile(filepath.Join(b.root, commandList))
	if err != nil {
		return nil, err
	}
	for name := range strings.FieldsSeq(string(names)) {
		if name != "init" { // process 1 only, and it is /init
			records = append(records, cpio.Symlink("bin/"+name, "rvbox"))
		}
	}
	etc, err := filesIn(filepath.Join(b.root, etcDir), "etc")
	if err != nil {
		return nil, err
	}
	modprobe, err := filesIn(filepath.Join(b.root, etcDir, modprobeDir), "etc/"+modprobeDir)
	if err != nil {
		return nil, err
	}
	modules, err := filesIn(filepath.Join(b.root, modulesDir, b.arch), guestModules)
	if err != nil && !errors.Is(err, os.ErrNotExist) {
		return nil, err
	}
	indexes, err := moduleIndexes(modules)
	if err != nil {
		return nil, err
	}
	return slices.Concat(records, etc, modprobe, modules, indexes), nil
}

// filesIn makes a record of every regular file of a directory.
func filesIn(dir, guestDir string) ([]cpio.Record, error) {
	entries, err := os.ReadDir(dir)
	if err != nil {
		return nil, err
	}
	var records []cpio.Record
	for _, entry := range entries {
		if !entry.Type().IsRegular() {
			continue
		}
		data, err := os.ReadFile(filepath.Join(dir, entry.Name()))
		if err != nil {
			return nil, err
		}
		records = append(records, cpio.StaticFile(guestDir+"/"+entry.Name(), string(data), 0o644))
	}
	return records, nil
}

const (
	anyExec    = 0o111
	newcHeader = 110 // bytes in front of a name
	pageSize   = 4096
)

// namePadding is what makes a program's contents begin on a page of memory, since
// the archive does: NULs behind the one that ends the name, which would be at end.
// The kernel then maps them where they are.
func namePadding(end int) string { return strings.Repeat("\x00", (pageSize-end%pageSize)%pageSize) }

// pack sorts the records, which puts every directory before what is in it, and
// fixes what would differ from host to host.
func pack(records []cpio.Record) ([]byte, error) {
	slices.SortFunc(records, func(a, b cpio.Record) int { return strings.Compare(a.Name, b.Name) })
	var out bytes.Buffer
	w := cpio.Newc.Writer(&out)
	for i, r := range records {
		if i > 0 && records[i-1].Name == r.Name {
			return nil, fmt.Errorf("two files are named /%s", r.Name)
		}
		r.Ino, r.NLink = uint64(i+1), 1
		r.MTime, r.UID, r.GID, r.Major, r.Minor = 0, 0, 0, 0, 0
		if r.Mode&anyExec != 0 && r.Mode&cpio.S_IFMT == cpio.S_IFREG {
			r.Name += namePadding(out.Len() + newcHeader + len(r.Name) + 1)
		}
		if err := w.WriteRecord(r); err != nil {
			return nil, fmt.Errorf("/%s: %w", r.Name, err)
		}
	}
	if err := cpio.WriteTrailer(w); err != nil {
		return nil, err
	}
	// Archives may follow one another at a multiple of four bytes.
	for out.Len()%4 != 0 {
		out.WriteByte(0)
	}
	return out.Bytes(), nil
}
