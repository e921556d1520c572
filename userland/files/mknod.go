package files

import (
	"os"
	"strconv"

	"golang.org/x/sys/unix"

	"rv86/userland/box"
)

var mknodCommand = box.Command{
	Name: "mknod", Usage: "NAME TYPE [MAJOR MINOR]", Help: "Make a device node: TYPE is c (character), b (block) or p (a pipe).",
	Options: []box.Option{box.Param('m', "mode", "MODE", "permissions, octal or symbolic")},
	Run:     mknod,
}

const (
	allMayUse   = 0o666 // what the umask is taken from
	operandsDev = 4     // NAME TYPE MAJOR MINOR
	operandsFew = 2     // NAME TYPE
)

// needNumbers is said of a device without its number.
const needNumbers = "\nSpecial files require major and minor device numbers."

func mknod(c *box.Context) int {
	if len(c.Args) == 0 {
		return c.MissingOperand()
	}
	pipe := len(c.Args) >= operandsFew && c.Args[1] == "p"
	want, note := operandsDev, needNumbers
	if pipe {
		want, note = operandsFew, ""
	}
	switch n := len(c.Args); {
	case n == 1:
		return c.Misused("missing operand after '%s'", c.Args[0])
	case n < want && n > 1:
		if n == operandsFew {
			return c.Misused("missing operand after '%s'%s", c.Args[n-1], note)
		}
		return c.Misused("missing operand after '%s'", c.Args[n-1])
	case n > want:
		return c.Misused("extra operand '%s'", c.Args[want])
	}
	return mknodAt(c, pipe)
}

// mknodAt makes the node. Preconditions: the operands are as many as they must be.
func mknodAt(c *box.Context, pipe bool) int {
	name, kind := c.Args[0], uint32(0)
	switch c.Args[1] {
	case "p":
		kind = unix.S_IFIFO
	case "b":
		kind = unix.S_IFBLK
	case "c", "u":
		kind = unix.S_IFCHR
	default:
		return c.Misused("invalid device type '%s'", c.Args[1])
	}
	dev := 0
	if !pipe {
		major, err := strconv.ParseUint(c.Args[2], 0, 32)
		if err != nil {
			return c.Fail("invalid major device number '%s'", c.Args[2])
		}
		minor, err := strconv.ParseUint(c.Args[3], 0, 32)
		if err != nil {
			return c.Fail("invalid minor device number '%s'", c.Args[3])
		}
		dev = int(unix.Mkdev(uint32(major), uint32(minor)))
	}
	var change modeChange
	if c.Has('m') {
		var err error
		if change, err = parseMode(c.Value('m', ""), currentUmask()); err != nil {
			return c.Fail("invalid mode")
		}
	}
	if err := unix.Mknod(name, kind|allMayUse, dev); err != nil {
		return c.FileError(name, err)
	}
	if change != nil {
		if err := os.Chmod(name, change(allMayUse)&modeMask); err != nil {
			return c.Fail("cannot set permissions of '%s': %s", name, box.Reason(err))
		}
	}
	return box.OK
}
