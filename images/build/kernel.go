package main

import (
	"os"
	"path/filepath"

	"rv86/images/kernelimg"
	"rv86/kmod/vmlinux/ksyms"
)

// kernel builds the kernel with the stock toolchain and turns the result into
// an image that boots, and a list of its symbols.
func (b *builder) kernel() error {
	raw := b.obj("kernel.raw")
	if err := b.goBuild(raw, b.target.image.LinkFlags, "./kernel"); err != nil {
		return err
	}
	var ramfs []byte
	if b.embed {
		var err error
		if ramfs, err = os.ReadFile(filepath.Join(b.out, "initramfs.cpio")); err != nil {
			return err
		}
	}
	data, err := os.ReadFile(raw)
	if err != nil {
		return err
	}
	image, err := b.target.image.Build(data, kernelimg.Config{Exports: ksyms.Of(b.target.image.Machine), Ramfs: ramfs})
	if err != nil {
		return err
	}
	b.image = image
	if err := replaceFile(filepath.Join(b.out, "kernel.elf"), image.File); err != nil {
		return err
	}
	return replaceFile(filepath.Join(b.out, "System.map"), image.SystemMap())
}
