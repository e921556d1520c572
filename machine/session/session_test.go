package session

import (
	"bytes"
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/u-root/u-root/pkg/cpio"
)

func write(t *testing.T, dir, name, data string) string {
	t.Helper()
	p := filepath.Join(dir, name)
	if err := os.WriteFile(p, []byte(data), 0o644); err != nil {
		t.Fatal(err)
	}
	return p
}

func TestSplitFile(t *testing.T) {
	for _, c := range []struct{ spec, host, guest string }{
		{"prog", "prog", "/prog"},
		{"dir/prog", "dir/prog", "/prog"},
		{"dir/prog:/bin/p", "dir/prog", "/bin/p"},
		{"prog:/bin/", "prog", "/bin/prog"},
		{"prog:/../../etc/x", "prog", "/etc/x"},
		{"a:b", "a:b", "/a:b"}, // a colon in the host's name
		{`C:\prog:/bin/p`, `C:\prog`, "/bin/p"},
	} {
		if host, guest := splitFile(c.spec); host != c.host || guest != c.guest {
			t.Errorf("%s: %s and %s, want %s and %s", c.spec, host, guest, c.host, c.guest)
		}
	}
}

func TestSplitDrive(t *testing.T) {
	for spec, want := range map[string]string{
		"disk.img": "disk.img", "disk.img,rw": "disk.img rw", "disk.img,rw,legacy": "disk.img legacy rw",
		"odd,name": "odd,name", "odd,name,rw": "odd,name rw",
	} {
		name, opts := splitDrive(spec)
		if got := strings.Join(append([]string{name}, opts...), " "); got != want {
			t.Errorf("%s: %q, want %q", spec, got, want)
		}
	}
}

func TestSize(t *testing.T) {
	for text, want := range map[string]uint64{
		"128M": 128 << 20, "1G": 1 << 30, "64k": 64 << 10, "64MiB": 64 << 20, "64MB": 64 << 20,
	} {
		var s Size
		if err := s.UnmarshalText([]byte(text)); err != nil || uint64(s) != want {
			t.Errorf("%s: %d, %v; want %d", text, s, err, want)
		}
	}
	for _, text := range []string{"", "M", "128", "x", "-1M", "1.5G", "99999999999999999999M", "18014398509481985K", "1T", "B", "IB"} {
		var s Size
		if err := s.UnmarshalText([]byte(text)); err == nil {
			t.Errorf("%q is accepted as %d", text, s)
		}
	}
}

// readArchives lists the records of concatenated archives, as the kernel
// unpacks them, without directories.
func readArchives(t *testing.T, data []byte) map[string]string {
	t.Helper()
	out := map[string]string{}
	r := bytes.NewReader(data)
	for r.Len() > 0 {
		recs, err := cpio.ReadAllRecords(cpio.Newc.Reader(io.NewSectionReader(r, r.Size()-int64(r.Len()), int64(r.Len()))))
		if err != nil {
			t.Fatal(err)
		}
		for _, rec := range recs {
			if rec.Mode&cpio.S_IFMT != cpio.S_IFREG {
				out[rec.Name+"/"] = ""
				continue
			}
			b, _ := io.ReadAll(io.NewSectionReader(rec, 0, int64(rec.FileSize)))
			out[rec.Name] = string(b)
		}
		return out
	}
	return out
}

func TestAppendArchive(t *testing.T) {
	added, err := appendArchive(nil, []GuestFile{
		{Path: "/lib/modules/a.ko", Mode: 0o644, Data: []byte("module")},
		{Path: "/lib/x", Mode: 0o755, Data: []byte("x")},
	})
	if err != nil {
		t.Fatal(err)
	}
	got := readArchives(t, added)
	for name, want := range map[string]string{"lib/": "", "lib/modules/": "", "lib/modules/a.ko": "module", "lib/x": "x"} {
		if v, ok := got[name]; !ok || v != want {
			t.Errorf("%s is %q (present: %v), want %q", name, v, ok, want)
		}
	}
	both, err := appendArchive([]byte("12345"), []GuestFile{{Path: "/a", Data: []byte("b")}})
	if err != nil || !bytes.HasPrefix(both, []byte("12345\x00\x00\x00070701")) {
		t.Errorf("the second archive does not start at a multiple of 4: %q, %v", both[:min(len(both), 16)], err)
	}
	for _, bad := range []string{"/", "", "/a/\x00"} {
		if _, err := appendArchive(nil, []GuestFile{{Path: bad}}); err == nil {
			t.Errorf("the guest path %q is accepted", bad)
		}
	}
}

