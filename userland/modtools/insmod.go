package modtools

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"strings"
	"syscall"

	"golang.org/x/sys/unix"

	"rv86/userland/box"
)

var insmodCommand = box.Command{
	Name: "insmod", Usage: "FILE|NAME [PARAMETER=VALUE]...",
	Help: "Load a module into the kernel: a file, or NAME of /lib/modules with what it depends on.",
	Options: []box.Option{
		box.Flag('f', "force", "also with another kernel's version magic and symbol versions"),
		box.Flag('v', "verbose", "say what is loaded"),
	},
	Run: insmod,
}

func insmod(c *box.Context) int {
	if len(c.Args) == 0 {
		return c.Fail("ERROR: missing filename.")
	}
	name, params := c.Args[0], strings.Join(c.Args[1:], " ")
	if strings.Contains(name, "/") || strings.Contains(name, suffix) {
		return insert(c, name, name, params)
	}
	if _, err := os.Stat(name); err == nil { // a file without the suffix
		return insert(c, name, name, params)
	}
	return insertNamed(c, name, params)
}

// insertNamed loads a module of /lib/modules after those that its first rule
// in mod.dep lists, except the ones that are there already.
func insertNamed(c *box.Context, name, params string) int {
	path, ok := modulePath(name)
	if !ok {
		return c.Fail("ERROR: could not load module %s: No such file or directory", name)
	}
	rules, err := os.ReadFile(dependencyFile)
	if err != nil && !errors.Is(err, os.ErrNotExist) {
		return c.Fail("ERROR: %s: %s", dependencyFile, box.Reason(err))
	}
	have, err := readLoaded()
	if err != nil {
		return c.Fail("ERROR: %s: %s", procModules, box.Reason(err))
	}
	for _, dep := range dependencies(string(rules), name) {
		if findLoaded(have, moduleName(dep)) != nil {
			continue
		}
		depPath, ok := modulePath(dep)
		if !ok {
			return c.Fail("ERROR: could not load module %s, which %s needs: No such file or directory", dep, name)
		}
		if status := insert(c, depPath, dep, ""); status != box.OK {
			return status
		}
	}
	return insert(c, path, name, params)
}

const dependencyFile = moduleDir + "/mod.dep"

// dependencies returns what the first rule for a module lists, in the order in
// which it is to be loaded. A rule is "name: dep dep"; # begins a comment.
func dependencies(rules, name string) []string {
	for line := range strings.Lines(rules) {
		line, _, _ = strings.Cut(line, "#")
		target, deps, ok := strings.Cut(line, ":")
		if ok && moduleName(strings.TrimSpace(target)) == moduleName(name) {
			return strings.Fields(deps)
		}
	}
	return nil
}

// gzipSuffix ends the name of a compressed module, as in hello.ko.gz.
const gzipSuffix = ".gz"

// insert loads one file. shown is the name for messages: what the user wrote.
func insert(c *box.Context, path, shown, params string) int {
	f, err := os.Open(path)
	if err != nil {
		return c.Fail("ERROR: could not load module %s: %s", shown, box.Reason(err))
	}
	defer f.Close()
	if info, err := f.Stat(); err == nil && info.IsDir() {
		return c.Fail("ERROR: could not load module %s: %s", shown, box.Reason(syscall.EISDIR))
	}
	if c.Has('v') {
		fmt.Fprintf(c.Out, "insmod %s %s\n", path, params)
	}
	mark := newestLine()
	err = unix.FinitModule(int(f.Fd()), params, insertFlags(path, c.Has('f')))
	if err == nil {
		return box.OK
	}
	errno, _ := errors.AsType[syscall.Errno](err)
	c.Errorf("ERROR: could not insert module %s: %s", shown, insertReason(errno))
	if hint := hintFor(moduleName(path), mark); hint != "" {
		fmt.Fprintf(c.Err, "hint: %s\n", hint)
	}
	return box.Failure
}

// insertFlags are finit_module's flags for a file.
func insertFlags(path string, force bool) int {
	flags := 0
	if force {
		flags = unix.MODULE_INIT_IGNORE_MODVERSIONS | unix.MODULE_INIT_IGNORE_VERMAGIC
	}
	if strings.HasSuffix(path, gzipSuffix) {
		flags |= unix.MODULE_INIT_COMPRESSED_FILE
	}
	return flags
}

// insertReason is kmod's mod_strerror: the errors that mean something of their
// own for a module.
func insertReason(errno syscall.Errno) string {
	switch errno {
	case syscall.ENOEXEC:
		return "Invalid module format"
	case syscall.ENOENT:
		return "Unknown symbol in module"
	case syscall.ESRCH:
		return "Module has wrong symbol version"
	case syscall.EINVAL:
		return "Invalid parameters"
	}
	return box.Reason(errno)
}

// newestLine remembers where the kernel's log ends, so that a hint comes from
// what the kernel says next and not from an earlier attempt.
func newestLine() []byte {
	log := kernelLog()
	return log[bytes.LastIndexByte(bytes.TrimRight(log, "\n"), '\n')+1:]
}

func hintFor(module string, mark []byte) string {
	log := kernelLog()
	if len(mark) > 0 {
		if at := bytes.LastIndex(log, mark); at >= 0 {
			log = log[at+len(mark):]
		}
	}
	return hint(string(log), module)
}

// hint picks the kernel's reason out of its log: the last line about the
// module, or else the last line of all, since a file that is not a module at
// all has no name.
func hint(log, module string) string {
	last := ""
	about := ""
	for line := range strings.Lines(log) {
		text := messageOf(strings.TrimRight(line, "\n"))
		if text == "" {
			continue
		}
		last = text
		if strings.HasPrefix(text, module+":") || strings.HasPrefix(text, "module "+module+":") {
			about = text
		}
	}
	if about != "" {
		last = about
	}
	if _, text, ok := strings.Cut(last, ": hint: "); ok {
		return text
	}
	return last
}

// messageOf strips "<6>[    0.123456] " from a line of the log.
func messageOf(line string) string {
	if strings.HasPrefix(line, "<") {
		if _, rest, ok := strings.Cut(line, ">"); ok {
			line = rest
		}
	}
	if strings.HasPrefix(line, "[") {
		if _, rest, ok := strings.Cut(line, "] "); ok {
			line = rest
		}
	}
	return strings.TrimSpace(line)
}

// kernelLog reads the kernel's whole log (syslog(2)).
func kernelLog() []byte {
	size, err := unix.Klogctl(unix.SYSLOG_ACTION_SIZE_BUFFER, nil)
	if err != nil || size <= 0 {
		return nil
	}
	buf := make([]byte, size)
	n, err := unix.Klogctl(unix.SYSLOG_ACTION_READ_ALL, buf)
	if err != nil {
		return nil
	}
	return buf[:n]
}
