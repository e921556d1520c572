//go:build unix

package machine

import (
	"fmt"
	"syscall"
)

// allocRAM gives n zeroed bytes. Go's allocator ends the program when the host
// refuses memory, so the host is asked first, in the way Go will ask.
func allocRAM(n uint64) ([]byte, error) {
	if n > uint64(maxInt) {
		return nil, errHostMemory(n)
	}
	probe, err := syscall.Mmap(-1, 0, int(n), syscall.PROT_READ|syscall.PROT_WRITE, syscall.MAP_ANON|syscall.MAP_PRIVATE)
	if err != nil {
		return nil, fmt.Errorf("%w (%w)", errHostMemory(n), err)
	}
	if err := syscall.Munmap(probe); err != nil {
		return nil, err
	}
	return make([]byte, n), nil
}
