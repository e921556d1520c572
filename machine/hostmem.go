package machine

import "fmt"

// maxInt bounds what a host can address.
const maxInt = int(^uint(0) >> 1)

// errHostMemory is why a guest of n bytes cannot be had.
func errHostMemory(n uint64) error {
	return fmt.Errorf("this host has no %d MiB of memory to give: ask for less with --memory", n>>20)
}
