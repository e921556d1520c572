package abi

// clone flags (include/uapi/linux/sched.h).
const (
	CLONE_CSIGNAL        = 0xff
	CLONE_VM             = 0x100
	CLONE_FS             = 0x200
	CLONE_FILES          = 0x400
	CLONE_SIGHAND        = 0x800
	CLONE_PIDFD          = 0x1000
	CLONE_PTRACE         = 0x2000
	CLONE_VFORK          = 0x4000
	CLONE_PARENT         = 0x8000
	CLONE_THREAD         = 0x10000
	CLONE_NEWNS          = 0x20000
	CLONE_SYSVSEM        = 0x40000
	CLONE_SETTLS         = 0x80000
	CLONE_PARENT_SETTID  = 0x100000
	CLONE_CHILD_CLEARTID = 0x200000
	CLONE_CHILD_SETTID   = 0x1000000
	CLONE_NEWCGROUP      = 0x2000000
	CLONE_NEWUTS         = 0x4000000
	CLONE_NEWIPC         = 0x8000000
	CLONE_NEWUSER        = 0x10000000
	CLONE_NEWPID         = 0x20000000
	CLONE_NEWNET         = 0x40000000
)

// wait4 and waitid.
const (
	WNOHANG    = 1
	WUNTRACED  = 2
	WSTOPPED   = 2
	WEXITED    = 4
	WCONTINUED = 8
	WNOWAIT    = 0x1000000
	P_ALL      = 0
	P_PID      = 1
	P_PGID     = 2
)

// Memory protection and mapping (include/uapi/asm-generic/mman*.h).
const (
	PROT_READ           = 1
	PROT_WRITE          = 2
	PROT_EXEC           = 4
	PROT_GROWSDOWN      = 0x01000000
	PROT_GROWSUP        = 0x02000000
	MAP_SHARED          = 0x01
	MAP_PRIVATE         = 0x02
	MAP_SHARED_VALIDATE = 0x03
	MAP_TYPE            = 0x0f
	MAP_FIXED           = 0x10
	MAP_ANONYMOUS       = 0x20
	MAP_GROWSDOWN       = 0x0100
	MAP_FIXED_NOREPLACE = 0x100000
	MREMAP_MAYMOVE      = 1
	MREMAP_FIXED        = 2
	MADV_DONTNEED       = 4
	MADV_FREE           = 8
	MADV_REMOVE         = 9
)

// futex operations (include/uapi/linux/futex.h).
const (
	FUTEX_WAIT           = 0
	FUTEX_WAKE           = 1
	FUTEX_REQUEUE        = 3
	FUTEX_CMP_REQUEUE    = 4
	FUTEX_WAKE_OP        = 5
	FUTEX_WAIT_BITSET    = 9
	FUTEX_WAKE_BITSET    = 10
	FUTEX_PRIVATE_FLAG   = 128
	FUTEX_CLOCK_REALTIME = 256
	FUTEX_OWNER_DIED     = 0x40000000
	FUTEX_TID_MASK       = 0x3fffffff
)

// Clocks (include/uapi/linux/time.h).
const (
	CLOCK_REALTIME           = 0
	CLOCK_MONOTONIC          = 1
	CLOCK_PROCESS_CPUTIME_ID = 2
	CLOCK_THREAD_CPUTIME_ID  = 3
	CLOCK_MONOTONIC_RAW      = 4
	CLOCK_REALTIME_COARSE    = 5
	CLOCK_MONOTONIC_COARSE   = 6
	CLOCK_BOOTTIME           = 7
	CLOCK_REALTIME_ALARM     = 8
	CLOCK_BOOTTIME_ALARM     = 9
	TIMER_ABSTIME            = 1
	ITIMER_REAL              = 0
	ITIMER_VIRTUAL           = 1
	ITIMER_PROF              = 2
)

// Auxiliary vector (include/uapi/linux/auxvec.h).
const (
	AT_NULL         = 0
	AT_PHDR         = 3
	AT_PHENT        = 4
	AT_PHNUM        = 5
	AT_PAGESZ       = 6
	AT_BASE         = 7
	AT_FLAGS        = 8
	AT_ENTRY        = 9
	AT_UID          = 11
	AT_EUID         = 12
	AT_GID          = 13
	AT_EGID         = 14
	AT_HWCAP        = 16
	AT_CLKTCK       = 17
	AT_SECURE       = 23
	AT_RANDOM       = 25
	AT_EXECFN       = 31
	AT_SYSINFO_EHDR = 33
)

// Resource limits (include/uapi/asm-generic/resource.h).
const (
	RLIMIT_CPU     = 0
	RLIMIT_FSIZE   = 1
	RLIMIT_DATA    = 2
	RLIMIT_STACK   = 3
	RLIMIT_CORE    = 4
	RLIMIT_RSS     = 5
	RLIMIT_NPROC   = 6
	RLIMIT_NOFILE  = 7
	RLIMIT_MEMLOCK = 8
	RLIMIT_AS      = 9
	RLIM_NLIMITS   = 16
	RLIM_INFINITY  = ^uint64(0)
)

// prctl operations (include/uapi/linux/prctl.h).
const (
	PR_SET_PDEATHSIG       = 1
	PR_GET_PDEATHSIG       = 2
	PR_GET_DUMPABLE        = 3
	PR_SET_DUMPABLE        = 4
	PR_SET_NAME            = 15
	PR_GET_NAME            = 16
	PR_SET_CHILD_SUBREAPER = 36
	PR_SET_NO_NEW_PRIVS    = 38
	PR_GET_NO_NEW_PRIVS    = 39
)

// reboot(2) (include/uapi/linux/reboot.h). RV86: POWER_OFF's fourth argument
// is the machine's exit status.
const (
	LINUX_REBOOT_MAGIC1        = 0xfee1dead
	LINUX_REBOOT_MAGIC2        = 672274793
	LINUX_REBOOT_MAGIC2A       = 85072278
	LINUX_REBOOT_MAGIC2B       = 369367448
	LINUX_REBOOT_MAGIC2C       = 537993216
	LINUX_REBOOT_CMD_RESTART   = 0x01234567
	LINUX_REBOOT_CMD_HALT      = 0xcdef0123
	LINUX_REBOOT_CMD_CAD_ON    = 0x89abcdef
	LINUX_REBOOT_CMD_CAD_OFF   = 0
	LINUX_REBOOT_CMD_POWER_OFF = 0x4321fedc
	LINUX_REBOOT_CMD_RESTART2  = 0xa1b2c3d4
)
