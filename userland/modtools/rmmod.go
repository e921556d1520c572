package modtools

import (
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
		if err := removeModule(c, moduleName(arg)); err != nil {
			status = c.Fail("ERROR: %s", err)
		}
	}
	return status
}

func removeModule(c *box.Context, name string) error {
	flags := syscall.O_NONBLOCK // never wait for the last user
	if c.Has('f') {
		flags |= syscall.O_TRUNC // delete_module(2): force
	} else if err := checkUnused(name); err != nil {
		return err
	}
	if c.Has('v') {
		fmt.Fprintf(c.Out, "rmmod %s\n", name)
	}
	err := unix.DeleteModule(name, flags)
	switch err {
	case nil:
		return nil
	case syscall.ENOENT:
		return fmt.Errorf("Module %s is not currently loaded", name)
	}
	return fmt.Errorf("could not remove module %s: %s", name, box.Reason(err))
}

// checkUnused words the refusals that kmod finds in /proc/modules before it
// asks the kernel.
func checkUnused(name string) error {
	list, err := readLoaded()
	if err != nil {
		return nil // the kernel will answer
	}
	m := findLoaded(list, name)
	switch {
	case m == nil:
		return fmt.Errorf("Module %s is not currently loaded", name)
	case len(m.users) > 0:
		return fmt.Errorf("Module %s is in use by: %s", name, strings.Join(m.users, " "))
	case m.refs > 0:
		return fmt.Errorf("Module %s is in use", name)
	}
	return nil
}
