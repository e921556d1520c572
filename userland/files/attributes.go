package files

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"time"

	"golang.org/x/sys/unix"

	"rv86/userland/box"
)

var chmodCommand = box.Command{
	Name: "chmod", Usage: "MODE FILE...", Help: "Change the permissions of files.",
	// The mode may begin with a minus sign, so the options are found by hand.
	Raw: true,
	Run: chmod,
}

func chmod(c *box.Context) int {
	args := c.Args
	recursive := false
	if len(args) > 0 && (args[0] == "-R" || args[0] == "--recursive") {
		recursive, args = true, args[1:]
	}
	if len(args) > 0 && args[0] == "--" {
		args = args[1:]
	}
	if len(args) < 2 {
		return c.MissingOperand()
	}
	change, err := parseMode(args[0], currentUmask())
	if err != nil {
		return c.Misused("invalid mode: '%s'", args[0])
	}
	return eachFile(c, args[1:], recursive, func(path string) error {
		info, err := os.Stat(path)
		if err != nil {
			return err
		}
		return os.Chmod(path, change(info.Mode())&modeMask)
	})
}

var chownCommand = box.Command{
	Name: "chown", Usage: "USER[:GROUP] FILE...", Help: "Change the owner of files.",
	Options: []box.Option{box.Flag('R', "recursive", "also what is in directories")},
	Run:     chown,
}

func chown(c *box.Context) int {
	if len(c.Args) < 2 {
		return c.MissingOperand()
	}
	user, group, _ := strings.Cut(c.Args[0], ":")
	uid, err := idByName("/etc/passwd", user)
	if err != nil {
		return c.Fail("invalid user: '%s'", c.Args[0])
	}
	gid, err := idByName("/etc/group", group)
	if err != nil {
		return c.Fail("invalid group: '%s'", c.Args[0])
	}
	return eachFile(c, c.Args[1:], c.Has('R'), func(path string) error { return os.Lchown(path, uid, gid) })
}

// idByName looks a name or number up; an empty one is -1, "do not change".
func idByName(table, name string) (int, error) {
	if name == "" {
		return -1, nil
	}
	if n, err := strconv.ParseUint(name, 10, 31); err == nil {
		return int(n), nil
	}
	for id, known := range idNames(table) {
		if known == name {
			return int(id), nil
		}
	}
	return 0, errors.New("no such name")
}

// eachFile applies fn to the operands and, if asked, to what is below them.
func eachFile(c *box.Context, names []string, recursive bool, fn func(path string) error) int {
	status := box.OK
	report := func(path string, err error) {
		if err != nil {
			c.Errorf("cannot access '%s': %s", path, box.Reason(err))
			status = box.Failure
		}
	}
	for _, name := range names {
		if !recursive {
			report(name, fn(name))
			continue
		}
		filepath.WalkDir(name, func(path string, _ fs.DirEntry, err error) error {
			if err == nil {
				err = fn(path)
			}
			report(path, err)
			return nil
		})
	}
	return status
}

var touchCommand = box.Command{
	Name: "touch", Usage: "FILE...", Help: "Set the times of files to now; make those that are missing.",
	Options: []box.Option{
		box.Flag('c', "no-create", "do not make files"),
		box.Param('d', "date", "TIME", "use TIME: @SECONDS or YYYY-MM-DD[ HH:MM:SS]"),
		box.Param('r', "reference", "FILE", "use the times of FILE"),
	},
	Run: touch,
}

