// Command rvbox is the guest's userland: one binary that is every command,
// chosen by the name it is called by (a symbolic link per command in /bin) or
// by its first argument. It is built by the stock Go toolchain for
// GOOS=linux and, but for init and the module tools, runs on any Linux.
package main

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"rv86/userland/box"
	"rv86/userland/table"
)

func main() {
	name := filepath.Base(os.Args[0])
	args := os.Args[1:]
	// A login shell's name begins with a minus sign (login(1)).
	name = strings.TrimPrefix(name, "-")
	if name == "rvbox" {
		if len(args) == 0 || strings.HasPrefix(args[0], "-") {
			os.Exit(list())
		}
		name, args = args[0], args[1:]
	}
	cmd := table.Find(name)
	if cmd == nil {
		fmt.Fprintf(os.Stderr, "rvbox: %s: no such command; rvbox --list names them\n", name)
		os.Exit(127)
	}
	os.Exit(cmd.Main(name, args, os.Stdin, os.Stdout, os.Stderr))
}

// list prints the commands, one a line, with what each does.
func list() int {
	for _, cmd := range table.Commands() {
		if _, err := fmt.Printf("%-10s %s\n", cmd.Name, cmd.Help); err != nil {
			return box.Failure
		}
	}
	return box.OK
}
