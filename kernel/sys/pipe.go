//go:build riscv64 || 386

package sys

import (
	"rv86/kernel/abi"
	"rv86/kernel/task"
	"rv86/kernel/vfs"
)

var pipeCalls = []row{
	{abi.SYS_PIPE2, "pipe2", sysPipe2},
}

// installPair gives two files descriptors and stores the numbers at va.
func installPair(t *task.Thread, va uintptr, x, y *vfs.Description, flags int) abi.Errno {
	n, e := install(t, x, flags)
	if e != 0 {
		y.Put()
		return e
	}
	m, e := install(t, y, flags)
	if e != 0 {
		t.Files.Close(t.Caller(), int(n))
		return e
	}
	l := abi.Layout{}
	l.U32(uint32(n), uint32(m))
	if e := t.CopyOut(va, l.B); e != 0 {
		t.Files.Close(t.Caller(), int(n))
		t.Files.Close(t.Caller(), int(m))
		return e
	}
	return 0
}

func sysPipe2(t *task.Thread, a *args) (uintptr, abi.Errno) {
	flags := int(a[1])
	if flags&^(abi.O_CLOEXEC|abi.O_NONBLOCK|abi.O_DIRECT) != 0 {
		return 0, abi.EINVAL
	}
	if flags&abi.O_DIRECT != 0 {
		return 0, abi.EINVAL // no packet mode
	}
	r, w := t.FS.Namespace().Pipe(t.Caller(), flags)
	return 0, installPair(t, a[0], r, w, flags)
}
