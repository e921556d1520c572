//go:build riscv64 || 386

package sys

import (
	"bytes"
	"compress/gzip"
	"io"

	"rv86/kernel/abi"
	"rv86/kernel/klog"
	"rv86/kernel/lkm"
	"rv86/kernel/module"
	"rv86/kernel/task"
	"rv86/kernel/vfs"
	"rv86/kmod"
)

// Modules (init_module(2), delete_module(2)). Only root may.
var moduleCalls = []row{
	{abi.SYS_INIT_MODULE, "init_module", sysInitModule},
	{abi.SYS_FINIT_MODULE, "finit_module", sysFinitModule},
	{abi.SYS_CLEANUP_MODULE, "cleanup_module", sysCleanupModule},
	{abi.SYS_LIST_MODULE, "list_module", sysListModule},
}

const (
	// argsMax is the longest parameter string.
	argsMax = 64 << 10
	// moduleNameMax is the longest name delete_module looks at.
	moduleNameMax = kmod.NameLen
)

// mayModule says whether the thread may change what the kernel runs
// (CAP_SYS_MODULE, and /proc/sys/kernel/modules_disabled).
func mayModule(t *task.Thread) abi.Errno {
	why := ""
	switch {
	case t.Cred().EUID != 0:
		why = "only root may load and remove modules: become root first"
	case module.Running().Disabled():
		why = "modules are disabled until the next boot (/proc/sys/kernel/modules_disabled, or nomodule on the kernel's command line)"
	default:
		return 0
	}
	klog.Debugf("module: hint: %s", why)
	return abi.EPERM
}

func moduleCaller(t *task.Thread) *lkm.Caller {
	return &lkm.Caller{PID: t.PID, Comm: t.Name(), Thread: lkmThread{t}}
}

// moduleResult ends the process if module code faulted on its behalf.
func moduleResult(t *task.Thread, r module.Result) (uintptr, abi.Errno) {
	if r.Oops {
		t.Die(abi.SIGSEGV)
	}
	return 0, r.Errno
}

func sysInitModule(t *task.Thread, a *args) (uintptr, abi.Errno) {
	umod, size, uargs := a[0], a[1], a[2]
	if e := mayModule(t); e != 0 {
		return 0, e
	}
	if size > kmod.MaxSize {
		return 0, abi.ENOMEM
	}
	blob := make([]byte, size)
	if e := t.CopyIn(umod, blob); e != 0 {
		return 0, e
	}
	return loadModule(t, blob, uargs, 0)
}

func loadModule(t *task.Thread, blob []byte, uargs uintptr, flags int) (uintptr, abi.Errno) {
	params, e := t.CopyInString(uargs, argsMax)
	if e == abi.ENAMETOOLONG {
		return 0, abi.EINVAL
	}
	if e != 0 {
		return 0, e
	}
	return moduleResult(t, module.Running().Load(moduleCaller(t), blob, params, flags))
}

func sysFinitModule(t *task.Thread, a *args) (uintptr, abi.Errno) {
	const known = module.IgnoreModversions | module.IgnoreVermagic | module.Compressed
	flags := int(int32(a[2]))
	if e := mayModule(t); e != 0 {
		return 0, e
	}
	if flags&^known != 0 {
		return 0, abi.EINVAL
	}
	var blob []byte
	e := withFile(t, a[0], func(d *vfs.Description) (e abi.Errno) {
		blob, e = readModule(t, d)
		return e
	})
	if e == 0 && flags&module.Compressed != 0 {
		blob, e = unzip(blob)
	}
	if e != 0 {
		return 0, e
	}
	return loadModule(t, blob, a[1], flags)
}

// readModule reads a whole file from its start, whatever the descriptor's
// offset.
func readModule(t *task.Thread, d *vfs.Description) ([]byte, abi.Errno) {
	f, ok := d.File().(vfs.Sized)
	if !ok {
		return nil, abi.EINVAL
	}
	if f.Size() > kmod.MaxSize {
		return nil, abi.EFBIG
	}
	blob := make([]byte, f.Size())
	for n := 0; n < len(blob); {
		got, e := d.ReadAt(t.Caller(), blob[n:], int64(n))
		if e != 0 {
			return nil, e
		}
		if got == 0 {
			return blob[:n], 0 // it became shorter
		}
		n += got
	}
	return blob, 0
}

// unzip unpacks a gzip file of bounded size.
func unzip(b []byte) ([]byte, abi.Errno) {
	z, err := gzip.NewReader(bytes.NewReader(b))
	if err != nil {
		klog.Errf("module: the compressed file is not in gzip format")
		klog.Debugf("module: hint: only gzip is understood: compress the module with gzip, or load it uncompressed")
		return nil, abi.EOPNOTSUPP
	}
	out, err := io.ReadAll(io.LimitReader(z, kmod.MaxSize+1))
	if err != nil {
		klog.Errf("module: decompression failed: %v", err)
		klog.Debugf("module: hint: the compressed file is damaged or cut short (%v): copy it again", err)
		return nil, abi.EINVAL
	}
	if len(out) > kmod.MaxSize {
		return nil, abi.EFBIG
	}
	return out, 0
}

func sysCleanupModule(t *task.Thread, a *args) (uintptr, abi.Errno) {
	if e := mayModule(t); e != 0 {
		return 0, e
	}
	name, e := t.CopyInString(a[0], moduleNameMax)
	if e == abi.ENAMETOOLONG {
		return 0, abi.ENOENT // no module has such a name
	}
	if e != 0 {
		return 0, e
	}
	return moduleResult(t, module.Running().Unload(moduleCaller(t), name, int(int32(a[1]))))
}

// sysListModule writes the text of /proc/modules, as much as fits, and returns
// the length of all of it. Without a buffer it logs the names (uCore+).
func sysListModule(t *task.Thread, a *args) (uintptr, abi.Errno) {
	buf, size := a[0], a[1]
	if buf == 0 {
		module.Running().LogList()
		return 0, 0
	}
	text := []byte(module.Running().List())
	return uintptr(len(text)), t.CopyOut(buf, text[:min(uintptr(len(text)), size)])
}
