package main

import (
	"os"
	"path/filepath"
)

// kernel builds the kernel with the stock toolchain and turns the result into
// an image that boots.
func (b *builder) kernel() error {
	raw := b.obj("kernel.raw")
	if err := b.goBuild(raw, b.target.kernelLink, "./kernel"); err != nil {
		return err
	}
	data, err := os.ReadFile(raw)
	if err != nil {
		return err
	}
	image, err := b.target.finish(data)
	if err != nil {
		return err
	}
	return replaceFile(filepath.Join(b.out, "kernel.elf"), image)
}
