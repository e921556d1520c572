//go:build riscv64 || 386

package sys

import (
	"rv86/kernel/abi"
	"rv86/kernel/task"
	"rv86/kernel/vm"
)

var memoryCalls = []row{
	{abi.SYS_MUNMAP, "munmap", func(t *task.Thread, a *args) (uintptr, abi.Errno) {
		defer t.MM.Settle(t.Caller())
		return 0, t.MM.Unmap(a[0], a[1])
	}},
	{abi.SYS_MPROTECT, "mprotect", func(t *task.Thread, a *args) (uintptr, abi.Errno) {
		if a[2]&^(abi.PROT_READ|abi.PROT_WRITE|abi.PROT_EXEC) != 0 {
			return 0, abi.EINVAL
		}
		defer t.MM.Settle(t.Caller())
		return 0, t.MM.Protect(a[0], a[1], vm.Prot(a[2]))
	}},
	{abi.SYS_MREMAP, "mremap", func(t *task.Thread, a *args) (uintptr, abi.Errno) {
		if a[3]&^(abi.MREMAP_MAYMOVE|abi.MREMAP_FIXED) != 0 {
			return 0, abi.EINVAL
		}
		defer t.MM.Settle(t.Caller())
		return t.MM.Remap(a[0], a[1], a[2], a[3]&abi.MREMAP_MAYMOVE != 0, a[3]&abi.MREMAP_FIXED != 0, a[4])
	}},
	{abi.SYS_BRK, "brk", func(t *task.Thread, a *args) (uintptr, abi.Errno) {
		defer t.MM.Settle(t.Caller())
		return t.MM.Brk(a[0]), 0
	}},
	{abi.SYS_MADVISE, "madvise", madvise},
	{abi.SYS_MINCORE, "mincore", mincore},
	{abi.SYS_MSYNC, "msync", nothing}, // there is no dirty copy to write
	{abi.SYS_MLOCK, "mlock", nothing}, // nothing is ever paged out
	{abi.SYS_MLOCK2, "mlock2", nothing},
	{abi.SYS_MUNLOCK, "munlock", nothing},
	{abi.SYS_MLOCKALL, "mlockall", nothing},
	{abi.SYS_MUNLOCKALL, "munlockall", nothing},
	{abi.SYS_MEMBARRIER, "membarrier", membarrier},
}

// nothing is a call that is right to do nothing.
func nothing(*task.Thread, *args) (uintptr, abi.Errno) { return 0, 0 }

// mapMemory is mmap(2); off takes the place of a[5].
func mapMemory(t *task.Thread, a *args, off int64) (uintptr, abi.Errno) {
	flags := a[3]
	defer t.MM.Settle(t.Caller())
	m := vm.Mapping{
		Addr: a[0], Len: a[1], Prot: vm.Prot(a[2] & (abi.PROT_READ | abi.PROT_WRITE | abi.PROT_EXEC)),
		Fixed: flags&abi.MAP_FIXED != 0, NoReplace: flags&abi.MAP_FIXED_NOREPLACE != 0,
		Off: off, Who: t.Caller(),
	}
	switch flags & abi.MAP_TYPE {
	case abi.MAP_PRIVATE:
		m.Grows = flags&abi.MAP_GROWSDOWN != 0
	case abi.MAP_SHARED, abi.MAP_SHARED_VALIDATE:
		m.Shared = true
	default:
		return 0, abi.EINVAL
	}
	if flags&abi.MAP_ANONYMOUS != 0 {
		m.Off = 0
		return t.MM.Map(m)
	}
	d, e := t.Files.Get(int(int32(a[4])))
	if e != 0 {
		return 0, e
	}
	defer d.Put()
	switch {
	case !d.Readable():
		return 0, abi.EACCES
	case m.Shared && m.Prot&vm.ProtWrite != 0 && !d.Writable():
		return 0, abi.EACCES
	}
	m.File = d
	return t.MM.Map(m)
}

func madvise(t *task.Thread, a *args) (uintptr, abi.Errno) {
	switch a[2] {
	case abi.MADV_DONTNEED, abi.MADV_FREE:
		return 0, t.MM.Discard(a[0], a[1])
	case abi.MADV_REMOVE:
		return 0, abi.EINVAL
	}
	return 0, 0 // the rest is advice
}

func mincore(t *task.Thread, a *args) (uintptr, abi.Errno) {
	const maxPages = 1 << 20
	n := (a[1] + vm.PageSize - 1) / vm.PageSize
	if n > maxPages {
		return 0, abi.ENOMEM
	}
	out := make([]byte, n)
	if e := t.MM.Resident(a[0], out); e != 0 {
		return 0, e
	}
	return 0, t.CopyOut(a[2], out)
}

// membarrier: with one hart, the trap that brought us here is the barrier.
func membarrier(_ *task.Thread, a *args) (uintptr, abi.Errno) {
	const query, global, privateExpedited, registerPrivate = 0, 1, 8, 16
	switch a[0] {
	case query:
		return global | privateExpedited | registerPrivate, 0
	case global, privateExpedited, registerPrivate:
		return 0, 0
	}
	return 0, abi.EINVAL
}