// TestModuleLink: a module is found in the guest by its name on the host.
func TestModuleLink(t *testing.T) {
	for host, want := range map[string]string{
		"F.ko": "/F.ko", "mine/F.ko": "/mine/F.ko", "./F.ko": "/F.ko", "../mine/F.ko": "/mine/F.ko",
		"/tmp/mine/F.ko": "/tmp/mine/F.ko", "/lib/modules/F.ko": "",
	} {
		link := moduleLink(host, "/lib/modules/F.ko")
		if link.Path != want || want != "" && link.Link != "/lib/modules/F.ko" {
			t.Errorf("%s: %+v, want %q", host, link, want)
		}
	}
	dir := t.TempDir()
	file := filepath.Join(dir, "F.ko")
	if err := os.WriteFile(file, []byte("module"), 0o600); err != nil {
		t.Fatal(err)
	}
	o := Options{Flags: Flags{Module: []string{file}}}
	files, err := o.guestFiles()
	if err != nil || len(files) != 2 {
		t.Fatalf("%+v, %v", files, err)
	}
	added, err := appendArchive(nil, files)
	if err != nil {
		t.Fatal(err)
	}
	if got := readArchives(t, added); got["lib/modules/F.ko"] != "module" {
		t.Errorf("%v", got)
	}
}

func TestBootargs(t *testing.T) {
	cmd := "echo \"hi\"\n\x01"
	for _, c := range []struct {
		o    Options
		want string
	}{
		{Options{}, ""},
		{Options{Flags: Flags{Append: "quiet"}}, "quiet"},
		{Options{Flags: Flags{Command: &cmd}}, `rv86.cmd="echo \"hi\"\n\x01"`},
		{Options{Flags: Flags{Append: "quiet", Command: &cmd}}, `quiet rv86.cmd="echo \"hi\"\n\x01"`},
	} {
		if got, err := c.o.bootargs(); err != nil || got != c.want {
			t.Errorf("%q, %v; want %q", got, err, c.want)
		}
	}
	for _, bad := range []string{"a\x00b", strings.Repeat("x", 1<<17)} {
		if _, err := (&Options{Flags: Flags{Append: bad}}).bootargs(); err == nil {
			t.Errorf("a command line of %d bytes is accepted", len(bad))
		}
	}
}

