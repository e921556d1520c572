package monitor

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// Complete gives the words with which the last word of a line may go on: whole
// words, sorted. start is where that word begins.
func (m *Monitor) Complete(line string) (words []string, start int) {
	line = strings.TrimLeft(line, " ")
	i := strings.LastIndexAny(line, " ,(*&!-+")
	start = i + 1
	prefix := line[start:]
	var from []string
	first, rest := splitCommand(line)
	if !strings.Contains(line, " ") {
		from, prefix, start = commandNames(), line, 0
	} else if c, err := m.find(first); err == nil {
		from, prefix, start = m.candidates(c, rest, prefix, line, start)
	}
	for _, w := range from {
		if strings.HasPrefix(w, prefix) {
			words = append(words, w)
		}
	}
	slices.Sort(words)
	return slices.Compact(words), start
}

// candidates are the words that a command's argument may be.
func (m *Monitor) candidates(c *command, rest, prefix, line string, start int) ([]string, string, int) {
	var out []string
	switch c.complete {
	case completeCommand:
		out = commandNames()
	case completeModule:
		for _, x := range m.modules.list {
			out = append(out, x.name)
		}
	case completeInfo:
		if !strings.Contains(rest, " ") {
			for _, r := range infoRows() {
				out = append(out, r.name)
			}
		} else {
			out = m.symbolNames(prefix, true)
		}
	case completeRegister:
		out = m.registerNames("")
	case completePlace:
		out = m.symbolNames(prefix, false)
		for _, x := range m.Modules {
			if im := m.unplaced(x); im != nil && m.moduleNamed(x) == nil {
				for _, s := range im.Symbols() {
					if s.Func {
						out = append(out, s.Name)
					}
				}
			}
		}
	case completeExpr:
		out = append(m.symbolNames(prefix, true), m.registerNames("$")...)
	case completeFile:
		at := strings.LastIndexByte(line, ' ') + 1
		names, _ := filepath.Glob(line[at:] + "*")
		for i, n := range names {
			if info, err := os.Stat(n); err == nil && info.IsDir() {
				names[i] += "/"
			}
		}
		return names, line[at:], at
	}
	return out, prefix, start
}

func (m *Monitor) registerNames(sign string) (out []string) {
	for _, r := range m.Target.Registers() {
		out = append(out, sign+r.Name)
	}
	return out
}

// symbolNames are functions, or all names. The kernel's are many: only those
// that fit are collected, by their short names.
func (m *Monitor) symbolNames(prefix string, data bool) (out []string) {
	if f := m.frame(); f.fn != nil && data {
		for _, v := range f.fn.Locals(f.lookup) {
			out = append(out, v.Name)
		}
	}
	for _, im := range m.images() {
		if im == m.kernel && prefix == "" {
			continue
		}
		for _, s := range im.Symbols() {
			if s.Func || data {
				if n := shortName(s.Name); strings.HasPrefix(n, prefix) {
					out = append(out, n)
				}
			}
		}
	}
	return out
}
