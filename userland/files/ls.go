package files

import (
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"time"

	"golang.org/x/sys/unix"
	"golang.org/x/term"

	"rv86/userland/box"
)

var lsCommand = box.Command{
	Name: "ls", Usage: "[FILE]...", Help: "List files and what is in directories.",
	BadUsage: box.Misuse,
	Options: []box.Option{
		box.Flag('a', "all", "also names that begin with a dot"),
		box.Flag('A', "almost-all", "as -a, without . and .."),
		box.Flag('d', "directory", "directories themselves, not what is in them"),
		box.Flag('F', "classify", "append a sign for the type: / @ * |"),
		box.Flag('h', "human-readable", "with -l or -s, sizes like 1.2K 3.4M"),
		box.Flag('i', "inode", "print inode numbers"),
		box.Flag('l', "", "long format"),
		box.Flag('n', "numeric-uid-gid", "long format with numeric owners"),
		box.Flag('r', "reverse", "reverse the order"),
		box.Flag('R', "recursive", "also what is in subdirectories"),
		box.Flag('s', "size", "print allocated blocks of 1024 bytes"),
		box.Flag('S', "", "largest first"),
		box.Flag('t', "", "newest first"),
		box.Flag('U', "", "do not sort"),
		box.Flag('1', "", "one name a line"),
	},
	Run: ls,
}

// item is one name to be printed.
type item struct {
	name string
	path string
	info fs.FileInfo
	sys  *syscall.Stat_t
}

// lister holds the state of one call of ls.
type lister struct {
	c      *box.Context
	long   bool
	single bool
	width  int
	status int
	blank  bool // a blank line is due before the next directory
}

func ls(c *box.Context) int {
	l := &lister{c: c, long: c.Has('l') || c.Has('n'), width: 80}
	l.single = l.long || c.Has('1')
	if w, _, err := term.GetSize(1); err != nil {
		l.single = true // not a terminal
	} else if w > 0 {
		l.width = w
	}
	operands := c.Args
	if len(operands) == 0 {
		operands = []string{"."}
	}
	var plain, dirs []item
	for _, name := range operands {
		it, err := l.stat(name, name)
		if err != nil {
			c.Errorf("cannot access '%s': %s", name, box.Reason(err))
			l.status = box.Misuse
			continue
		}
		// A link to a directory counts as one unless the link itself is
		// described (-l, -d).
		if it.info.Mode()&fs.ModeSymlink != 0 && !l.long {
			if target, err := os.Stat(name); err == nil && target.IsDir() {
				it.info = target
			}
		}
		if it.info.IsDir() && !c.Has('d') {
			dirs = append(dirs, it)
		} else {
			plain = append(plain, it)
		}
	}
	l.sort(plain)
	l.sort(dirs)
	if len(plain) > 0 {
		l.print(plain)
		l.blank = true
	}
	for _, d := range dirs {
		l.directory(d, len(operands) > 1 || c.Has('R'))
	}
	return l.status
}

func (l *lister) stat(name, path string) (item, error) {
	info, err := os.Lstat(path)
	if err != nil {
		return item{}, err
	}
	sys, _ := info.Sys().(*syscall.Stat_t)
	return item{name, path, info, sys}, nil
}

func (l *lister) directory(dir item, title bool) {
	entries, err := os.ReadDir(dir.path)
	if err != nil {
		l.c.Errorf("cannot open directory '%s': %s", dir.path, box.Reason(err))
		l.status = max(l.status, box.Failure)
		return
	}
	if l.blank {
		fmt.Fprintln(l.c.Out)
	}
	l.blank = true
	if title {
		fmt.Fprintf(l.c.Out, "%s:\n", dir.path)
	}
	var items []item
	add := func(name string) {
		it, err := l.stat(name, dir.path+"/"+name)
		if err != nil { // it went away, or may not be looked at
			l.c.Errorf("cannot access '%s/%s': %s", dir.path, name, box.Reason(err))
			l.status = max(l.status, box.Failure)
			return
		}
		items = append(items, it)
	}
	if l.c.Has('a') {
		add(".")
		add("..")
	}
	for _, e := range entries {
		if !strings.HasPrefix(e.Name(), ".") || l.c.Has('a') || l.c.Has('A') {
			add(e.Name())
		}
	}
	l.sort(items)
	if l.long || l.c.Has('s') {
		var blocks int64
		for _, it := range items {
			blocks += blocksOf(it)
		}
		fmt.Fprintf(l.c.Out, "total %s\n", l.size(blocks/2, 1024))
	}
	l.print(items)
	if !l.c.Has('R') {
		return
	}
	for _, it := range items {
		if it.info.IsDir() && it.name != "." && it.name != ".." {
			it.path = filepath.Join(dir.path, it.name)
			if dir.path == "." {
				it.path = "./" + it.name
			}
			l.directory(it, true)
		}
	}
}

func (l *lister) sort(items []item) {
	if l.c.Has('U') {
		return
	}
	slices.SortStableFunc(items, func(a, b item) int {
		switch {
		case l.c.Has('S') && a.info.Size() != b.info.Size():
			return int(min(max(b.info.Size()-a.info.Size(), -1), 1))
		case l.c.Has('t') && !a.info.ModTime().Equal(b.info.ModTime()):
			return b.info.ModTime().Compare(a.info.ModTime())
		}
		return strings.Compare(a.name, b.name)
	})
	if l.c.Has('r') {
		slices.Reverse(items)
	}
}