// Each wrong input gives one sentence that names the file and the reason.
func TestWrongInput(t *testing.T) {
	dir := t.TempDir()
	empty, small := write(t, dir, "empty", ""), write(t, dir, "small", "x")
	kernel := write(t, dir, "kernel", "\x13\x00\x00\x00")
	for _, c := range []struct {
		name string
		f    Flags
		want string
	}{
		{"no images", Flags{}, "there is no kernel image (looked for kernel.elf in " + dir + "): build it with `make images`, or name one with --kernel"},
		{"missing kernel", Flags{Kernel: filepath.Join(dir, "nix")}, "nix: there is no such file"},
		{"empty kernel", Flags{Kernel: empty}, "empty: the file is empty"},
		{"directory as kernel", Flags{Kernel: dir}, "cannot read it"},
		{"missing initrd", Flags{Kernel: kernel, Initrd: filepath.Join(dir, "nix")}, "nix: there is no such file"},
		{"missing firmware", Flags{Bios: filepath.Join(dir, "nix")}, "nix: there is no such file"},
		{"missing module", Flags{Kernel: kernel, Module: []string{filepath.Join(dir, "nix.ko")}}, "nix.ko: there is no such file"},
		{"directory as file", Flags{Kernel: kernel, File: []string{dir}}, "it is not a regular file"},
		{"missing drive", Flags{Kernel: kernel, Drive: []string{filepath.Join(dir, "nix")}}, "nix: there is no such file"},
		{"directory as drive", Flags{Kernel: kernel, Drive: []string{dir}}, "a drive must be a regular file"},
		{"tiny drive", Flags{Kernel: kernel, Drive: []string{small}}, "a drive has at least one sector of 512 bytes, the file has 1 bytes"},
	} {
		t.Run(c.name, func(t *testing.T) {
			c.f.Memory = 16 << 20
			_, _, err := Open(Options{Flags: c.f, ImageDirs: []string{dir}})
			if err == nil || !strings.HasSuffix(err.Error(), c.want) && !strings.Contains(err.Error(), c.want) {
				t.Errorf("%v, want %q", err, c.want)
			}
			if err != nil && strings.Contains(err.Error(), "\n") {
				t.Errorf("the message has several lines: %q", err)
			}
		})
	}
}

func TestFileErrorKeepsOthers(t *testing.T) {
	other := errors.New("other")
	if FileError("read", other) != other {
		t.Error("an error that is not about a file was changed")
	}
	err := FileError("read", &fs.PathError{Op: "open", Path: "f", Err: fs.ErrPermission})
	if err.Error() != "f: no permission to read it" {
		t.Errorf("%v", err)
	}
}

// Without --kernel the shipped kernel starts with its file system; a kernel of
// the user's own starts without.
func TestDefaultImages(t *testing.T) {
	dir := t.TempDir()
	write(t, dir, KernelFile, "the kernel")
	write(t, dir, InitrdFile, "the file system")
	own := write(t, dir, "own", "own kernel")
	for _, c := range []struct {
		f              Flags
		kernel, initrd string
	}{
		{Flags{}, "the kernel", "the file system"},
		{Flags{Initrd: own}, "the kernel", "own kernel"},
		{Flags{Kernel: own}, "own kernel", ""},
	} {
		o := Options{Flags: c.f, ImageDirs: []string{filepath.Join(dir, "no"), dir}}
		b, err := o.boot()
		if err != nil || string(b.Kernel.Data) != c.kernel || string(b.Initrd) != c.initrd {
			t.Errorf("%+v: kernel %q, initrd %q, %v", c.f, b.Kernel.Data, b.Initrd, err)
		}
	}
}

// A drive is opened read-only unless asked otherwise.
func TestDriveModes(t *testing.T) {
	img := write(t, t.TempDir(), "disk", strings.Repeat("x", 1024))
	drives, closeAll, err := openDrives([]string{img, img + ",rw,legacy"})
	if err != nil {
		t.Fatal(err)
	}
	defer closeAll()
	if !drives[0].Disk.ReadOnly() || drives[0].Legacy || drives[1].Disk.ReadOnly() || !drives[1].Legacy {
		t.Errorf("%+v", drives)
	}
	if _, err := drives[0].Disk.WriteAt([]byte("y"), 0); err == nil {
		t.Error("a read-only drive can be written")
	}
	if _, err := drives[1].Disk.WriteAt([]byte("y"), 512); err != nil {
		t.Error(err)
	}
	if b, _ := os.ReadFile(img); b[512] != 'y' || drives[0].Disk.Size() != 1024 {
		t.Error("the write did not reach the file")
	}
}

func TestImagesEnv(t *testing.T) {
	t.Setenv(ImagesEnv, "/some/where")
	if got := ImageDirs("riscv64"); len(got) != 1 || got[0] != filepath.Join("/some/where", "riscv64") {
		t.Errorf("%q", got)
	}
	t.Setenv(ImagesEnv, "")
	if got := ImageDirs("riscv64"); len(got) != 2 {
		t.Errorf("%q", got)
	}
}
