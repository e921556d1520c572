package bootparam

import (
	"fmt"
	"strconv"
	"strings"

	"rv86/kernel/abi"
	"rv86/kmod"
	"rv86/kmod/vmlinux"
)

// Row declares a parameter. The table must be a statically initialized array:
// the image builder reads it from what the linker made (vmlinux.GoRowWords).
type Row struct {
	Set  func(value string) abi.Errno
	_    uintptr // an initcall's level
	Name string
}

// Parse hands every word that is a parameter to set, in the order of the command
// line, and gives a sentence for each value that was refused. Other words are
// for the first program.
func Parse(line string, params []vmlinux.Param, set func(row uint64, value string) abi.Errno) (refused []string) {
	for word := range words(line) {
		if word == "--" {
			break
		}
		name, value, _ := strings.Cut(word, "=")
		for _, p := range params {
			if !kmod.SameParam(p.Name, name) {
				continue
			}
			if e := set(p.Row, unquote(value)); e != 0 {
				refused = append(refused, fmt.Sprintf("%s: `%s' invalid for parameter `%s'", kernelName, value, name))
			}
		}
	}
	return refused
}

// kernelName is what Linux calls the place whose parameters these are.
const kernelName = "Booting kernel"

// unquote takes a value out of its quotes. One that is no literal stays.
func unquote(value string) string {
	if !strings.HasPrefix(value, `"`) {
		return value
	}
	if s, err := strconv.Unquote(value); err == nil {
		return s
	}
	return value
}

// words splits at spaces outside quotes.
func words(line string) func(yield func(string) bool) {
	return func(yield func(string) bool) {
		for {
			line = strings.TrimLeft(line, " \t\n")
			if line == "" {
				return
			}
			n := wordLength(line)
			if !yield(line[:n]) {
				return
			}
			line = line[n:]
		}
	}
}

func wordLength(line string) int {
	quoted := false
	for i := 0; i < len(line); i++ {
		switch c := line[i]; {
		case quoted && c == '\\':
			i++
		case c == '"':
			quoted = !quoted
		case !quoted && strings.IndexByte(" \t\n", c) >= 0:
			return i
		}
	}
	return len(line)
}
