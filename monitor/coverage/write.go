package coverage

import (
	"bufio"
	"fmt"
	"io"
	"path"
)

// Source finds a source file that the debug information names: its path on this
// host, and its lines.
type Source func(name string) (file string, lines []string, ok bool)

// never marks a line that has code which was not executed, as gcov does.
const never = "#####"

// WriteText writes what was executed of how much, and the C files line by line
// as gcov prints them: count, number, text. Files that are not found are
// written without text. Of headers there is a count alone.
func (c *Coverage) WriteText(w io.Writer, size func(code []byte) int, source Source) error {
	b := bufio.NewWriter(w)
	executed, all := c.Instructions(size)
	fmt.Fprintf(b, "Coverage of module %s: %s", c.Name, share(executed, all, "instructions"))
	calls, functions := 0, c.Functions()
	for _, f := range functions {
		if f.Count > 0 {
			calls++
		}
	}
	fmt.Fprintf(b, ", %s\n", share(calls, len(functions), "functions"))
	files := c.Files()
	if len(files) == 0 {
		fmt.Fprintf(b, "There are no source lines in it: compile it with -g.\n")
	}
	for _, f := range files {
		f.write(b, source)
	}
	return b.Flush()
}

func share(some, all int, what string) string {
	if all == 0 {
		return "no " + what
	}
	const percent = 100
	return fmt.Sprintf("%d of %d %s (%.1f%%)", some, all, what, percent*float64(some)/float64(all))
}

func (f *File) executed() (n int) {
	for _, l := range f.Lines {
		if l.Count > 0 {
			n++
		}
	}
	return n
}

func (f *File) write(w io.Writer, source Source) {
	fmt.Fprintf(w, "%s: %s\n", f.Name, share(f.executed(), len(f.Lines), "lines"))
	if path.Ext(f.Name) == ".h" {
		return
	}
	_, text, _ := source(f.Name)
	counts := map[int]uint64{}
	for _, l := range f.Lines {
		counts[l.Line] = l.Count
	}
	for i, line := range text {
		mark := "-"
		if count, ok := counts[i+1]; ok {
			mark = countText(count)
		}
		writeLine(w, mark, i+1, line)
	}
	for _, l := range f.Lines {
		if l.Line > len(text) {
			writeLine(w, countText(l.Count), l.Line, "")
		}
	}
}

func countText(n uint64) string {
	if n == 0 {
		return never
	}
	return fmt.Sprint(n)
}

func writeLine(w io.Writer, mark string, number int, text string) {
	fmt.Fprintf(w, "%9s:%5d:%s\n", mark, number, text)
}

// WriteLCOV writes a tracefile for genhtml and its like.
func (c *Coverage) WriteLCOV(w io.Writer, source Source) error {
	b := bufio.NewWriter(w)
	functions := c.Functions()
	for _, f := range c.Files() {
		name, _, ok := source(f.Name)
		if !ok {
			name = f.Name
		}
		fmt.Fprintf(b, "TN:%s\nSF:%s\n", c.Name, name)
		all, hit := 0, 0
		for _, fn := range functions {
			if fn.File != f.Name {
				continue
			}
			if all++; fn.Count > 0 {
				hit++
			}
			fmt.Fprintf(b, "FN:%d,%s\nFNDA:%d,%s\n", fn.Line, fn.Name, fn.Count, fn.Name)
		}
		fmt.Fprintf(b, "FNF:%d\nFNH:%d\n", all, hit)
		for _, l := range f.Lines {
			fmt.Fprintf(b, "DA:%d,%d\n", l.Line, l.Count)
		}
		fmt.Fprintf(b, "LF:%d\nLH:%d\nend_of_record\n", len(f.Lines), f.executed())
	}
	return b.Flush()
}
