// Command memory runs inside the guest. It starts and ends processes in every
// way, several hundred times over, and checks that all user memory came back:
// free pages, less what the kernel's own heap and tables took, must not
// change.
package main

import (
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"runtime/debug"
	"strconv"
	"syscall"
	"time"
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

// userPages is MemFree plus what the kernel itself holds, in kB, with as little
// as possible held by this process.
func userPages() int {
	debug.FreeOSMemory()
	b, err := os.ReadFile("/proc/meminfo")
	if err != nil {
		fmt.Println(err)
		os.Exit(1)
	}
	sum := 0
	for _, line := range bytes.Split(b, []byte("\n")) {
		f := bytes.Fields(line)
		if len(f) < 2 {
			continue
		}
		switch string(f[0]) {
		case "MemFree:", "KernelHeap:", "PageTables:", "Cached:":
			n, _ := strconv.Atoi(string(f[1]))
			sum += n
		}
	}
	return sum
}
