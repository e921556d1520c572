package vm

import (
	"strconv"

	"rv86/kernel/vfs"
)

// Usage is what /proc/PID/stat* shows, in pages.
type Usage struct{ Size, Resident, Peak int }

// Usage counts the space's pages.
func (s *Space) Usage() Usage {
	s.mu.Lock()
	defer s.mu.Unlock()
	u := Usage{Resident: s.pages, Peak: s.peak}
	for _, a := range s.areas {
		u.Size += int((a.hi - a.lo) >> pageShift)
	}
	return u
}

// Maps renders /proc/PID/maps (proc_pid_maps(5)). path names an
// open file.
func (s *Space) Maps(path func(d *vfs.Description) string) []byte {
	s.mu.Lock()
	defer s.mu.Unlock()
	var b []byte
	for _, a := range s.areas {
		start := len(b)
		b = appendHex(b, uint64(a.lo), 8)
		b = append(b, '-')
		b = appendHex(b, uint64(a.hi), 8)
		b = append(b, ' ', flag(a.prot&ProtRead, 'r'), flag(a.prot&ProtWrite, 'w'), flag(a.prot&ProtExec, 'x'), 'p', ' ')
		if a.shared {
			b[len(b)-2] = 's'
		}
		name := a.name
		dev, ino, off := "00:00", uint64(0), uint64(0)
		if a.file != nil {
			name, ino, off = path(a.file), a.file.Inode().Ino(), uint64(a.off)
			dev = "00:01"
		}
		b = appendHex(b, off, 8)
		b = append(b, ' ')
		b = append(b, dev...)
		b = append(b, ' ')
		b = strconv.AppendUint(b, ino, 10)
		b = append(b, ' ')
		const nameColumn = 73
		for name != "" && len(b)-start < nameColumn {
			b = append(b, ' ')
		}
		b = append(b, name...)
		b = append(b, '\n')
	}
	return b
}

func flag(on Prot, c byte) byte {
	if on != 0 {
		return c
	}
	return '-'
}

func appendHex(b []byte, v uint64, width int) []byte {
	n := 1
	for x := v; x > 15; x >>= 4 {
		n++
	}
	for ; n < width; n++ {
		b = append(b, '0')
	}
	return strconv.AppendUint(b, v, 16)
}