func (l *lister) print(items []item) {
	if l.long {
		l.printLong(items)
		return
	}
	cells := make([]string, len(items))
	for i, it := range items {
		cells[i] = l.prefix(it) + it.name + l.mark(it)
	}
	if l.single {
		for _, cell := range cells {
			fmt.Fprintln(l.c.Out, cell)
		}
		return
	}
	columns(l.c, cells, l.width)
}

// columns prints cells top to bottom, left to right, in as many columns as fit.
func columns(c *box.Context, cells []string, width int) {
	widest := 0
	for _, cell := range cells {
		widest = max(widest, len([]rune(cell)))
	}
	perLine := max(1, (width+1)/(widest+2))
	rows := (len(cells) + perLine - 1) / perLine
	for row := range rows {
		for i := row; i < len(cells); i += rows {
			if i+rows >= len(cells) {
				fmt.Fprintln(c.Out, cells[i])
			} else {
				fmt.Fprintf(c.Out, "%-*s", widest+2, cells[i])
			}
		}
	}
}

func (l *lister) prefix(it item) string {
	text := ""
	if l.c.Has('i') && it.sys != nil {
		text += fmt.Sprintf("%d ", it.sys.Ino)
	}
	if l.c.Has('s') {
		text += l.size(blocksOf(it)/2, 1024) + " "
	}
	return text
}

func (l *lister) mark(it item) string {
	if !l.c.Has('F') {
		return ""
	}
	switch mode := it.info.Mode(); {
	case mode.IsDir():
		return "/"
	case mode&fs.ModeSymlink != 0 && !l.long:
		return "@"
	case mode&fs.ModeNamedPipe != 0:
		return "|"
	case mode&fs.ModeSocket != 0:
		return "="
	case mode.IsRegular() && mode&0o111 != 0:
		return "*"
	}
	return ""
}

func blocksOf(it item) int64 {
	if it.sys == nil {
		return 0
	}
	return it.sys.Blocks
}

// size is a number of units as -h or plain.
func (l *lister) size(n, unit int64) string {
	if l.c.Has('h') {
		return box.HumanSize(n * unit)
	}
	return strconv.FormatInt(n, 10)
}

// printLong prints the long format, each column as wide as its widest cell.
func (l *lister) printLong(items []item) {
	names := newOwners(l.c.Has('n'))
	rows := make([][7]string, len(items))
	var width [7]int
	for i, it := range items {
		row := [7]string{l.prefix(it) + modeText(it.info.Mode()), "1", "0", "0", l.size(it.info.Size(), 1), "", it.name}
		if it.sys != nil {
			row[1] = strconv.FormatUint(uint64(it.sys.Nlink), 10)
			row[2], row[3] = names.user(it.sys.Uid), names.group(it.sys.Gid)
			if it.info.Mode()&fs.ModeDevice != 0 {
				row[4] = fmt.Sprintf("%d, %d", unix.Major(uint64(it.sys.Rdev)), unix.Minor(uint64(it.sys.Rdev)))
			}
		}
		row[5] = timeText(it.info.ModTime())
		if it.info.Mode()&fs.ModeSymlink != 0 {
			if target, err := os.Readlink(it.path); err == nil {
				row[6] += " -> " + target
			}
		}
		row[6] += l.mark(it)
		for k, cell := range row {
			width[k] = max(width[k], len(cell))
		}
		rows[i] = row
	}
	for _, r := range rows {
		fmt.Fprintf(l.c.Out, "%*s %*s %-*s %-*s %*s %s %s\n", width[0], r[0], width[1], r[1], width[2], r[2],
			width[3], r[3], width[4], r[4], r[5], r[6])
	}
}

// timeText is ls's date: with the time of day for the last six months, with
// the year for all else.
func timeText(t time.Time) string {
	const halfYear = 365 * 24 * time.Hour / 2
	if age := time.Since(t); age > halfYear || age < 0 {
		return t.Format("Jan _2  2006")
	}
	return t.Format("Jan _2 15:04")
}

// modeText is the ten letters of a mode (XCU ls, "File Mode").
func modeText(mode fs.FileMode) string {
	text := []byte("----------")
	switch {
	case mode.IsDir():
		text[0] = 'd'
	case mode&fs.ModeSymlink != 0:
		text[0] = 'l'
	case mode&fs.ModeCharDevice != 0:
		text[0] = 'c'
	case mode&fs.ModeDevice != 0:
		text[0] = 'b'
	case mode&fs.ModeNamedPipe != 0:
		text[0] = 'p'
	case mode&fs.ModeSocket != 0:
		text[0] = 's'
	}
	for i, letter := range "rwxrwxrwx" {
		if mode&(1<<(8-i)) != 0 {
			text[i+1] = byte(letter)
		}
	}
	special := func(at int, bit fs.FileMode, with, without byte) {
		if mode&bit == 0 {
			return
		}
		if text[at] == 'x' {
			text[at] = with
		} else {
			text[at] = without
		}
	}
	special(3, fs.ModeSetuid, 's', 'S')
	special(6, fs.ModeSetgid, 's', 'S')
	special(9, fs.ModeSticky, 't', 'T')
	return string(text)
}
