package vfs

import (
	"bytes"
	"compress/gzip"
	"errors"
	"fmt"
	"io"
	"strings"

	"rv86/kernel/abi"
)

// A cpio archive in "newc" format (Linux Documentation/driver-api/early-
// userspace/buffer-format.rst) is a sequence of
//
//	magic     "070701", or "070702" with a checksum
//	13 fields of 8 hexadecimal digits:
//	          ino mode uid gid nlink mtime filesize devmajor devminor
//	          rdevmajor rdevminor namesize check
//	name      namesize bytes with the NUL, then zeros up to a multiple of 4
//	contents  filesize bytes, then zeros up to a multiple of 4
//
// that ends with the name "TRAILER!!!". An initramfs is any number of such
// archives, each plain or gzip-compressed, with zeros between them.
const (
	cpioMagic      = "070701"
	cpioMagicCRC   = "070702"
	cpioHeaderSize = 6 + 13*8
	cpioTrailer    = "TRAILER!!!"
	cpioAlign      = 4
	gzipMagic      = "\x1f\x8b"
)

// The fields' places in a header.
const (
	cpioIno = iota
	cpioMode
	cpioUID
	cpioGID
	cpioNlink
	cpioMtime
	cpioFilesize
	cpioDevMajor
	cpioDevMinor
	cpioRdevMajor
	cpioRdevMinor
	cpioNamesize
	cpioCheck
	cpioFields
)

// hexDigit is the value of a hexadecimal digit, or notHex: the headers are read
// on the way to every boot's first program.
var hexDigit [256]byte

// notHex is above every digit's value, and stays so when digits are or-ed in.
const notHex = 0x10

func init() {
	for i := range hexDigit {
		hexDigit[i] = notHex
	}
	for i, c := range "0123456789abcdef" {
		hexDigit[c] = byte(i)
	}
	for i, c := range "ABCDEF" {
		hexDigit[c] = byte(10 + i)
	}
}

// CpioError says what is wrong with an initramfs, and where.
type CpioError struct {
	Offset int    // of the entry, in its (uncompressed) image
	Name   string // of the entry, if that far
	Why    string
}

func (e *CpioError) Error() string {
	if e.Name != "" {
		return fmt.Sprintf("initramfs: %s (offset %d): %s", e.Name, e.Offset, e.Why)
	}
	return fmt.Sprintf("initramfs: offset %d: %s", e.Offset, e.Why)
}

// unpacker carries what the entries of one image have in common.
type unpacker struct {
	c     *Caller
	image []byte
	off   int
	// links finds the first name of a file that has several; cleared at each
	// archive's end.
	links map[[3]uint32]*Inode
	// dir is the directory of the last entry, and at where it is; an archive
	// names many files of one directory in turn. It is forgotten when an entry
	// takes another's place.
	dir string
	at  Path
	// dirTimes are set last, since filling a directory changes its time.
	dirTimes []dirTime
}

type dirTime struct {
	in    *Inode
	mtime int64
}

// Unpack fills the root file system from an initramfs. Contents are used in
// place: image must stay, and must not change. Entries that were unpacked
// before an error stay.
func (ns *Namespace) Unpack(image []byte) error {
	fs := ns.NewFSContext()
	defer fs.Drop()
	fs.SetUmask(0)
	return unpack(&Caller{FS: fs}, image, 0)
}

// maxNesting bounds gzip within gzip.
const maxNesting = 2

func unpack(c *Caller, image []byte, depth int) error {
	u := &unpacker{c: c, image: image, links: map[[3]uint32]*Inode{}}
	defer u.setDirTimes()
	for {
		for u.off < len(image) && image[u.off] == 0 {
			u.off++
		}
		rest := image[u.off:]
		switch {
		case len(rest) == 0:
			return nil
		case bytes.HasPrefix(rest, []byte(gzipMagic)) && depth < maxNesting:
			n, err := u.gunzip(rest, depth)
			if err != nil {
				return err
			}
			u.off += n
		default:
			if err := u.entry(); err != nil {
				return err
			}
		}
	}
}

