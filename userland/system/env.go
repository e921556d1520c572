package system

import (
	"fmt"
	"os"
	"os/exec"
	"strings"
	"syscall"

	"rv86/userland/box"
)

var envCommand = box.Command{
	Name: "env", Usage: "[-i] [-u NAME]... [NAME=VALUE]... [COMMAND [ARG]...]",
	Help: "Run a command in a changed environment, or print the environment.",
	Raw:  true, Run: env,
}

func env(c *box.Context) int {
	args := c.Args
	list := os.Environ()
	for len(args) > 0 && strings.HasPrefix(args[0], "-") {
		switch {
		case args[0] == "-i" || args[0] == "-":
			list = nil
		case args[0] == "-u" && len(args) > 1:
			args = args[1:]
			list = without(list, args[0])
		default:
			return c.Fail("invalid option -- '%s'", strings.TrimLeft(args[0], "-"))
		}
		args = args[1:]
	}
	for len(args) > 0 && strings.Contains(args[0], "=") {
		name, _, _ := strings.Cut(args[0], "=")
		list = append(without(list, name), args[0])
		args = args[1:]
	}
	if len(args) == 0 {
		for _, v := range list {
			fmt.Fprintln(c.Out, v)
		}
		return box.OK
	}
	path, err := exec.LookPath(args[0])
	if err != nil {
		c.Errorf("'%s': No such file or directory", args[0])
		return notFound
	}
	err = syscall.Exec(path, args, list)
	c.Errorf("'%s': %s", args[0], box.Reason(err))
	return notExecutable
}

func without(list []string, name string) []string {
	var kept []string
	for _, v := range list {
		if !strings.HasPrefix(v, name+"=") {
			kept = append(kept, v)
		}
	}
	return kept
}

var printenvCommand = box.Command{
	Name: "printenv", Usage: "[NAME]...", Help: "Print environment variables.",
	Run: func(c *box.Context) int {
		if len(c.Args) == 0 {
			for _, v := range os.Environ() {
				fmt.Fprintln(c.Out, v)
			}
		}
		status := box.OK
		for _, name := range c.Args {
			if value, ok := os.LookupEnv(name); ok {
				fmt.Fprintln(c.Out, value)
			} else {
				status = box.Failure
			}
		}
		return status
	},
}
