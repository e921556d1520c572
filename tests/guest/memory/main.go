// Command memory runs inside the guest. It starts and ends processes in every
// way, several hundred times over, and checks that all user memory came back:
// free pages, less what the kernel's own heap and tables took, must not
// change. Every page of RAM is free or somebody's.
package main

import (
	"fmt"
	"os"
	"os/exec"
	"runtime/debug"
	"strconv"
	"syscall"
	"time"

	"rv86/tests/lab/meminfo"
)

const (
	rounds    = 3
	perRound  = 30
	warmUp    = 1 // rounds after which caches are full
	mapLength = 1 << 20
)

func main() {
	if len(os.Args) > 1 {
		child(os.Args[1])
		return
	}
	var settled int
	for r := range rounds + warmUp {
		for i := range perRound {
			c := exec.Command("/proc/self/exe", strconv.Itoa(i%5))
			c.Run()
		}
		// The dead are reaped by now; give their goroutines a moment.
		time.Sleep(10 * time.Millisecond)
		free := userPages()
		switch {
		case r < warmUp:
			settled = free
		case free < settled-slack:
			fmt.Printf("FAIL: %d kB are missing after round %d\n", settled-free, r)
			return
		}
	}
	fmt.Println("no page is missing")
}

// slack is what this process' own heap may have grown by, in kB.
const slack = 512

func child(how string) {
	b, err := syscall.Mmap(-1, 0, mapLength, syscall.PROT_READ|syscall.PROT_WRITE, syscall.MAP_ANON|syscall.MAP_PRIVATE)
	if err != nil {
		os.Exit(1)
	}
	for i := 0; i < len(b); i += 4096 {
		b[i] = 1
	}
	switch how {
	case "0": // leaves by returning
	case "1":
		os.Exit(3)
	case "2":
		syscall.Kill(os.Getpid(), syscall.SIGKILL)
		time.Sleep(time.Hour)
	case "3": // a program replaces this one
		syscall.Exec("/bin/true", []string{"true"}, nil)
	case "4": // with threads at work
		for range 4 {
			go func() { select {} }()
		}
		time.Sleep(time.Millisecond)
	}
}

// userPages is MemFree plus what the kernel itself and the file cache hold, in
// kB, with as little as possible held by this process.
func userPages() int {
	debug.FreeOSMemory()
	m, err := meminfo.Read()
	if err != nil {
		fmt.Println(err)
		os.Exit(1)
	}
	all := m.Unowned() + m.Sum("Slab", "VmallocUsed")
	if all != m["MemTotal"] {
		fmt.Printf("FAIL: %d kB of %d kB have an owner or are free\n", all, m["MemTotal"])
		os.Exit(1)
	}
	return m.Sum("MemFree", "KernelHeap", "KernelTables", "Cached")
}
