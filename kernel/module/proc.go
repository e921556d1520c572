package module

import (
	"strconv"
	"strings"

	"rv86/kernel/abi"
	"rv86/kernel/vfs"
)

// Register adds modules, exports, kallsyms and files of sys/kernel to /proc (proc(5),
// Linux Documentation/admin-guide/sysctl/kernel.rst).
func (k *Kernel) Register(proc *vfs.Dir) {
	proc.Add("modules", vfs.Text(0o444, func() []byte { return []byte(k.List()) }))
	proc.Add("exports", vfs.Text(0o444, func() []byte { return []byte(k.Exported()) }))
	proc.Add("kallsyms", vfs.Stream(0o444, k.kallsyms))
	kernel := proc.Sub("sys").Sub("kernel")
	number := func(n int) []byte { return append(strconv.AppendInt(nil, int64(n), 10), '\n') }
	kernel.Add("tainted", vfs.TextRW(0o644, func() []byte { return number(int(k.Taint())) }, k.storeTaint))
	kernel.Add("modules_disabled", vfs.TextRW(0o644, func() []byte {
		if k.Disabled() {
			return number(1)
		}
		return number(0)
	}, k.storeDisabled))
	kernel.Add("modprobe", vfs.TextRW(0o644, func() []byte { return []byte(k.modprobe() + "\n") }, k.storeModprobe))
	// Ours: see failure.
	kernel.Add("module_fail_nth", vfs.TextRW(0o600, func() []byte { return number(k.FailsIn()) }, func(b []byte) abi.Errno {
		n, e := sysctlNumber(b)
		if e == 0 {
			k.FailNth(n)
		}
		return e
	}))
}

// sysctlNumber reads what is written to a file that holds a number.
func sysctlNumber(b []byte) (int, abi.Errno) {
	n, err := strconv.Atoi(strings.TrimSpace(string(b)))
	if err != nil || n < 0 {
		return 0, abi.EINVAL
	}
	return n, 0
}

// storeTaint adds bits; none can be taken away.
func (k *Kernel) storeTaint(b []byte) abi.Errno {
	n, e := sysctlNumber(b)
	if e == 0 {
		k.mu.Lock()
		k.taint |= uint(n) & (1<<len(taintLetters) - 1)
		k.mu.Unlock()
	}
	return e
}

// storeDisabled takes only a 1: what is disabled stays so.
func (k *Kernel) storeDisabled(b []byte) abi.Errno {
	n, e := sysctlNumber(b)
	switch {
	case e != 0:
		return e
	case n != 1:
		return abi.EINVAL
	}
	k.Disable()
	return 0
}

func (k *Kernel) modprobe() string {
	k.mu.Lock()
	defer k.mu.Unlock()
	return k.modprobeFile
}

// storeModprobe sets the program that loads modules for the kernel; an empty
// name means that there is none.
func (k *Kernel) storeModprobe(b []byte) abi.Errno {
	k.mu.Lock()
	k.modprobeFile = strings.TrimRight(string(b), "\n")
	k.mu.Unlock()
	return 0
}
