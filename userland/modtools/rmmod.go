package modtools

import (
	"errors"
	"fmt"
	"strings"
	"syscall"

	"golang.org/x/sys/unix"

	"rv86/userland/box"
)

var rmmodCommand = box.Command{
	Name: "rmmod", Usage: "MODULE...", Help: "Remove modules from the kernel.",
	Options: []box.Option{
		box.Flag('f', "force", "also a module that is in use or cannot be removed; dangerous"),
		box.Flag('v', "verbose", "say what is removed"),
	},
	Run: rmmod,
}

func rmmod(c *box.Context) int {
	if len(c.Args) == 0 {
		return c.Fail("ERROR: missing module name.")
	}
	status := box.OK
	for _, arg := range c.Args {
		if refusal := removeModule(c, moduleName(arg)); refusal != "" {
			status = c.Fail("ERROR: %s", refusal)
		}
	}
	return status
}

// removeModule removes a module. If that is not to be, it returns kmod's
// sentence about why.
func removeModule(c *box.Context, name string) (refusal string) {
	flags := syscall.O_NONBLOCK // never wait for the last user
	if c.Has('f') {
		flags |= syscall.O_TRUNC // delete_module(2): force
	} else if refusal := whyKept(name); refusal != "" {
		return refusal
	}
	if c.Has('v') {
		fmt.Fprintf(c.Out, "rmmod %s\n", name)
	}
	err := unix.DeleteModule(name, flags)
	switch {
	case err == nil:
		return ""
	case errors.Is(err, syscall.ENOENT):
		return notLoaded(name)
	}
	return fmt.Sprintf("could not remove module %s: %s", name, box.Reason(err))
}

func notLoaded(name string) string { return fmt.Sprintf("Module %s is not currently loaded", name) }

// whyKept words the refusals that kmod finds in /proc/modules before it asks
// the kernel.
func whyKept(name string) string {
	list, err := readLoaded()
	if err != nil {
		return "" // the kernel will answer
	}
	m := findLoaded(list, name)
	switch {
	case m == nil:
		return notLoaded(name)
	case len(m.users) > 0:
		return fmt.Sprintf("Module %s is in use by: %s", name, strings.Join(m.users, " "))
	case m.refs > 0:
		return fmt.Sprintf("Module %s is in use", name)
	}
	return ""
}
