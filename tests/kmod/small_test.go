package kmod

import (
	"os"
	"testing"
)

// TestSmallTools compares what needs no kernel of ours: misuse, files that are
// not there, and the list of whatever the host has loaded.
func TestSmallTools(t *testing.T) {
	for _, args := range [][]string{
		{"insmod"},
		{"insmod", "-"},
		{"insmod", "none.ko"},
		{"insmod", "./none", "p=1"},
		{"rmmod"},
		{"rmmod", "none_such"},
		{"rmmod", "none-such.ko", "none_such2"},
		{"rmmod", "-v", "none_such"},
		{"lsmod", "argument"},
	} {
		compare(t, args[0], args[1:]...)
	}
	if _, err := os.Stat("/proc/modules"); err == nil {
		compare(t, "lsmod")
	}
}