func touch(c *box.Context) int {
	if len(c.Args) == 0 {
		return c.MissingOperand()
	}
	when := time.Now()
	switch {
	case c.Has('d'):
		var err error
		if when, err = box.ParseTime(c.Value('d', "")); err != nil {
			return c.Fail("invalid date format '%s'", c.Value('d', ""))
		}
	case c.Has('r'):
		info, err := os.Stat(c.Value('r', ""))
		if err != nil {
			return c.Fail("failed to get attributes of '%s': %s", c.Value('r', ""), box.Reason(err))
		}
		when = info.ModTime()
	}
	status := box.OK
	for _, name := range c.Args {
		err := os.Chtimes(name, when, when)
		if errors.Is(err, os.ErrNotExist) {
			if c.Has('c') {
				continue
			}
			var f *os.File
			if f, err = os.OpenFile(name, os.O_WRONLY|os.O_CREATE, 0o666); err == nil {
				f.Close()
				err = os.Chtimes(name, when, when)
			}
		}
		if err != nil {
			c.Errorf("cannot touch '%s': %s", name, box.Reason(err))
			status = box.Failure
		}
	}
	return status
}

var statCommand = box.Command{
	Name: "stat", Usage: "FILE...", Help: "Print what the file system knows about files.",
	Options: []box.Option{
		box.Param('c', "format", "FORMAT", "print by FORMAT: %a %A %b %d %F %g %h %i %n %s %u %Y"),
		box.Flag('L', "dereference", "follow symbolic links"),
	},
	Run: statFiles,
}

func statFiles(c *box.Context) int {
	if len(c.Args) == 0 {
		return c.MissingOperand()
	}
	const standard = "  File: %n\n  Size: %s\tBlocks: %b\t%F\nDevice: %d\tInode: %i\tLinks: %h\n" +
		"Access: (%a/%A)  Uid: %u  Gid: %g\nModify: %y"
	format := c.Value('c', standard)
	look := os.Lstat
	if c.Has('L') {
		look = os.Stat
	}
	status := box.OK
	for _, name := range c.Args {
		info, err := look(name)
		if err != nil {
			c.Errorf("cannot statx '%s': %s", name, box.Reason(err))
			status = box.Failure
			continue
		}
		fmt.Fprintln(c.Out, expandStat(format, name, info))
	}
	return status
}

// expandStat replaces the % sequences of GNU stat's formats.
func expandStat(format, name string, info os.FileInfo) string {
	sys, ok := info.Sys().(*syscall.Stat_t)
	if !ok {
		sys = &syscall.Stat_t{}
	}
	return strings.NewReplacer(
		"%a", strconv.FormatUint(uint64(sys.Mode&0o7777), 8), "%A", modeText(info.Mode()),
		"%b", strconv.FormatInt(sys.Blocks, 10), "%d", strconv.FormatUint(uint64(sys.Dev), 10),
		"%F", kindText(info), "%g", strconv.FormatUint(uint64(sys.Gid), 10),
		"%h", strconv.FormatUint(uint64(sys.Nlink), 10), "%i", strconv.FormatUint(sys.Ino, 10), "%n", name,
		"%s", strconv.FormatInt(info.Size(), 10), "%u", strconv.FormatUint(uint64(sys.Uid), 10),
		"%t", strconv.FormatUint(uint64(unix.Major(uint64(sys.Rdev))), 16),
		"%T", strconv.FormatUint(uint64(unix.Minor(uint64(sys.Rdev))), 16),
		"%y", info.ModTime().Format("2006-01-02 15:04:05.000000000 -0700"),
		"%Y", strconv.FormatInt(info.ModTime().Unix(), 10), `\n`, "\n", `\t`, "\t", "%%", "%",
	).Replace(format)
}

func kindText(info os.FileInfo) string {
	switch mode := info.Mode(); {
	case mode.IsDir():
		return "directory"
	case mode&fs.ModeSymlink != 0:
		return "symbolic link"
	case mode&fs.ModeCharDevice != 0:
		return "character special file"
	case mode&fs.ModeDevice != 0:
		return "block special file"
	case mode&fs.ModeNamedPipe != 0:
		return "fifo"
	case mode&fs.ModeSocket != 0:
		return "socket"
	case info.Size() == 0:
		return "regular empty file"
	}
	return "regular file"
}