// gunzip unpacks one gzip member and returns its compressed length.
func (u *unpacker) gunzip(data []byte, depth int) (int, error) {
	r := bytes.NewReader(data)
	z, err := gzip.NewReader(r)
	if err != nil {
		return 0, &CpioError{Offset: u.off, Why: "bad gzip header: " + err.Error()}
	}
	z.Multistream(false)
	var limited io.Reader = z
	limit := u.c.FS.ns.cfg.MemLimit
	if limit != 0 {
		limited = io.LimitReader(z, limit+1)
	}
	image, err := io.ReadAll(limited)
	switch {
	case err != nil && errors.Is(err, io.ErrUnexpectedEOF):
		return 0, &CpioError{Offset: u.off, Why: "the gzip data is cut short"}
	case err != nil:
		return 0, &CpioError{Offset: u.off, Why: "bad gzip data: " + err.Error()}
	case limit != 0 && int64(len(image)) > limit:
		return 0, &CpioError{Offset: u.off, Why: "uncompressed, it does not fit in memory"}
	}
	if err := unpack(u.c, image, depth+1); err != nil {
		return 0, err
	}
	return len(data) - r.Len(), nil
}

func (u *unpacker) setDirTimes() {
	for _, d := range u.dirTimes {
		d.in.mu.Lock()
		d.in.mtime = abi.Timespec{Sec: d.mtime}
		d.in.mu.Unlock()
	}
}

// header is a decoded header with what belongs to it.
type cpioEntry struct {
	f    [cpioFields]uint32
	name string
	data []byte
	next int // offset of the next entry
}

// parse decodes the entry at u.off.
func (u *unpacker) parse() (h cpioEntry, why string) {
	b := u.image[u.off:]
	if len(b) < cpioHeaderSize {
		return h, "the header is cut short"
	}
	if m := string(b[:6]); m != cpioMagic && m != cpioMagicCRC {
		return h, `bad magic: not a cpio archive in "newc" format`
	}
	for i := range h.f {
		v, bad := uint32(0), byte(0)
		for _, c := range b[6+i*8 : 14+i*8] {
			d := hexDigit[c]
			bad |= d
			v = v<<4 | uint32(d)
		}
		if bad >= notHex {
			return h, "a header field is not hexadecimal"
		}
		h.f[i] = v
	}
	size := int64(h.f[cpioNamesize])
	if size == 0 || size > abi.PATH_MAX {
		return h, "the name has no sensible length"
	}
	start := alignUp(int64(cpioHeaderSize) + size)
	if start > int64(len(b)) {
		return h, "the name is cut short"
	}
	name := b[cpioHeaderSize : cpioHeaderSize+size]
	if name[size-1] != 0 {
		return h, "the name does not end in NUL"
	}
	h.name = string(name[:bytes.IndexByte(name, 0)])
	end := start + int64(h.f[cpioFilesize])
	if end > int64(len(b)) {
		return h, "the contents are cut short"
	}
	h.data = b[start:end:end]
	// The padding after the last entry of all may be missing.
	h.next = u.off + int(min(alignUp(end), int64(len(b))))
	return h, ""
}

// alignUp is relative to the entry's start, which is itself aligned: the
// zeros before an archive are skipped byte by byte, so an archive that starts
// unaligned is padded as its writer saw it.
func alignUp(n int64) int64 { return (n + cpioAlign - 1) &^ (cpioAlign - 1) }

// entry unpacks the entry at u.off and moves past it.
func (u *unpacker) entry() error {
	h, why := u.parse()
	if why != "" {
		return &CpioError{Offset: u.off, Name: h.name, Why: why}
	}
	if h.name == cpioTrailer {
		clear(u.links)
	} else if e := u.place(&h); e != 0 {
		return &CpioError{Offset: u.off, Name: h.name, Why: e.Error()}
	}
	u.off = h.next
	return nil
}

