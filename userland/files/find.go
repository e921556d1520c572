package files

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"

	"rv86/userland/box"
)

var findCommand = box.Command{
	Name:  "find",
	Usage: "[DIR]... [-name PATTERN] [-iname PATTERN] [-path PATTERN] [-type f|d|l|c|b|p|s] [-maxdepth N] [-mindepth N] [-empty] [-size [+-]N[ck]] [!] [-print | -print0 | -delete | -exec CMD {} ;]",
	Help:  "Walk directories and print the files that meet every condition.",
	Raw:   true, Run: find,
}

// finding is one file that the walk has come to.
type finding struct {
	path  string
	entry fs.DirEntry
}

// finder is a parsed expression: a list of tests that must all hold, and what
// is done with the files for which they do.
type finder struct {
	c        *box.Context
	tests    []func(finding) bool
	min, max int
	depth    bool // a directory after what is in it, as -delete needs
	status   int
}

func find(c *box.Context) int {
	args := c.Args
	var roots []string
	for len(args) > 0 && !strings.HasPrefix(args[0], "-") && args[0] != "!" {
		roots = append(roots, args[0])
		args = args[1:]
	}
	if len(roots) == 0 {
		roots = []string{"."}
	}
	f := &finder{c: c, max: -1}
	if err := f.parse(args); err != nil {
		return c.Fail("%s", err)
	}
	for _, root := range roots {
		f.walk(root, 0)
	}
	return f.status
}

func (f *finder) parse(args []string) error {
	negate, acts := false, false
	add := func(test func(finding) bool) {
		if negate {
			positive := test
			test = func(x finding) bool { return !positive(x) }
			negate = false
		}
		f.tests = append(f.tests, test)
	}
	for len(args) > 0 {
		word := args[0]
		args = args[1:]
		value := ""
		switch word {
		case "-name", "-iname", "-path", "-type", "-maxdepth", "-mindepth", "-size":
			if len(args) == 0 {
				return fmt.Errorf("missing argument to '%s'", word)
			}
			value, args = args[0], args[1:]
		}
		switch word {
		case "!", "-not":
			negate = !negate
		case "-a", "-and":
		case "-name":
			add(func(x finding) bool { return match(value, filepath.Base(x.path)) })
		case "-iname":
			lower := strings.ToLower(value)
			add(func(x finding) bool { return match(lower, strings.ToLower(filepath.Base(x.path))) })
		case "-path":
			add(func(x finding) bool { return match(value, x.path) })
		case "-type":
			if len(value) != 1 || !strings.Contains("fdlcbps", value) {
				return fmt.Errorf("unknown argument to -type: %s", value)
			}
			add(func(x finding) bool { return kindLetter(x.entry.Type()) == value[0] })
		case "-empty":
			add(isEmpty)
		case "-size":
			test, err := sizeTest(value)
			if err != nil {
				return err
			}
			add(test)
		case "-maxdepth", "-mindepth":
			n, err := strconv.Atoi(value)
			if err != nil || n < 0 {
				return fmt.Errorf("expected a positive integer for %s, not '%s'", word, value)
			}
			if word == "-maxdepth" {
				f.max = n
			} else {
				f.min = n
			}
		case "-print", "-print0":
			end := map[string]string{"-print": "\n", "-print0": "\x00"}[word]
			acts = true
			add(func(x finding) bool { fmt.Fprint(f.c.Out, x.path, end); return true })
		case "-delete":
			acts, f.depth = true, true
			add(f.delete)
		case "-exec":
			end := indexOf(args, ";")
			if end < 1 {
				return errors.New("missing argument to '-exec'")
			}
			argv := args[:end]
			args = args[end+1:]
			acts = true
			add(func(x finding) bool { return f.exec(argv, x.path) })
		default:
			return fmt.Errorf("unknown predicate '%s'", word)
		}
	}
	if !acts {
		add(func(x finding) bool { fmt.Fprintln(f.c.Out, x.path); return true })
	}
	return nil
}

func indexOf(list []string, word string) int {
	for i, w := range list {
		if w == word {
			return i
		}
	}
	return -1
}

// match is fnmatch(3) without FNM_PATHNAME: a star crosses slashes.
func match(pattern, name string) bool {
	ok, err := filepath.Match(strings.ReplaceAll(pattern, "/", "\x01"), strings.ReplaceAll(name, "/", "\x01"))
	return err == nil && ok
}

func kindLetter(mode fs.FileMode) byte {
	letter := modeText(mode)[0]
	if letter == '-' {
		return 'f'
	}
	return letter
}

func isEmpty(x finding) bool {
	if x.entry.IsDir() {
		list, err := os.ReadDir(x.path)
		return err == nil && len(list) == 0
	}
	info, err := x.entry.Info()
	return err == nil && info.Mode().IsRegular() && info.Size() == 0
}

// sizeTest parses [+-]N[ck]: more than, less than or exactly N units, rounded
// up; the unit is 512 bytes, a byte (c) or 1024 bytes (k).
func sizeTest(text string) (func(finding) bool, error) {
	number := strings.TrimLeft(text, "+-")
	unit := int64(512)
	switch {
	case strings.HasSuffix(number, "c"):
		unit, number = 1, strings.TrimSuffix(number, "c")
	case strings.HasSuffix(number, "k"):
		unit, number = 1024, strings.TrimSuffix(number, "k")
	}
	n, err := strconv.ParseInt(number, 10, 64)
	if err != nil {
		return nil, fmt.Errorf("invalid -size: %s", text)
	}
	return func(x finding) bool {
		info, err := x.entry.Info()
		if err != nil {
			return false
		}
		size := (info.Size() + unit - 1) / unit
		switch text[0] {
		case '+':
			return size > n
		case '-':
			return size < n
		}
		return size == n
	}, nil
}

func (f *finder) walk(path string, depth int) {
	info, err := os.Lstat(path)
	if err != nil {
		f.c.Errorf("'%s': %s", path, box.Reason(err))
		f.status = box.Failure
		return
	}
	x := finding{path, fs.FileInfoToDirEntry(info)}
	var entries []os.DirEntry
	if info.IsDir() && (f.max < 0 || depth < f.max) {
		if entries, err = os.ReadDir(path); err != nil {
			f.c.Errorf("'%s': %s", path, box.Reason(err))
			f.status = box.Failure
		}
	}
	if depth >= f.min && !f.depth {
		f.visit(x)
	}
	for _, e := range entries {
		f.walk(strings.TrimSuffix(path, "/")+"/"+e.Name(), depth+1)
	}
	if depth >= f.min && f.depth {
		f.visit(x)
	}
}

func (f *finder) visit(x finding) {
	for _, test := range f.tests {
		if !test(x) {
			return
		}
	}
}

func (f *finder) delete(x finding) bool {
	if err := os.Remove(x.path); err != nil {
		f.c.Errorf("cannot delete '%s': %s", x.path, box.Reason(err))
		f.status = box.Failure
		return false
	}
	return true
}

// exec runs a command with {} replaced by the path; it holds if the command
// succeeds.
func (f *finder) exec(argv []string, path string) bool {
	args := make([]string, len(argv))
	for i, arg := range argv {
		args[i] = strings.ReplaceAll(arg, "{}", path)
	}
	f.c.Out.Flush()
	cmd := exec.Command(args[0], args[1:]...)
	cmd.Stdin, cmd.Stdout, cmd.Stderr = f.c.In, f.c.Out, f.c.Err
	if f.c.Err == os.Stderr {
		cmd.Stdout = os.Stdout
	}
	return cmd.Run() == nil
}
