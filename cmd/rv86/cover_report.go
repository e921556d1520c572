package main

import (
	"cmp"
	"fmt"
	"io"
	"maps"
	"slices"
)

// coverReport is what was counted of a module, by source.
type coverReport struct {
	*moduleCover
	funcs []funcCover
	files []*fileCover // by name
}

// funcCover is a function.
type funcCover struct {
	name         string
	file         string
	line         int
	calls        uint64
	insns, lines covered
}

// covered is how much of something was executed.
type covered struct{ hit, all int }

func (c *covered) add(count uint64) {
	c.all++
	if count > 0 {
		c.hit++
	}
}

func (c covered) String() string { return fmt.Sprintf("%d of %d", c.hit, c.all) }

// fileCover is a source file: how often its lines were executed. A line's count
// is that of the instruction that was executed most often. Lines without code
// are not there.
type fileCover struct {
	name   string
	main   bool // compiled, not included
	counts map[int]uint64
}

func (f *fileCover) lines() []int { return slices.Sorted(maps.Keys(f.counts)) }

func (f *fileCover) covered() (c covered) {
	for _, n := range f.counts {
		c.add(n)
	}
	return c
}

// report relates instructions to the source.
func (x *moduleCover) report(size func(code []byte, addr uint64) int) *coverReport {
	r := &coverReport{moduleCover: x}
	files := map[string]*fileCover{}
	for _, f := range x.image.Funcs() {
		fc := funcCover{name: f.Name, line: f.Declared()}
		own := map[int]uint64{} // lines of fc.file
		counts := map[uint64]uint64{}
		line := func(file string, line int, count uint64) {
			if files[file] == nil {
				files[file] = &fileCover{file, x.image.MainFile(file), map[int]uint64{}}
			}
			files[file].counts[line] = max(files[file].counts[line], count)
			if file == fc.file {
				own[line] = max(own[line], count)
			}
		}
		for i, in := range x.insns(f.Low, f.High, size) {
			fc.insns.add(in.count)
			counts[in.addr] = in.count
			file, n, _, _, ok := x.image.Line(in.addr)
			if ok && i == 0 {
				fc.file, fc.calls = file, in.count
			}
			if ok {
				line(file, n, in.count)
			}
		}
		// A statement that begins where another does has no instruction of its
		// own, but is executed.
		for _, r := range x.image.Rows(f.Low, f.High) {
			if count, ok := counts[r.Addr]; ok && r.Stmt && r.Line > 0 {
				line(r.File, r.Line, count)
			}
		}
		for _, n := range own {
			fc.lines.add(n)
		}
		if fc.insns.all > 0 {
			r.funcs = append(r.funcs, fc)
		}
	}
	slices.SortStableFunc(r.funcs, func(a, b funcCover) int {
		return cmp.Or(cmp.Compare(a.file, b.file), cmp.Compare(a.line, b.line))
	})
	r.files = slices.SortedFunc(maps.Values(files), func(a, b *fileCover) int { return cmp.Compare(a.name, b.name) })
	return r
}

// write prints a summary and the source with counts. source gives a file's
// lines.
func (r *coverReport) write(w io.Writer, source func(name string) ([]string, bool)) {
	times := map[int]string{0: "never", 1: "once"}[r.loads]
	if times == "" {
		times = fmt.Sprintf("%d times", r.loads)
	}
	fmt.Fprintf(w, "\n%s: %s was loaded %s\n", r.file, r.name, times)
	var insns covered
	width := len("all")
	for _, f := range r.funcs {
		width = max(width, len(f.name))
		insns.hit, insns.all = insns.hit+f.insns.hit, insns.all+f.insns.all
	}
	var lines covered
	for _, f := range r.files {
		c := f.covered()
		lines.hit, lines.all = lines.hit+c.hit, lines.all+c.all
	}
	const row = "%-*s %9v %14v %12v\n"
	fmt.Fprintf(w, row, width, "", "called", "instructions", "lines")
	for _, f := range r.funcs {
		fmt.Fprintf(w, row, width, f.name, f.calls, f.insns, f.lines)
	}
	fmt.Fprintf(w, row, width, "all", "", insns, lines)
	for _, f := range r.files {
		f.write(w, source)
	}
}

// write prints a file: all of one that was compiled, of one that was included
// the lines with code.
func (f *fileCover) write(w io.Writer, source func(name string) ([]string, bool)) {
	text, ok := source(f.name)
	note := ""
	if !ok {
		note = " (not found: name its directory with --source-dir)"
	}
	fmt.Fprintf(w, "\n%s%s\n", f.name, note)
	lines := f.lines()
	if ok && f.main {
		for n := range text {
			if _, has := f.counts[n+1]; !has {
				lines = append(lines, n+1)
			}
		}
		slices.Sort(lines)
	}
	for _, n := range lines {
		count, has := f.counts[n]
		shown := ""
		if has {
			shown = fmt.Sprint(count)
		}
		if has && count == 0 {
			shown = "never"
		}
		line := ""
		if n <= len(text) && n > 0 {
			line = text[n-1]
		}
		fmt.Fprintf(w, "%9s | %4d | %s\n", shown, n, line)
	}
}

// writeLCOV writes records as geninfo does (geninfo(1), "FILES"), one a source
// file.
func (r *coverReport) writeLCOV(w io.Writer, path func(name string) string) {
	for _, f := range r.files {
		fmt.Fprintf(w, "TN:%s\nSF:%s\n", r.name, path(f.name))
		var calls covered
		for _, fn := range r.funcs {
			if fn.file == f.name {
				fmt.Fprintf(w, "FN:%d,%s\n", fn.line, fn.name)
			}
		}
		for _, fn := range r.funcs {
			if fn.file == f.name {
				fmt.Fprintf(w, "FNDA:%d,%s\n", fn.calls, fn.name)
				calls.add(fn.calls)
			}
		}
		fmt.Fprintf(w, "FNF:%d\nFNH:%d\n", calls.all, calls.hit)
		for _, n := range f.lines() {
			fmt.Fprintf(w, "DA:%d,%d\n", n, f.counts[n])
		}
		c := f.covered()
		fmt.Fprintf(w, "LF:%d\nLH:%d\nend_of_record\n", c.all, c.hit)
	}
}
