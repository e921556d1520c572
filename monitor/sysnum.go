package monitor

import (
	"maps"
	"slices"
	"strings"
)

// syscallNumber finds a system call by its name in small letters.
func syscallNumber(arch, name string) (uint64, bool) {
	n, ok := syscalls[arch][strings.ToLower(name)]
	return n, ok
}

func syscallNames(arch string) []string { return slices.Sorted(maps.Keys(syscalls[arch])) }

// syscallName is the reverse; "" for a number without a name.
func syscallName(arch string, n uint64) string {
	for _, name := range syscallNames(arch) {
		if syscalls[arch][name] == n {
			return name
		}
	}
	return ""
}
