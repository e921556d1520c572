package vfs

import (
	"bytes"
	"compress/gzip"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/u-root/u-root/pkg/cpio"

	"rv86/kernel/abi"
)

// pack makes an archive with u-root's writer, an independent implementation.
func pack(t testing.TB, recs ...cpio.Record) []byte {
	t.Helper()
	var b bytes.Buffer
	w := cpio.Newc.Writer(&b)
	if err := cpio.WriteRecords(w, recs); err != nil {
		t.Fatal(err)
	}
	if err := cpio.WriteTrailer(w); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func zip(t testing.TB, b []byte) []byte {
	t.Helper()
	var z bytes.Buffer
	w := gzip.NewWriter(&z)
	w.Write(b)
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return z.Bytes()
}

// dump lists a tree: mode, size and name, and the contents of short files.
func dump(t testing.TB, c *Caller, dir string) []string {
	t.Helper()
	var out []string
	var visit func(string)
	visit = func(dir string) {
		d := mustOpen(t, c, dir, abi.O_RDONLY|abi.O_DIRECTORY)
		var names []string
		if e := d.ReadDir(func(e DirEntry, _ int64) bool {
			if e.Name != "." && e.Name != ".." {
				names = append(names, e.Name)
			}
			return true
		}); e != 0 {
			t.Fatalf("ReadDir %s: %v", dir, e)
		}
		d.Put()
		for _, n := range names {
			full := strings.TrimSuffix(dir, "/") + "/" + n
			p, e := c.Lookup(Path{}, full, false, false)
			if e != 0 {
				t.Fatalf("lookup %s: %v", full, e)
			}
			var st abi.Stat
			p.Inode().Stat(&st)
			line := fmt.Sprintf("%o %d %s", st.Mode, st.Nlink, full)
			switch st.Mode & abi.S_IFMT {
			case abi.S_IFREG:
				line += fmt.Sprintf(" %q", readFile(t, c, full))
			case abi.S_IFLNK:
				s, _ := c.Readlink(Path{}, full)
				line += " -> " + s
			case abi.S_IFCHR:
				line += fmt.Sprintf(" %d:%d", abi.Major(st.Rdev), abi.Minor(st.Rdev))
			}
			out = append(out, line)
			if st.Mode&abi.S_IFMT == abi.S_IFDIR {
				visit(full)
			}
		}
	}
	visit(dir)
	return out
}

func TestUnpack(t *testing.T) {
	first := pack(t,
		cpio.Directory("bin", 0o755),
		cpio.StaticFile("bin/tool", "#!tool", 0o755),
		cpio.Symlink("bin/sh", "tool"),
		cpio.StaticFile("init", "old", 0o700),
		cpio.CharDev("dev/console", 0o600, 5, 1),
		cpio.StaticFile("deep/er/file", "x", 0o644))
	second := pack(t,
		cpio.StaticFile("init", "new", 0o755),
		cpio.Directory("bin", 0o700))
	want := []string{
		"40700 2 /bin",
		`100755 1 /bin/tool "#!tool"`,
		"120777 1 /bin/sh -> tool",
		"40755 2 /dev",
		"20600 1 /dev/console 5:1",
		"40755 3 /deep",
		"40755 2 /deep/er",
		`100644 1 /deep/er/file "x"`,
		`100755 1 /init "new"`,
	}
	zeros := make([]byte, 512)
	for name, image := range map[string][]byte{
		"plain":     bytes.Join([][]byte{first, second}, nil),
		"padded":    bytes.Join([][]byte{first, zeros, second, zeros}, nil),
		"gzip":      bytes.Join([][]byte{zip(t, first), zip(t, second)}, nil),
		"mixed":     bytes.Join([][]byte{first, zeros, zip(t, second), zeros}, nil),
		"both in 1": zip(t, append(append([]byte(nil), first...), second...)),
	} {
		t.Run(name, func(t *testing.T) {
			ns, c := newTree(t)
			if err := ns.Unpack(image); err != nil {
				t.Fatal(err)
			}
			if d := cmp.Diff(want, dump(t, c, "/")); d != "" {
				t.Error(d)
			}
		})
	}
}

// Hard links, with the contents under the last name, as GNU cpio writes them.
func TestUnpackHardLinks(t *testing.T) {
	rec := func(name, data string) cpio.Record {
		r := cpio.StaticFile(name, data, 0o644)
		r.Ino, r.NLink = 77, 2
		return r
	}
	ns, c := newTree(t)
	if err := ns.Unpack(pack(t, rec("a", ""), rec("b", "text"))); err != nil {
		t.Fatal(err)
	}
	want := []string{`100644 2 /a "text"`, `100644 2 /b "text"`}
	if d := cmp.Diff(want, dump(t, c, "/")); d != "" {
		t.Error(d)
	}
}

// A name's directory is that of the moment, whatever the entry before it was.
func TestUnpackDirectories(t *testing.T) {
	file := func(name, data string) cpio.Record { return cpio.StaticFile(name, data, 0o644) }
	ns, c := newTree(t)
	image := pack(t, cpio.Directory("a", 0o755),
		cpio.Directory("a/b@", 0o755), file("a/b/one", "1"),
		cpio.Directory("a/b/@@", 0o755), file("a/b/two", "2"), file("a/b/../three", "3"), file("a/b/../b/four", "4"),
		cpio.Directory("d", 0o755), cpio.Symlink("way", "."),
		file("way/five", "5"), cpio.Symlink("way/wa#", "d"), file("way/six", "6"))
	// The library would not write these names.
	for old, name := range map[string]string{"a/b@\x00": "a/b/\x00", "a/b/@@\x00": "a/b/..\x00", "way/wa#\x00": "way/way\x00"} {
		image = bytes.ReplaceAll(image, []byte(old), []byte(name))
	}
	if err := ns.Unpack(image); err != nil {
		t.Fatal(err)
	}
	want := []string{
		"40755 3 /a", "40755 2 /a/b", `100644 1 /a/b/four "4"`, `100644 1 /a/b/one "1"`, `100644 1 /a/b/two "2"`,
		`100644 1 /a/three "3"`, "40755 2 /d", `100644 1 /d/six "6"`, `100644 1 /five "5"`, "120777 1 /way -> d",
	}
	got := dump(t, c, "/")
	slices.Sort(got)
	slices.Sort(want)
	if d := cmp.Diff(want, got); d != "" {
		t.Error(d)
	}
}

// Inode numbers mean nothing beyond their archive.
func TestUnpackLinksEndWithArchive(t *testing.T) {
	rec := func(name, data string) cpio.Record {
		r := cpio.StaticFile(name, data, 0o644)
		r.Ino, r.NLink = 77, 2
		return r
	}
	ns, c := newTree(t)
	if err := ns.Unpack(append(pack(t, rec("a", "one")), pack(t, rec("b", "two"))...)); err != nil {
		t.Fatal(err)
	}
	want := []string{`100644 1 /a "one"`, `100644 1 /b "two"`}
	if d := cmp.Diff(want, dump(t, c, "/")); d != "" {
		t.Error(d)
	}
}

// Writing to an unpacked file leaves the image alone.
func TestUnpackCopyOnWrite(t *testing.T) {
	image := pack(t, cpio.StaticFile("f", strings.Repeat("abcd", 3000), 0o644))
	before := append([]byte(nil), image...)
	ns, c := newTree(t)
	if err := ns.Unpack(image); err != nil {
		t.Fatal(err)
	}
	d := mustOpen(t, c, "/f", abi.O_RDWR)
	defer d.Put()
	if n, e := d.WriteAt(c, []byte("XY"), 4095); n != 2 || e != 0 {
		t.Fatal(n, e)
	}
	want := []byte(strings.Repeat("abcd", 3000))
	copy(want[4095:], "XY")
	if got := readFile(t, c, "/f"); got != string(want) {
		t.Error("contents wrong after the write")
	}
	// What was cut off does not come back.
	d.Truncate(9000)
	d.Truncate(12000)
	clear(want[9000:])
	if got := readFile(t, c, "/f"); got != string(want) {
		t.Error("contents wrong after cutting and growing")
	}
	if !bytes.Equal(image, before) {
		t.Error("the image changed")
	}
}

func TestUnpackErrors(t *testing.T) {
	good := pack(t, cpio.StaticFile("dir/file", "contents", 0o644))
	edit := func(at int, s string) []byte {
		b := append([]byte(nil), good...)
		copy(b[at:], s)
		return b
	}
	for _, c := range []struct {
		name  string
		image []byte
		why   string
	}{
		{"magic", edit(0, "070707"), "bad magic"},
		{"hex", edit(20, "x"), "not hexadecimal"},
		{"name size 0", edit(6+11*8, "00000000"), "no sensible length"},
		{"name size", edit(6+11*8, "ffffffff"), "no sensible length"},
		{"file size", edit(6+6*8, "7fffffff"), "contents are cut short"},
		{"no NUL", edit(110+8, "x"), "does not end in NUL"},
		{"mode", edit(6+1*8, "00070000"), "invalid argument"},
		{"header", good[:50], "header is cut short"},
		{"name", good[:115], "name is cut short"},
		{"gzip header", []byte("\x1f\x8b\x09\x00\x00\x00\x00\x00\x00\x00"), "bad gzip header"},
		{"gzip data", zip(t, good)[:60], "gzip data is cut short"},
	} {
		t.Run(c.name, func(t *testing.T) {
			ns, _ := newTree(t)
			err := ns.Unpack(c.image)
			var ce *CpioError
			if !errors.As(err, &ce) || !strings.Contains(err.Error(), c.why) {
				t.Errorf("got %v, want %q", err, c.why)
			}
		})
	}
}

// A gzip bomb ends at the memory limit.
func TestUnpackBomb(t *testing.T) {
	ns := NewNamespace(Config{MemLimit: 1 << 20})
	err := ns.Unpack(zip(t, make([]byte, 4<<20)))
	if err == nil || !strings.Contains(err.Error(), "does not fit") {
		t.Errorf("got %v", err)
	}
}

// FuzzUnpack: no archive makes the kernel panic, and where u-root's reader
// gets through an archive of plain files, so do we, with the same contents.
func FuzzUnpack(f *testing.F) {
	f.Add(pack(f, cpio.StaticFile("a/b", "hello", 0o644), cpio.Symlink("a/c", "b"), cpio.Directory("d", 0o755)))
	f.Add(zip(f, pack(f, cpio.StaticFile("x", "y", 0o600))))
	link := cpio.StaticFile("l", "data", 0o644)
	link.NLink = 2
	f.Add(pack(f, link, link))
	f.Fuzz(func(t *testing.T, image []byte) {
		ns := NewNamespace(Config{MemLimit: 1 << 20})
		err := ns.Unpack(image)
		fs := ns.NewFSContext()
		c := &Caller{FS: fs}
		if err != nil {
			return
		}
		recs, rerr := cpio.ReadAllRecords(cpio.Newc.Reader(bytes.NewReader(image)))
		if rerr != nil {
			return
		}
		last := map[string]cpio.Record{}
		for _, r := range recs {
			if r.Mode&abi.S_IFMT != abi.S_IFREG || r.NLink > 1 {
				return
			}
			last[strings.Trim(r.Name, "/")] = r
		}
		for name, r := range last {
			want, err := io.ReadAll(io.NewSectionReader(r, 0, int64(r.FileSize)))
			if err != nil || name == "" || strings.Contains(name, ".") || strings.Contains(name, "/") || strings.Contains(name, "\x00") {
				continue
			}
			if got := readFile(t, c, "/"+name); got != string(want) {
				t.Errorf("%q: %q, want %q", name, got, want)
			}
		}
	})
}
