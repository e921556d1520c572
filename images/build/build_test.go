package main

import (
	"bytes"
	"maps"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/u-root/u-root/pkg/cpio"
)

func TestPackIsCanonical(t *testing.T) {
	make3 := func() []cpio.Record {
		return []cpio.Record{
			cpio.Directory("bin", 0o755), cpio.Symlink("bin/sh", "rvbox"), cpio.StaticFile("bin/rvbox", "x", 0o755),
			cpio.StaticFile("etc/motd", "hello\n", 0o644), cpio.Directory("etc", 0o755),
		}
	}
	want, err := pack(make3())
	if err != nil {
		t.Fatal(err)
	}
	if len(want)%4 != 0 {
		t.Errorf("an archive of %d bytes cannot be followed by another", len(want))
	}
	r := rand.New(rand.NewPCG(1, 2))
	for range 20 {
		records := make3()
		r.Shuffle(len(records), func(i, j int) { records[i], records[j] = records[j], records[i] })
		for i := range records { // what a host would put in
			records[i].MTime, records[i].UID, records[i].Ino = r.Uint64()>>33, 1000, uint64(i)
		}
		got, err := pack(records)
		if err != nil || !bytes.Equal(got, want) {
			t.Fatalf("the order or the host's attributes show in the archive (%v)", err)
		}
	}
	if !bytes.HasPrefix(want[pageSize:], []byte("x\x00\x00\x00070701")) {
		t.Error("a program does not begin on a page")
	}
	var names []string
	err = cpio.ForEachRecord(cpio.Newc.Reader(bytes.NewReader(want)), func(r cpio.Record) error {
		names = append(names, strings.TrimRight(r.Name, "\x00"))
		return nil
	})
	if got := strings.Join(names, " "); err != nil || got != "bin bin/rvbox bin/sh etc etc/motd" {
		t.Errorf("archive holds %q, %v", got, err)
	}
}

func TestPackRefusesTwins(t *testing.T) {
	_, err := pack([]cpio.Record{cpio.StaticFile("a", "1", 0o644), cpio.StaticFile("a", "2", 0o644)})
	if err == nil || !strings.Contains(err.Error(), "/a") {
		t.Errorf("two files of one name: %v", err)
	}
}

// TestReproducible builds everything twice, in two places. The toolchain's
// cache is shared, so what is tested is what we add to its reproducibility:
// the flags, the kernel's finish, the archive.
func TestReproducible(t *testing.T) {
	if testing.Short() {
		t.Skip("builds the images twice")
	}
	root, err := moduleRoot()
	if err != nil {
		t.Fatal(err)
	}
	for arch := range maps.Keys(targets) {
		var outputs [2]map[string][]byte
		for i := range outputs {
			b := &builder{root: root, arch: arch, target: targets[arch], out: t.TempDir()}
			if err := b.build(); err != nil {
				t.Fatal(err)
			}
			outputs[i] = map[string][]byte{}
			for _, name := range []string{"kernel.elf", "initramfs.cpio"} {
				data, err := os.ReadFile(filepath.Join(b.out, name))
				if err != nil {
					t.Fatal(err)
				}
				if bytes.Contains(data, []byte(root)) {
					t.Errorf("%s/%s holds the path of the source tree", arch, name)
				}
				outputs[i][name] = data
			}
		}
		for name, data := range outputs[0] {
			if !bytes.Equal(data, outputs[1][name]) {
				t.Errorf("%s/%s differs between two builds", arch, name)
			}
		}
	}
}

func TestBuildFailureIsASentence(t *testing.T) {
	root, err := moduleRoot()
	if err != nil {
		t.Fatal(err)
	}
	b := &builder{root: root, arch: "riscv64", target: targets["riscv64"], out: t.TempDir()}
	err = b.goBuild(filepath.Join(b.out, "x"), "", "./no/such/package")
	if err == nil || !strings.HasPrefix(err.Error(), "go build ./no/such/package failed:\n") {
		t.Errorf("got %v", err)
	}
	t.Setenv("PATH", "")
	err = b.goBuild(filepath.Join(b.out, "x"), "", "./userland/rvbox")
	if err == nil || !strings.Contains(err.Error(), "install Go") {
		t.Errorf("without go in PATH: %v", err)
	}
}
