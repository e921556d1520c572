package kernelimg

import (
	"hash/crc32"

	"rv86/kmod"
	"rv86/kmod/kapi"
	"rv86/kmod/vmlinux"
)

// KernelExports are what the kernel offers to modules.
func KernelExports() []vmlinux.Export {
	var out []vmlinux.Export
	for _, f := range kapi.Funcs {
		e := vmlinux.Export{Name: f.Name, CRC: crc32.ChecksumIEEE([]byte(f.Proto))}
		if f.GPL {
			e.Kind = kmod.ExportGPL
		}
		out = append(out, e)
	}
	for _, v := range kapi.Vars {
		e := vmlinux.Export{Name: v.Name, CRC: crc32.ChecksumIEEE([]byte(v.Name))}
		for _, w := range v.Words {
			e.Words = append(e.Words, vmlinux.Word(w))
		}
		out = append(out, e)
	}
	return out
}
