//go:build riscv64 || 386

package nucleus

import "rv86/kernel/abi"

const (
	ePERM     = uintptr(abi.EPERM)
	eNOENT    = uintptr(abi.ENOENT)
	eBADF     = uintptr(abi.EBADF)
	eAGAIN    = uintptr(abi.EAGAIN)
	eNOMEM    = uintptr(abi.ENOMEM)
	eINVAL    = uintptr(abi.EINVAL)
	eNOSYS    = uintptr(abi.ENOSYS)
	eTIMEDOUT = uintptr(abi.ETIMEDOUT)
)

func errno(n uintptr) uintptr { return -n }

// Calls of the kernel's own, above Linux's numbers.
const (
	callPopulate = 2000 + iota // (va): 1 if va was a missing page of the window
	callPowerOff               // (status)
	callRestart
	callEnableIRQ // (n)
	callDoneIRQ   // (n)
	callDie       // the panic text is set
)

const (
	fGetFl     = 3
	oRdwr      = 2
	oNonblock  = 0x800
	madvFree   = 4 // MADV_DONTNEED
	clockReal  = 0
	nsecPerSec = 1_000_000_000
)

// epochSeconds is the wall clock at reset: nothing of the host's is visible
// to the guest, so it is a constant, 2026-01-01 00:00:00 UTC.
const epochSeconds = 1767225600

// syscall serves a call of the kernel's own runtime. The arguments are copied
// first: the result goes where the first one came from.
func syscall(t *thread) {
	n, a := t.call()
	ret := uintptr(0)
	blocked := false
	switch n {
	case abi.SYS_WRITE:
		ret = write(a[0], a[1], a[2])
	case abi.SYS_READ:
		ret = readWord(a[0]-fdWord, a[1])
	case abi.SYS_MMAP:
		ret = mmap(a[0], a[1], a[2], a[3])
		if ret == 0 {
			ret = errno(eNOMEM)
		}
	case abi.SYS_MUNMAP:
		munmap(a[0], a[1])
	case abi.SYS_MADVISE:
		if a[2] == madvFree {
			discard(a[0], a[1])
		}
	case abi.SYS_FUTEX:
		ret, blocked = futex(t, a[0], a[1], a[2], a[3])
	case abi.SYS_NANOSLEEP:
		t.R[regResult] = 0
		block(t, waitSleep, ticks()+max(timespecTicks(a[0]), minSleep))
		blocked = true
	case abi.SYS_SCHED_YIELD:
		t.R[regResult] = 0
		schedule(true)
		blocked = true
	case abi.SYS_EPOLL_CREATE1:
		ret = fdEpoll
	case abi.SYS_EVENTFD2:
		ret = fdWord + wordRuntime
	case abi.SYS_EPOLL_CTL:
		ret = epollCtl(a[1], a[2], a[3])
	case abi.SYS_EPOLL_PWAIT:
		ret, blocked = epollWait(t, a[1], a[2], a[3])
	case abi.SYS_CLOCK_GETTIME:
		ns := ticks() * nsPerTick
		sec := ns / nsecPerSec
		if a[0] == clockReal {
			sec += epochSeconds
		}
		st(a[1], uintptr(sec))
		st(a[1]+wordSize, uintptr(ns%nsecPerSec))
	case abi.SYS_CLONE:
		ret = clone(t, a[1])
	case abi.SYS_EXIT:
		t.state = tFree
		schedule(false)
		blocked = true
	case abi.SYS_EXIT_GROUP:
		runtimeExit(a[0])
	case abi.SYS_GETTID:
		ret = uintptr(ncur) + 1
	case abi.SYS_GETPID:
		ret = 1
	case abi.SYS_TGKILL:
		ret = kill(a[1], a[2])
	case abi.SYS_TKILL, abi.SYS_KILL:
		ret = kill(a[0], a[1])
	case abi.SYS_RT_SIGACTION:
		ret = setAction(a[0], a[1], a[2])
	case abi.SYS_RT_SIGPROCMASK:
		ret = setMask(t, a[0], a[1], a[2])
	case abi.SYS_SIGALTSTACK:
		ret = altStack(t, a[0], a[1])
	case abi.SYS_RT_SIGRETURN:
		popSigFrame(t)
		blocked = true
	case abi.SYS_SCHED_GETAFFINITY:
		st(a[2], 1) // one CPU
		ret = wordSize
	case abi.SYS_FCNTL:
		if a[1] == fGetFl {
			ret = oRdwr
			if a[0] >= fdWord {
				ret |= oNonblock
			}
		}
	case abi.SYS_OPENAT: // the huge page size, in sysfs
		ret = errno(eNOENT)
	case abi.SYS_CLOSE, abi.SYS_MPROTECT:
	case abi.SYS_PRCTL: // PR_SET_VMA
		ret = errno(eINVAL)
	case callPopulate:
		if populate(a[0]) {
			ret = 1
		}
	case callPowerOff:
		powerOff(a[0])
	case callRestart:
		powerRestart()
	case callEnableIRQ:
		irqEnable(a[0])
	case callDoneIRQ:
		irqDone(a[0])
	case callDie:
		dieNow()
	default:
		ret = machineCall(t, n, a[0])
	}
	if !blocked {
		t.R[regResult] = ret
	}
}
