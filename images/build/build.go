package main

import (
	"bytes"
	"errors"
	"fmt"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"

	"rv86/images/kernelimg"
)

// target is what the Go toolchain is told for one guest architecture.
type target struct {
	goarch string
	env    []string // beyond GOOS, GOARCH, CGO_ENABLED
	image  *kernelimg.Target
}

var targets = map[string]target{
	"riscv64": {goarch: "riscv64", image: kernelimg.RISCV64},
	// softfloat: the kernel's own code leaves the floating point registers to
	// the programs.
	"i386": {goarch: "386", env: []string{"GO386=softfloat"}, image: kernelimg.I386},
}

func archNames() string {
	return strings.Join(slices.Sorted(maps.Keys(targets)), ", ")
}

// builder makes the images of one architecture.
type builder struct {
	root, arch, out string
	target          target
	embed           bool // put the root file system into the kernel's image
	progress        progress
	image           *kernelimg.Image // after build
}

func (b *builder) build() error {
	// Intermediate files stay beside the images: go build leaves an output
	// alone that is up to date.
	if err := os.MkdirAll(b.obj(""), 0o755); err != nil {
		return err
	}
	steps := []struct {
		name string
		fn   func() error
	}{
		{"userland", b.userland},
		{"initramfs", b.initramfs},
		{"kernel", b.kernel},
	}
	for _, step := range steps {
		b.progress.step(step.name)
		if err := step.fn(); err != nil {
			return fmt.Errorf("%s for %s: %w", step.name, b.arch, err)
		}
	}
	return nil
}

func (b *builder) obj(name string) string { return filepath.Join(b.out, "obj", name) }

// userland builds the multi-call binary, without symbols: every page of it is
// guest memory.
func (b *builder) userland() error {
	return b.goBuild(b.obj("rvbox"), "-s -w", "./userland/rvbox")
}

// goBuild runs the stock toolchain for the guest. GOFLAGS is emptied because a
// user's flags would change the bytes.
func (b *builder) goBuild(out, ldflags, pkg string, flags ...string) error {
	args := append([]string{"build", "-trimpath", "-buildvcs=false", "-ldflags", ldflags, "-o", out}, flags...)
	cmd := exec.Command("go", append(args, pkg)...)
	cmd.Dir = b.root
	cmd.Env = append(os.Environ(), "GOFLAGS=", "GOOS=linux", "GOARCH="+b.target.goarch, "CGO_ENABLED=0")
	cmd.Env = append(cmd.Env, b.target.env...)
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	err := cmd.Run()
	if errors.Is(err, exec.ErrNotFound) {
		return fmt.Errorf("the go command is not in PATH; install Go (https://go.dev/dl) and try again")
	}
	if err != nil {
		return fmt.Errorf("go build %s failed:\n%s", pkg, strings.TrimSpace(stderr.String()))
	}
	return nil
}

// replaceFile writes data under a temporary name first, so that an image is
// either the old one or the new one, and leaves an equal file alone, so that
// what depends on its time is not made again.
func replaceFile(name string, data []byte) error {
	if old, err := os.ReadFile(name); err == nil && bytes.Equal(old, data) {
		return nil
	}
	temp := name + ".new"
	if err := os.WriteFile(temp, data, 0o644); err != nil {
		os.Remove(temp)
		return err
	}
	return os.Rename(temp, name)
}
