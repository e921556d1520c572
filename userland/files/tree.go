package files

import (
	"errors"
	"io"
	"os"
	"path/filepath"
	"syscall"

	"rv86/userland/box"
)

// modeMask are the bits of a mode that chmod(2) sets.
const modeMask = os.ModePerm | os.ModeSetuid | os.ModeSetgid | os.ModeSticky

// copier copies files and trees for cp, and for mv between file systems.
type copier struct {
	c         *box.Context
	recursive bool
	preserve  bool // mode, owner and times
	noFollow  bool // a symbolic link is copied as one
	verbose   bool
	failed    bool
}

func (cp *copier) errorf(format string, args ...any) {
	cp.c.Errorf(format, args...)
	cp.failed = true
}

// copy copies src to the name dst.
func (cp *copier) copy(src, dst string) {
	stat := os.Stat
	if cp.noFollow {
		stat = os.Lstat
	}
	info, err := stat(src)
	if err != nil {
		cp.errorf("cannot stat '%s': %s", src, box.Reason(err))
		return
	}
	if old, err := os.Stat(dst); err == nil && os.SameFile(info, old) {
		cp.errorf("'%s' and '%s' are the same file", src, dst)
		return
	}
	if cp.verbose {
		cp.c.Out.WriteString("'" + src + "' -> '" + dst + "'\n")
	}
	switch {
	case info.IsDir():
		cp.directory(src, dst, info)
		return
	case info.Mode()&os.ModeSymlink != 0:
		err = copyLink(src, dst)
	case info.Mode().IsRegular() || !cp.recursive:
		err = copyContents(src, dst, info.Mode().Perm())
	default:
		err = copyNode(dst, info)
	}
	if err != nil {
		cp.errorf("cannot copy '%s' to '%s': %s", src, dst, box.Reason(err))
		return
	}
	cp.keep(dst, info)
}

func (cp *copier) directory(src, dst string, info os.FileInfo) {
	if !cp.recursive {
		cp.errorf("-r not specified; omitting directory '%s'", src)
		return
	}
	// The list is read before the directory is made: dst may lie inside src.
	entries, err := os.ReadDir(src)
	if err != nil {
		cp.errorf("cannot access '%s': %s", src, box.Reason(err))
		return
	}
	if err := os.Mkdir(dst, info.Mode().Perm()|0o700); err != nil {
		if old, serr := os.Stat(dst); serr != nil || !old.IsDir() {
			cp.errorf("cannot create directory '%s': %s", dst, box.Reason(err))
			return
		}
	}
	for _, e := range entries {
		cp.copy(filepath.Join(src, e.Name()), filepath.Join(dst, e.Name()))
	}
	cp.keep(dst, info)
}

// keep gives dst the attributes of the original.
func (cp *copier) keep(dst string, info os.FileInfo) {
	if !cp.preserve || info.Mode()&os.ModeSymlink != 0 {
		return
	}
	if sys, ok := info.Sys().(*syscall.Stat_t); ok {
		os.Chown(dst, int(sys.Uid), int(sys.Gid)) // only root may; not an error for others
	}
	os.Chmod(dst, info.Mode()&modeMask)
	os.Chtimes(dst, info.ModTime(), info.ModTime())
}

func copyLink(src, dst string) error {
	target, err := os.Readlink(src)
	if err != nil {
		return err
	}
	os.Remove(dst)
	return os.Symlink(target, dst)
}

func copyContents(src, dst string, perm os.FileMode) error {
	in, err := os.Open(src)
	if err != nil {
		return err
	}
	defer in.Close()
	out, err := os.OpenFile(dst, os.O_WRONLY|os.O_CREATE|os.O_TRUNC, perm)
	if err != nil {
		return err
	}
	_, err = io.Copy(out, in)
	return errors.Join(err, out.Close())
}

// copyNode makes a device, FIFO or socket of the same kind.
func copyNode(dst string, info os.FileInfo) error {
	sys, ok := info.Sys().(*syscall.Stat_t)
	if !ok {
		return syscall.EOPNOTSUPP
	}
	os.Remove(dst)
	return syscall.Mknod(dst, sys.Mode, int(sys.Rdev))
}

// destinations pairs each source with the name it gets: inside the last
// operand when that is a directory, and the last operand itself otherwise.
func destinations(c *box.Context) (pairs [][2]string, status int) {
	if len(c.Args) == 0 {
		return nil, c.Misused("missing file operand")
	}
	if len(c.Args) == 1 {
		return nil, c.Misused("missing destination file operand after '%s'", c.Args[0])
	}
	sources, dst := c.Args[:len(c.Args)-1], c.Args[len(c.Args)-1]
	info, err := os.Stat(dst)
	if err != nil || !info.IsDir() {
		if len(sources) > 1 {
			if err == nil {
				err = syscall.ENOTDIR
			}
			return nil, c.Fail("target '%s': %s", dst, box.Reason(err))
		}
		return [][2]string{{sources[0], dst}}, box.OK
	}
	for _, src := range sources {
		pairs = append(pairs, [2]string{src, filepath.Join(dst, filepath.Base(src))})
	}
	return pairs, box.OK
}
