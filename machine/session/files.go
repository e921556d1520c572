package session

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"strings"

	"github.com/u-root/u-root/pkg/cpio"
)

// GuestFile is a file to add to the guest's file system.
type GuestFile struct {
	Path string // absolute, in the guest
	Mode uint64 // permission bits
	Data []byte
	Link string // if not empty, a symbolic link to there, and no file
}

const (
	modulesDir = "/lib/modules"
	// cpioAlign separates concatenated archives (Linux,
	// Documentation/driver-api/early-userspace/buffer-format.rst).
	cpioAlign = 4
)

// guestFiles collects --module, --file and Guest.
func (o *Options) guestFiles() ([]GuestFile, error) {
	out := append([]GuestFile(nil), o.Guest...)
	for _, m := range o.Module {
		f, err := readGuestFile(m, path.Join(modulesDir, filepath.Base(m)))
		if err != nil {
			return nil, err
		}
		out = append(out, f)
		if link := moduleLink(m, f.Path); link.Path != "" {
			out = append(out, link)
		}
	}
	for _, spec := range o.File {
		host, guest := splitFile(spec)
		f, err := readGuestFile(host, guest)
		if i := strings.LastIndexByte(host, ':'); err != nil && i > 0 && isFile(host[:i]) {
			err = fmt.Errorf("%s: the place in the guest must begin with /", spec)
		}
		if err != nil {
			return nil, err
		}
		out = append(out, f)
	}
	return out, nil
}

// moduleLink makes a module's file known in the guest by its name on the host,
// too, as seen from the root directory, where the guest's commands begin:
// `--module mine/F.ko -c 'insmod mine/F.ko'` finds it. No path: it needs none.
func moduleLink(host, guest string) GuestFile {
	name := path.Clean("/" + filepath.ToSlash(host))
	if filepath.VolumeName(host) != "" || name == guest {
		return GuestFile{}
	}
	return GuestFile{Path: name, Link: guest}
}

// splitFile takes HOST[:GUEST] apart. A guest path is absolute, which tells its
// colon from one in the host's path; without it the file goes to the root.
func splitFile(spec string) (host, guest string) {
	host = spec
	if i := strings.LastIndex(spec, ":/"); i > 0 {
		host, guest = spec[:i], spec[i+1:]
	}
	if guest == "" || strings.HasSuffix(guest, "/") {
		guest += "/" + filepath.Base(host)
	}
	return host, path.Clean(guest)
}

func isFile(name string) bool {
	info, err := os.Stat(name)
	return err == nil && info.Mode().IsRegular()
}

func readGuestFile(host, guest string) (GuestFile, error) {
	info, err := os.Stat(host)
	if err != nil {
		return GuestFile{}, FileError("read", err)
	}
	if !info.Mode().IsRegular() {
		return GuestFile{}, fmt.Errorf("%s: it is not a regular file", host)
	}
	data, err := os.ReadFile(host)
	if err != nil {
		return GuestFile{}, FileError("read", err)
	}
	return GuestFile{Path: guest, Mode: uint64(info.Mode().Perm()), Data: data}, nil
}

// appendArchive adds a cpio archive of files to an initial RAM disk; the kernel
// unpacks one after the other, and the last of two equal names wins.
func appendArchive(initrd []byte, files []GuestFile) ([]byte, error) {
	if len(files) == 0 {
		return initrd, nil
	}
	var buf bytes.Buffer
	w := cpio.Newc.Writer(&buf)
	made := map[string]bool{"": true}
	for _, f := range files {
		name := strings.TrimPrefix(path.Clean("/"+f.Path), "/")
		if name == "." || !fs.ValidPath(name) || strings.IndexByte(name, 0) >= 0 {
			return nil, fmt.Errorf("%q is not a path in the guest", f.Path)
		}
		if f.Link != "" {
			// Without its directories: the kernel makes those that are
			// missing, and the others keep their permissions.
			if err := cpio.WriteRecords(w, []cpio.Record{cpio.Symlink(name, f.Link)}); err != nil {
				return nil, err
			}
			continue
		}
		records := parents(name, made)
		records = append(records, cpio.StaticRecord(f.Data, cpio.Info{
			Name: name, Mode: cpio.S_IFREG | f.Mode, NLink: 1, FileSize: uint64(len(f.Data)),
		}))
		if err := cpio.WriteRecords(w, records); err != nil {
			return nil, err
		}
	}
	if err := cpio.WriteTrailer(w); err != nil {
		return nil, errors.New("cannot pack the files for the guest: " + err.Error())
	}
	out := append([]byte(nil), initrd...)
	for len(out)%cpioAlign != 0 {
		out = append(out, 0)
	}
	return append(out, buf.Bytes()...), nil
}

// parents are the records of the directories above name that made lacks.
func parents(name string, made map[string]bool) (out []cpio.Record) {
	for i, c := range name {
		if dir := name[:i]; c == '/' && !made[dir] {
			made[dir] = true
			out = append(out, cpio.Directory(dir, 0o755))
		}
	}
	return out
}
