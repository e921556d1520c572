// Command hostile runs inside the guest. Its children make system calls with
// random numbers and arguments; whatever becomes of them, the kernel must live
// and must have its processes in order afterwards.
package main

import (
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"strconv"
	"syscall"
	"time"
	"unsafe"
)

const (
	children   = 60
	calls      = 1000
	highest    = 460 // call numbers from 0 on
	childLimit = 300 * time.Millisecond
)

func main() {
	if len(os.Args) > 1 {
		seed, _ := strconv.ParseUint(os.Args[1], 10, 64)
		attack(rand.New(rand.NewPCG(seed, seed)))
		return
	}
	// What the kernel has to say about the calls is not compared.
	const setConsoleLevel, emergenciesOnly = 8, 1
	syscall.RawSyscall(syscall.SYS_SYSLOG, setConsoleLevel, 0, emergenciesOnly)
	for seed := range children {
		c := exec.Command("/proc/self/exe", strconv.Itoa(seed))
		c.SysProcAttr = &syscall.SysProcAttr{Setsid: true} // signals to group 0 stay there
		if err := c.Start(); err != nil {
			fmt.Println("FAIL:", err)
			return
		}
		kill := time.AfterFunc(childLimit, func() { syscall.Kill(-c.Process.Pid, syscall.SIGKILL) })
		c.Wait()
		kill.Stop()
		syscall.Kill(-c.Process.Pid, syscall.SIGKILL) // what it left behind
	}
	if out, err := exec.Command("/bin/echo", "the kernel lives").Output(); err != nil {
		fmt.Println("FAIL:", err)
	} else {
		os.Stdout.Write(out)
	}
}

// spared are the calls that may legitimately end the test itself.
var spared = map[uintptr]bool{
	syscall.SYS_REBOOT: true, syscall.SYS_EXIT: true, syscall.SYS_EXIT_GROUP: true,
	syscall.SYS_KILL: true, syscall.SYS_TKILL: true, syscall.SYS_TGKILL: true,
	syscall.SYS_RT_SIGQUEUEINFO: true, syscall.SYS_RT_TGSIGQUEUEINFO: true, 424: true, // pidfd_send_signal
	syscall.SYS_SYSLOG: true, // could silence the console
	syscall.SYS_CHROOT: true, syscall.SYS_UMOUNT2: true, syscall.SYS_MOUNT: true,
	syscall.SYS_UNLINKAT: true, 276: true, // renameat2
	syscall.SYS_SETPGID: true, syscall.SYS_SETSID: true, // the parent cleans up by group
}

var memory [4 * 4096]byte

func attack(r *rand.Rand) {
	for i := range memory {
		if r.IntN(8) == 0 {
			memory[i] = byte(r.Uint32())
		}
	}
	for range calls {
		n := uintptr(r.IntN(highest))
		if spared[n] {
			continue
		}
		var a [6]uintptr
		for i := range a {
			a[i] = argument(r)
		}
		syscall.RawSyscall6(n, a[0], a[1], a[2], a[3], a[4], a[5])
	}
}

// argument draws from what makes kernels stumble: borders, wraps, pointers to
// the last bytes of something, small numbers that are descriptors or flags.
func argument(r *rand.Rand) uintptr {
	base := uintptr(unsafe.Pointer(&memory[0]))
	switch r.IntN(10) {
	case 0:
		return 0
	case 1:
		return ^uintptr(0) - uintptr(r.IntN(5000))
	case 2:
		return uintptr(r.IntN(8))
	case 3:
		return base + uintptr(r.IntN(64))
	case 4:
		return base + uintptr(len(memory)) - uintptr(r.IntN(16))
	case 5:
		return 1 << r.IntN(64)
	case 6:
		return uintptr(r.Uint64())
	case 7:
		return uintptr(r.IntN(32)) * 4096
	case 8:
		return uintptr(r.IntN(4096))
	}
	return base
}
