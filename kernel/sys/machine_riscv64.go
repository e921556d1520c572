package sys

import (
	"encoding/binary"

	"rv86/kernel/abi"
	"rv86/kernel/task"
	"rv86/kernel/vm"
)

// machineCalls are the calls that only riscv64 has in this form.
var machineCalls = []row{
	{abi.SYS_FSTAT, "fstat", fstat(genericStat)},
	{abi.SYS_NEWFSTATAT, "newfstatat", fstatat(genericStat)},
	{abi.SYS_STATFS, "statfs", statfs((*abi.Statfs).LP64)},
	{abi.SYS_FSTATFS, "fstatfs", fstatfs((*abi.Statfs).LP64)},
	{abi.SYS_MMAP, "mmap", func(t *task.Thread, a *args) (uintptr, abi.Errno) {
		return mapMemory(t, a, int64(a[5]))
	}},
	{abi.SYS_ACCEPT, "accept", sysAccept},
	{abi.SYS_RISCV_FLUSH_ICACHE, "riscv_flush_icache", func(*task.Thread, *args) (uintptr, abi.Errno) {
		vm.Kernel.FlushCode()
		return 0, 0
	}},
	{abi.SYS_RISCV_HWPROBE, "riscv_hwprobe", hwprobe},
}

func genericStat(s *abi.Stat) ([]byte, abi.Errno) { return s.LP64(), 0 }

// offsetWords is how many argument registers a file offset takes.
const offsetWords = 1

// offset is the file offset in argument i.
func offset(a *args, i int) int64 { return int64(a[i]) }

// nativeFlock is the struct flock of every lock request of fcntl(2).
func nativeFlock(uintptr) *flockLayout {
	return &flockLayout{size: 32, word: 8, start: 8, length: 16, pid: 24}
}

// actionSize is struct sigaction: handler, flags, mask. There is no restorer.
const actionSize = 24

func getAction(b []byte) *task.Action {
	le := binary.LittleEndian
	return &task.Action{
		Handler: uintptr(le.Uint64(b[0:])), Flags: le.Uint64(b[8:]), Mask: task.SigSet(le.Uint64(b[16:])),
	}
}

func putAction(b []byte, a task.Action) {
	le := binary.LittleEndian
	le.PutUint64(b[0:], uint64(a.Handler))
	le.PutUint64(b[8:], a.Flags)
	le.PutUint64(b[16:], uint64(a.Mask))
}
