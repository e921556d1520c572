package modtools

import (
	"errors"
	"fmt"
	"os"
	"strings"
	"syscall"

	"golang.org/x/sys/unix"

	"rv86/kmod/modlib"
	"rv86/userland/box"
)

var insmodCommand = box.Command{
	Name: "insmod", Usage: "FILE|NAME [PARAMETER=VALUE]...",
	Help: "Load a module into the kernel: a file, or NAME of /lib/modules with what it depends on.",
	Options: []box.Option{
		box.Flag('f', "force", "also with another kernel's version magic and symbol versions"),
		box.Flag('v', "verbose", "say what is loaded"),
		box.Flag('p', "probe", "ignored"), box.Flag('s', "syslog", "ignored"),
		versionOption, helpOption,
	},
}

func init() { insmodCommand.Run = insmod }

func insmod(c *box.Context) int {
	if status, done := versionOrHelp(c, &insmodCommand); done {
		return status
	}
	if len(c.Args) == 0 {
		return c.Fail("ERROR: missing filename.")
	}
	name, params := c.Args[0], strings.Join(c.Args[1:], " ")
	if name == "-" {
		return c.Fail("ERROR: this tool does not support loading from stdin!")
	}
	if strings.Contains(name, "/") || strings.Contains(name, modlib.Suffix) {
		return insert(c, name, name, params)
	}
	if info, err := os.Stat(name); err == nil && !info.IsDir() { // a file without the suffix
		return insert(c, name, name, params)
	}
	return insertNamed(c, name, params)
}

// insertNamed loads a module of /lib/modules after those that its first rule
// in mod.dep lists, except the ones that are there already. Without a rule, it
// is what its file says it depends on.
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
	deps, ruled := dependencies(string(rules), name)
	if !ruled {
		deps = recorded(path)
	}
	for _, dep := range deps {
		if findLoaded(have, modlib.Name(dep)) != nil {
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
func dependencies(rules, name string) (deps []string, ok bool) {
	for line := range strings.Lines(rules) {
		line, _, _ = strings.Cut(line, "#")
		target, deps, ok := strings.Cut(line, ":")
		if ok && modlib.Name(strings.TrimSpace(target)) == modlib.Name(name) {
			return strings.Fields(deps), true
		}
	}
	return nil, false
}

// recorded lists what a file's field "depends" names, each after what it
// depends on itself. What has no file is for the kernel to miss.
func recorded(path string) []string {
	var order []string
	seen := map[string]bool{}
	var visit func(path string)
	visit = func(path string) {
		data, err := os.ReadFile(path)
		if err != nil {
			return
		}
		info, err := modlib.ReadInfo(data)
		if err != nil {
			return // the kernel says why when it gets the file
		}
		for _, dep := range info.Depends() {
			depPath, ok := modulePath(dep)
			if !ok || seen[dep] {
				continue
			}
			seen[dep] = true
			visit(depPath)
			order = append(order, dep)
		}
	}
	seen[modlib.Name(path)] = true
	visit(path)
	return order
}

// insert loads one file. shown is the name for messages: what the user wrote.
func insert(c *box.Context, path, shown, params string) int {
	if c.Has('v') {
		fmt.Fprintf(c.Out, "insmod %s %s\n", path, params)
		c.Out.Flush()
	}
	flags := 0
	if c.Has('f') {
		flags = unix.MODULE_INIT_IGNORE_MODVERSIONS | unix.MODULE_INIT_IGNORE_VERMAGIC
	}
	hint, err := insertFile(path, params, flags)
	if err == nil {
		return box.OK
	}
	if _, unread := errors.AsType[*os.PathError](err); unread {
		c.Errorf("ERROR: could not load module %s: %s", shown, box.Reason(err))
		if elsewhere, ok := modulePath(modlib.Name(path)); ok && errors.Is(err, os.ErrNotExist) && elsewhere != path {
			fmt.Fprintf(c.Err, "hint: %s is there: give that, or the module's name alone\n", elsewhere)
		}
		return box.Failure
	}
	errno, _ := errors.AsType[syscall.Errno](err)
	c.Errorf("ERROR: could not insert module %s: %s", shown, insertReason(errno))
	if hint != "" {
		fmt.Fprintf(c.Err, "hint: %s\n", hint)
	}
	return box.Failure
}

// insertFile gives a file to the kernel. If that refuses it, hint is its
// reason; if the file cannot be read, the error is an *os.PathError.
func insertFile(path, params string, flags int) (hint string, err error) {
	f, err := os.Open(path)
	if err != nil {
		return "", err
	}
	defer f.Close()
	if info, err := f.Stat(); err == nil && info.IsDir() {
		return "", &os.PathError{Op: "read", Path: path, Err: syscall.EISDIR}
	}
	if strings.HasSuffix(path, modlib.GzipSuffix) {
		flags |= unix.MODULE_INIT_COMPRESSED_FILE
	}
	mark := newestLine()
	if err := unix.FinitModule(int(f.Fd()), params, flags); err != nil {
		return hintFor(modlib.Name(path), mark), err
	}
	return "", nil
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
