// Package meminfo reads /proc/meminfo, for programs that run inside the guest.
package meminfo

import (
	"fmt"
	"os"
	"strconv"
	"strings"
)

// Info are the rows of /proc/meminfo, in kB.
type Info map[string]int

// Read reads the file. The kernel trims its heap first, so the figures are of
// what is in use.
func Read() (Info, error) {
	b, err := os.ReadFile("/proc/meminfo")
	if err != nil {
		return nil, err
	}
	rows := Info{}
	for line := range strings.Lines(string(b)) {
		name, value, _ := strings.Cut(line, ":")
		n, err := strconv.Atoi(strings.TrimSuffix(strings.TrimSpace(value), " kB"))
		if err != nil {
			return nil, fmt.Errorf("/proc/meminfo: %q: %w", line, err)
		}
		rows[name] = n
	}
	return rows, nil
}

// Settled reads the file after it has filled the kernel's log with lines of one
// length: the log is part of the heap, and what it takes depends on its lines.
// They go to the console too, unless that was told to be quiet.
func Settled() (Info, error) {
	const lines = 2048 // of 64 bytes and more, in a log of 128 KiB
	kmsg, err := os.OpenFile("/dev/kmsg", os.O_WRONLY, 0)
	if err != nil {
		return nil, err
	}
	defer kmsg.Close()
	for range lines {
		if _, err := kmsg.WriteString(strings.Repeat("-", 64) + "\n"); err != nil {
			return nil, err
		}
	}
	return Read()
}

// Sum adds rows up. A row that is missing is a mistake of the caller's.
func (m Info) Sum(rows ...string) int {
	sum := 0
	for _, r := range rows {
		n, ok := m[r]
		if !ok {
			panic("/proc/meminfo has no row " + r)
		}
		sum += n
	}
	return sum
}

// Unowned is the memory that is free, or would be but for programs, the file
// cache and the kernel's Go heap with its tables, in kB. What modules and the
// loader take and do not give back is missing from it, to the page.
func (m Info) Unowned() int {
	return m.Sum("MemFree", "Cached", "AnonPages", "PageTables", "KernelHeap", "KernelTables")
}

// Live is what the kernel's Go objects take, in kB.
func (m Info) Live() int { return m.Sum("KernelHeapLive") }

// Kept compares what the kernel holds now with what it held before. It may hold
// not one page more, and no more Go objects than a map or a ring that has yet to
// find its size.
func (m Info) Kept(before Info) error {
	const settling = 8 // kB: less than a byte a load, in 10,000
	if lost := before.Unowned() - m.Unowned(); lost != 0 {
		return fmt.Errorf("%d kB of pages are gone", lost)
	}
	if more := m.Live() - before.Live(); more > settling {
		return fmt.Errorf("the kernel's heap has %d kB more", more)
	}
	return nil
}
