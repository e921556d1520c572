package system

import (
	"fmt"
	"os"
	"runtime"
	"strconv"
	"strings"
	"syscall"
	"time"

	"golang.org/x/sys/unix"

	"rv86/userland/box"
)

var unameCommand = box.Command{
	Name: "uname", Help: "Print what system this is.",
	Options: []box.Option{
		box.Flag('a', "all", "everything"),
		box.Flag('s', "kernel-name", "the kernel's name"),
		box.Flag('n', "nodename", "the host's name"),
		box.Flag('r', "kernel-release", "the kernel's release"),
		box.Flag('v', "kernel-version", "the kernel's version"),
		box.Flag('m', "machine", "the machine's architecture"),
		box.Flag('o', "operating-system", "the operating system"),
	},
	Run: uname,
}

func uname(c *box.Context) int {
	var u unix.Utsname
	if err := unix.Uname(&u); err != nil {
		return c.Fail("cannot get system name: %s", box.Reason(err))
	}
	fields := []struct {
		letter byte
		text   string
	}{
		{'s', unix.ByteSliceToString(u.Sysname[:])},
		{'n', unix.ByteSliceToString(u.Nodename[:])},
		{'r', unix.ByteSliceToString(u.Release[:])},
		{'v', unix.ByteSliceToString(u.Version[:])},
		{'m', unix.ByteSliceToString(u.Machine[:])},
		{'o', "GNU/Linux"},
	}
	var parts []string
	for _, f := range fields {
		if c.Has(f.letter) || c.Has('a') {
			parts = append(parts, f.text)
		}
	}
	if parts == nil {
		parts = []string{fields[0].text}
	}
	fmt.Fprintln(c.Out, strings.Join(parts, " "))
	return box.OK
}

var hostnameCommand = box.Command{
	Name: "hostname", Usage: "[NAME]", Help: "Print or set the host's name.",
	Run: func(c *box.Context) int {
		if len(c.Args) > 0 {
			if err := syscall.Sethostname([]byte(c.Args[0])); err != nil {
				return c.Fail("sethostname: %s", box.Reason(err))
			}
			return box.OK
		}
		name, err := os.Hostname()
		if err != nil {
			return c.Fail("%s", box.Reason(err))
		}
		fmt.Fprintln(c.Out, name)
		return box.OK
	},
}

var freeCommand = box.Command{
	Name: "free", Help: "Print how much memory is used, in KiB.",
	Options: []box.Option{
		box.Flag('b', "bytes", "in bytes"),
		box.Flag('h', "human", "sizes like 1.2K 3.4M"),
		box.Flag('m', "mebi", "in MiB"),
	},
	Run: free,
}

// memoryInfo reads /proc/meminfo: names to KiB.
func memoryInfo() (map[string]int64, error) {
	data, err := os.ReadFile("/proc/meminfo")
	if err != nil {
		return nil, err
	}
	info := map[string]int64{}
	for line := range strings.Lines(string(data)) {
		name, rest, _ := strings.Cut(line, ":")
		if f := strings.Fields(rest); len(f) > 0 {
			if n, err := strconv.ParseInt(f[0], 10, 64); err == nil {
				info[name] = n
			}
		}
	}
	return info, nil
}

func free(c *box.Context) int {
	info, err := memoryInfo()
	if err != nil {
		return c.FileError("/proc/meminfo", err)
	}
	show := func(kib int64) string {
		switch {
		case c.Has('h'):
			return box.HumanSize(kib * 1024)
		case c.Has('b'):
			return strconv.FormatInt(kib*1024, 10)
		case c.Has('m'):
			return strconv.FormatInt(kib/1024, 10)
		}
		return strconv.FormatInt(kib, 10)
	}
	cached := info["Buffers"] + info["Cached"] + info["SReclaimable"]
	used := info["MemTotal"] - info["MemFree"] - cached
	fmt.Fprintf(c.Out, "%7s %11s %11s %11s %11s %11s %11s\n", "", "total", "used", "free", "shared", "buff/cache", "available")
	fmt.Fprintf(c.Out, "%-7s %11s %11s %11s %11s %11s %11s\n", "Mem:", show(info["MemTotal"]), show(used),
		show(info["MemFree"]), show(info["Shmem"]), show(cached), show(info["MemAvailable"]))
	fmt.Fprintf(c.Out, "%-7s %11s %11s %11s\n", "Swap:", show(info["SwapTotal"]),
		show(info["SwapTotal"]-info["SwapFree"]), show(info["SwapFree"]))
	return box.OK
}

var uptimeCommand = box.Command{
	Name: "uptime", Help: "Print how long the system has run.",
	Run: func(c *box.Context) int {
		data, err := os.ReadFile("/proc/uptime")
		if err != nil {
			return c.FileError("/proc/uptime", err)
		}
		var seconds float64
		if _, err := fmt.Sscan(string(data), &seconds); err != nil {
			return c.Fail("/proc/uptime: not a number")
		}
		up := time.Duration(seconds) * time.Second
		fmt.Fprintf(c.Out, " %s up %d days, %2d:%02d\n", time.Now().Format("15:04:05"), int(up.Hours())/24,
			int(up.Hours())%24, int(up.Minutes())%60)
		return box.OK
	},
}

var nprocCommand = box.Command{
	Name: "nproc", Help: "Print how many processors there are.",
	Run: func(c *box.Context) int { fmt.Fprintln(c.Out, runtime.NumCPU()); return box.OK },
}

var idCommand = box.Command{
	Name: "id", Help: "Print who runs this.",
	Options: []box.Option{
		box.Flag('u', "user", "the user only"), box.Flag('g', "group", "the group only"),
		box.Flag('n', "name", "the name, not the number"),
	},
	Run: id,
}

func id(c *box.Context) int {
	uid, gid := os.Geteuid(), os.Getegid()
	user, group := lookUp("/etc/passwd", uid), lookUp("/etc/group", gid)
	pick := func(number int, name string) string {
		if c.Has('n') && name != "" {
			return name
		}
		return strconv.Itoa(number)
	}
	switch {
	case c.Has('u'):
		fmt.Fprintln(c.Out, pick(uid, user))
	case c.Has('g'):
		fmt.Fprintln(c.Out, pick(gid, group))
	default:
		fmt.Fprintf(c.Out, "uid=%d%s gid=%d%s\n", uid, bracketed(user), gid, bracketed(group))
	}
	return box.OK
}

func bracketed(name string) string {
	if name == "" {
		return ""
	}
	return "(" + name + ")"
}

// lookUp finds the name of a number in passwd(5) or group(5).
func lookUp(path string, id int) string {
	data, err := os.ReadFile(path)
	if err != nil {
		return ""
	}
	for line := range strings.Lines(string(data)) {
		if f := strings.Split(line, ":"); len(f) > 2 && f[2] == strconv.Itoa(id) {
			return f[0]
		}
	}
	return ""
}

var whoamiCommand = box.Command{
	Name: "whoami", Help: "Print the name of the user.",
	Run: func(c *box.Context) int {
		name := lookUp("/etc/passwd", os.Geteuid())
		if name == "" {
			return c.Fail("cannot find name for user ID %d", os.Geteuid())
		}
		fmt.Fprintln(c.Out, name)
		return box.OK
	},
}
