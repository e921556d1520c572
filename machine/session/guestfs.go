package session

import (
	"path"
	"strconv"
	"strings"

	"github.com/u-root/u-root/pkg/cpio"
)

// GuestFS is what a debugger reads on the host of the guest's files: the kernel
// and what the initial file system holds.
type GuestFS struct {
	Kernel []byte
	files  map[string][]byte
	links  map[string]string // symbolic links, absolute
}

// ReadGuestFS reads the images that Open would load.
func ReadGuestFS(o Options) (*GuestFS, error) {
	b, err := o.boot()
	if err != nil {
		return nil, err
	}
	g := &GuestFS{files: map[string][]byte{}, links: map[string]string{}}
	if b.Kernel != nil {
		g.Kernel = b.Kernel.Data
	}
	g.unpack(b.Initrd)
	return g, nil
}

// File gives a file by its path in the guest.
func (g *GuestFS) File(name string) ([]byte, bool) {
	name = path.Clean("/" + name)
	const most = 8 // links to links
	for range most {
		to, ok := g.links[name]
		if !ok {
			break
		}
		name = to
	}
	b, ok := g.files[name]
	return b, ok
}

// Modules maps the kernel's names of the modules below /lib/modules to their
// paths.
func (g *GuestFS) Modules() map[string]string {
	out := map[string]string{}
	for p := range g.files {
		base, ok := strings.CutSuffix(path.Base(p), ".ko")
		name := strings.ReplaceAll(base, "-", "_")
		// Of two, the one that sorts first: no order of a map shows.
		if old, taken := out[name]; ok && strings.HasPrefix(p, modulesDir+"/") && (!taken || p < old) {
			out[name] = p
		}
	}
	return out
}

// Shape of a newc record (Linux, Documentation/driver-api/early-userspace/
// buffer-format.rst): a magic number and 13 fields of 8 hexadecimal digits, the
// name, the contents, each padded to a multiple of 4.
const (
	newcMagic  = "070701"
	newcHeader = 110
	newcField  = 8
	newcMode   = 1 // number of the field
	newcSize   = 6
	newcName   = 11 // the name's length
)

// unpack reads concatenated archives as far as they make sense; later files
// replace earlier ones.
func (g *GuestFS) unpack(b []byte) {
	for at := 0; at+newcHeader <= len(b); {
		if b[at] == 0 { // padding between archives
			at++
			continue
		}
		if string(b[at:at+len(newcMagic)]) != newcMagic {
			return
		}
		field := func(i int) int {
			s := b[at+len(newcMagic)+i*newcField:][:newcField]
			n, err := strconv.ParseUint(string(s), 16, 32)
			if err != nil {
				return len(b)
			}
			return int(n)
		}
		nameEnd := at + newcHeader + field(newcName)
		start := (nameEnd + 3) &^ 3
		end := start + field(newcSize)
		if end > len(b) || nameEnd > len(b) {
			return
		}
		name := path.Clean("/" + strings.TrimRight(string(b[at+newcHeader:nameEnd]), "\x00"))
		delete(g.links, name)
		switch field(newcMode) & int(cpio.S_IFMT) {
		case int(cpio.S_IFLNK):
			to := string(b[start:end])
			if !path.IsAbs(to) {
				to = path.Join(path.Dir(name), to)
			}
			g.links[name] = path.Clean(to)
		case int(cpio.S_IFREG):
			g.files[name] = b[start:end]
		}
		at = (end + 3) &^ 3
	}
}
