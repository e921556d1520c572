package sys

import (
	"encoding/binary"

	"rv86/kernel/abi"
	"rv86/kernel/task"
)

// machineCalls are the calls that only i386 has, or has in this form (Linux
// arch/x86/entry/syscalls/syscall_32.tbl). Left out: 16-bit supplementary
// groups, readdir(2), the old uname and select structures, System V IPC.
var machineCalls = concat(wideCalls386, classicCalls386, statCalls386, time64Calls386, identityCalls386, signalCalls386, socketCalls386)

func concat(sets ...[]row) (all []row) {
	for _, s := range sets {
		all = append(all, s...)
	}
	return all
}

// offsetWords is how many argument registers a file offset takes.
const offsetWords = 2

// offset is the file offset in arguments i and i+1.
func offset(a *args, i int) int64 { return halves(a, i) }

// The commands of fcntl64(2) that take a struct flock64.
const (
	fGETLK64  = 12
	fSETLK64  = 13
	fSETLKW64 = 14
)

var (
	flock32 = flockLayout{size: 16, word: 4, start: 4, length: 8, pid: 12}
	flock64 = flockLayout{size: 24, word: 8, start: 4, length: 12, pid: 20}
)

// nativeFlock is the struct flock that goes with a lock request.
func nativeFlock(cmd uintptr) *flockLayout {
	switch cmd {
	case abi.F_OFD_GETLK, abi.F_OFD_SETLK, abi.F_OFD_SETLKW:
		return &flock64
	}
	return &flock32
}

// fcntl64 is fcntl(2) with requests for 64-bit record locks.
func fcntl64(t *task.Thread, a *args) (uintptr, abi.Errno) {
	cmd := a[1]
	if cmd < fGETLK64 || cmd > fSETLKW64 {
		return sysFcntl(t, a)
	}
	d, e := file(t, a[0])
	if e != 0 {
		return 0, e
	}
	defer d.Put()
	if d.Flags()&abi.O_PATH != 0 {
		return 0, abi.EBADF
	}
	return 0, recordLock(t, d, cmd-fGETLK64+abi.F_GETLK, a[2], &flock64)
}

// actionSize is struct sigaction of rt_sigaction: handler, flags, restorer,
// mask.
const actionSize = 20

func getAction(b []byte) *task.Action {
	le := binary.LittleEndian
	return &task.Action{
		Handler: word(b), Flags: uint64(le.Uint32(b[4:])), Restorer: word(b[8:]), Mask: task.SigSet(le.Uint64(b[12:])),
	}
}

func putAction(b []byte, a task.Action) {
	le := binary.LittleEndian
	putWord(b, uint64(a.Handler))
	le.PutUint32(b[4:], uint32(a.Flags))
	putWord(b[8:], uint64(a.Restorer))
	le.PutUint64(b[12:], uint64(a.Mask))
}
