package modtools

import (
	"fmt"
	"os"
	"strings"

	"golang.org/x/sys/unix"

	"rv86/kmod/modlib"
	"rv86/userland/box"
)

var rmmodCommand = box.Command{
	Name: "rmmod", Usage: "MODULE...", Help: "Remove modules from the kernel.",
	Options: []box.Option{
		box.Flag('f', "force", "also a module that is in use or cannot be removed; dangerous"),
		box.Flag('s', "syslog", "messages go to the system's log, not to the error stream"),
		box.Flag('v', "verbose", "say what is removed"),
		versionOption, helpOption,
	},
}

func init() { rmmodCommand.Run = rmmod }

func rmmod(c *box.Context) int {
	if status, done := versionOrHelp(c, &rmmodCommand); done {
		return status
	}
	if c.Has('s') {
		c.Err = kernelMessages()
	}
	if len(c.Args) == 0 {
		return c.Fail("ERROR: missing module name.")
	}
	status := box.OK
	for _, arg := range c.Args {
		if refusal, hint := removeModule(c, arg); refusal != "" {
			status = c.Fail("ERROR: %s", refusal)
			if hint != "" {
				fmt.Fprintf(c.Err, "hint: %s\n", hint)
			}
		}
	}
	return status
}

// removeModule removes a module, named as the user likes. If that is not to be,
// it returns kmod's sentence about why, and what else is known about it.
func removeModule(c *box.Context, arg string) (refusal, hint string) {
	name := modlib.NormalizeName(arg)
	if _, err := os.Stat(arg); err == nil {
		name = modlib.Name(arg) // the path of its file
	}
	flags := unix.O_NONBLOCK // never wait for the last user
	if c.Has('f') {
		flags |= unix.O_TRUNC // delete_module(2): force
	} else if refusal, hint := whyKept(name); refusal != "" {
		return refusal, hint
	}
	if c.Has('v') {
		fmt.Fprintf(c.Out, "rmmod %s\n", name)
		c.Out.Flush()
	}
	mark := newestLine()
	if err := unix.DeleteModule(name, flags); err != nil {
		return fmt.Sprintf("could not remove module %s: %s", arg, box.Reason(err)), hintFor(name, mark)
	}
	return "", ""
}

// whyKept words the refusals that kmod finds in /proc and /sys before it asks
// the kernel.
func whyKept(name string) (refusal, hint string) {
	if readIndex(versionDir("", "")).Builtin(name) {
		return fmt.Sprintf("Module %s is builtin.", name), ""
	}
	s := readState()
	if !s.known(name) {
		return fmt.Sprintf("Module %s is not currently loaded", name), ""
	}
	if users := s.holders(name); len(users) > 0 {
		return fmt.Sprintf("Module %s is in use by: %s", name, strings.Join(users, " ")), ""
	}
	if s.uses(name) > 0 {
		return fmt.Sprintf("Module %s is in use", name), inUseHint(s.live(name))
	}
	return "", ""
}

// inUseHint says what keeps a module that no other module uses.
func inUseHint(live bool) string {
	if !live {
		return "its init function has not returned: it still runs, or it crashed and stays until a reboot"
	}
	return "a program has a file of it open, or the kernel still uses what it registered"
}
