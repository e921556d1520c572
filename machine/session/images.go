package session

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
)

// Names of the shipped images in their directory.
const (
	KernelFile = "kernel.elf"
	InitrdFile = "initramfs.cpio"
)

// ImagesEnv names a directory that holds one directory of images per
// architecture.
const ImagesEnv = "RV86_IMAGES"

func join(dir, file string) string { return filepath.Join(dir, file) }

// ImageDirs is where the command looks for its images: $RV86_IMAGES alone if it
// is set, else beside the executable, and beside the directory it is in.
func ImageDirs(arch string) []string {
	if env := os.Getenv(ImagesEnv); env != "" {
		return []string{filepath.Join(env, arch)}
	}
	exe, err := os.Executable()
	if err != nil {
		return nil
	}
	if real, err := filepath.EvalSymlinks(exe); err == nil {
		exe = real
	}
	dir := filepath.Dir(exe)
	return []string{
		filepath.Join(dir, "images", arch),
		filepath.Join(filepath.Dir(dir), "images", arch),
	}
}

// findImages returns the first directory that has a kernel.
func (o *Options) findImages() (string, error) {
	for _, d := range o.ImageDirs {
		if _, err := os.Stat(filepath.Join(d, KernelFile)); err == nil {
			return d, nil
		}
	}
	return "", fmt.Errorf("there is no kernel image (looked for %s in %s): build it with `make images`, or name one with --kernel",
		KernelFile, strings.Join(o.ImageDirs, ", "))
}