// place makes the entry in the tree. What an earlier archive left under the
// name is replaced, except that a directory stays and takes the new attributes
// (Linux init/initramfs.c, clean_path).
func (u *unpacker) place(h *cpioEntry) abi.Errno {
	ns := u.c.FS.ns
	ns.tree.Lock()
	defer ns.tree.Unlock()
	r, e := u.walkMaking(h.name)
	if e == 0 {
		e = r.late
	}
	if e != 0 {
		return e
	}
	mode := h.f[cpioMode] & (abi.S_IFMT | abi.S_IALLUGO)
	if r.child.Dent != nil && (r.kind != lastName || r.child.Dent.inode.isDir()) {
		if mode&abi.S_IFMT != abi.S_IFDIR {
			return abi.EISDIR
		}
		u.dress(r.child.Dent.inode, h)
		return 0
	}
	if r.child.Dent != nil {
		u.dir = ""
		r.child.Dent.remove()
		r.child.Dent.inode.unlink(1)
	}
	key := [3]uint32{h.f[cpioDevMajor], h.f[cpioDevMinor], h.f[cpioIno]}
	linked := h.f[cpioNlink] > 1 && mode&abi.S_IFMT != abi.S_IFDIR
	if first := u.links[key]; linked && first != nil {
		if e := u.c.mayChange(r.parent); e != 0 {
			return e
		}
		first.link()
		r.parent.Dent.add(r.name, first)
		// The contents may come with any one of the names; GNU cpio gives
		// them with the last.
		if m, ok := first.body.(*memFile); ok && len(h.data) > 0 {
			m.base, m.size = h.data, int64(len(h.data))
		}
		u.dress(first, h)
		return 0
	}
	mk, e := cpioBody(mode, h.data)
	if e != 0 {
		return e
	}
	d, e := u.c.create(r.parent, r.name, mode, abi.MakeDev(h.f[cpioRdevMajor], h.f[cpioRdevMinor]), mk)
	if e != 0 {
		return e
	}
	u.dress(d.inode, h)
	if linked {
		u.links[key] = d.inode
	}
	return 0
}

func cpioBody(mode uint32, data []byte) (newBody, abi.Errno) {
	switch mode & abi.S_IFMT {
	case abi.S_IFREG:
		return newInPlace(data), 0
	case abi.S_IFDIR:
		return newMemDir, 0
	case abi.S_IFLNK:
		if len(data) == 0 || len(data) >= abi.PATH_MAX || bytes.IndexByte(data, 0) >= 0 {
			return nil, abi.EINVAL
		}
		return newSymlink(string(data)), 0
	case abi.S_IFCHR, abi.S_IFBLK:
		return newDevice, 0
	case abi.S_IFIFO:
		return newFifo, 0
	case abi.S_IFSOCK:
		return newSocketName, 0
	}
	return nil, abi.EINVAL
}

// walkMaking walks to name, making directories that are missing on the way
// (an archive made by hand often leaves them out).
func (u *unpacker) walkMaking(name string) (walkResult, abi.Errno) {
	slash := strings.LastIndexByte(name, '/')
	hasDir := slash > 0 && slash+1 < len(name)
	if hasDir && name[:slash] == u.dir {
		return u.c.walk(u.at, name[slash+1:], lastAsIs)
	}
	at := u.c.FS.Root()
	for i := range name {
		if name[i] != '/' || i == 0 {
			continue
		}
		r, e := u.c.walk(at, name[:i], followLast)
		if e != 0 {
			return r, e
		}
		if r.child.Dent != nil {
			continue
		}
		if _, e := u.c.create(r.parent, r.name, abi.S_IFDIR|0o755, 0, newMemDir); e != 0 {
			return r, e
		}
	}
	r, e := u.c.walk(at, name, lastAsIs)
	if u.dir = ""; e == 0 && r.late == 0 && hasDir && r.kind == lastName {
		u.dir, u.at = name[:slash], r.parent
	}
	return r, e
}

// dress gives an inode the entry's attributes.
func (u *unpacker) dress(in *Inode, h *cpioEntry) {
	in.mu.Lock()
	defer in.mu.Unlock()
	in.mode = in.mode&abi.S_IFMT | h.f[cpioMode]&abi.S_IALLUGO
	in.uid, in.gid = h.f[cpioUID], h.f[cpioGID]
	if in.mode&abi.S_IFMT == abi.S_IFDIR {
		u.dirTimes = append(u.dirTimes, dirTime{in, int64(h.f[cpioMtime])})
		return
	}
	t := abi.Timespec{Sec: int64(h.f[cpioMtime])}
	in.atime, in.mtime = t, t
}
