//go:build linux

package main

import (
	"errors"
	"fmt"
	"os"
	"strconv"
	"strings"
	"syscall"
)

// failFile makes the n-th step or allocation of module loading fail.
const failFile = "/proc/sys/kernel/module_fail_nth"

func failNth(n int) error { return os.WriteFile(failFile, []byte(strconv.Itoa(n)), 0) }

// failsIn is what is left of the number: 0 after the failure.
func failsIn() int {
	b, err := os.ReadFile(failFile)
	if err != nil {
		panic(err)
	}
	n, _ := strconv.Atoi(strings.TrimSpace(string(b)))
	return n
}

// subjects are loads with much to undo.
var subjects = []struct{ file, name, args string }{
	{"params", "params", "whom=somebody list=1,2,3 count=2"},
	{"dep-b", "dep_b", ""},
	{"hello", "hello", ""},
}

// inject fails each step of each subject in turn, then lets it load and
// removes it, for a number of loads altogether.
func inject(cycles int) error {
	if e := load(file("dep-a"), ""); e != 0 {
		return fmt.Errorf("dep-a: %w", e)
	}
	return errors.Join(injectLoads(cycles), toErr(unload("dep_a")))
}

func injectLoads(cycles int) error {
	for done := 0; done < cycles; {
		for _, s := range subjects {
			blob := file(s.file)
			for n := 1; ; n++ {
				if err := failNth(n); err != nil {
					return err
				}
				e := load(blob, s.args)
				done++
				left := failsIn()
				if e == 0 {
					if left == 0 {
						return fmt.Errorf("%s: failure %d went unnoticed", s.name, n)
					}
					break
				}
				if e != syscall.ENOMEM || left != 0 {
					return fmt.Errorf("%s: failure %d: %w, %d left", s.name, n, e, left)
				}
				if got := loaded(); got != 1 {
					return fmt.Errorf("%s: failure %d: %d modules are loaded", s.name, n, got)
				}
			}
			if err := errors.Join(failNth(0), toErr(unload(s.name))); err != nil {
				return fmt.Errorf("%s: %w", s.name, err)
			}
		}
	}
	return nil
}

func toErr(e syscall.Errno) error {
	if e == 0 {
		return nil
	}
	return e
}
