package monitor

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"rv86/monitor/debuginfo"
)

func sourceCommands() []command {
	return []command{
		{
			names: []string{"list"}, group: groupSource, args: "[PLACE]", complete: completePlace, repeat: true,
			help: "Show the source around a place; without one, go on, or show where the machine is.", example: "list watchme.c:25", fn: (*Monitor).cmdList,
		},
		{
			names: []string{"disas", "disassemble"}, group: groupSource, args: "[/s] [PLACE [N]]", complete: completePlace, repeat: true,
			help:    "Disassemble the function around a place, or N instructions from there; /s shows the source, too.",
			example: "disas", fn: (*Monitor).cmdDisas,
		},
		{
			names: []string{"syntax"}, group: groupSource, args: "[gnu | go | intel]",
			help: "Choose how instructions are written.", example: "syntax go", fn: (*Monitor).cmdSyntax,
		},
		{
			names: []string{"directory"}, group: groupSource, args: "DIR", complete: completeFile,
			help: "Look for source files in a directory, too.", example: "directory .",
			fn: func(m *Monitor, args string) error {
				if args == "" {
					return errors.New("say where: directory DIR")
				}
				m.Sources = append([]string{args}, m.Sources...)
				return nil
			},
		},
		{
			names: []string{"file"}, group: groupSource, args: "PROGRAM", complete: completeFile,
			help: "Read the symbols of a program: a path in the guest, or an ELF file of the host's.", example: "file /bin/sh", fn: (*Monitor).cmdFile,
		},
	}
}

// listState is what list shows next.
type listState struct {
	image *debuginfo.Image
	file  string
	line  int
	next  int // the first line of the next piece; 0: around line
}

// listLines is how many lines list shows.
const listLines = 10

// currentSource is the file that is being looked at.
func (m *Monitor) currentSource() (file string, line int) {
	if m.listAt.file != "" {
		return m.listAt.file, m.listAt.line
	}
	f := m.frame()
	if f.image == nil {
		return "", 0
	}
	file, line, _, _, _ = f.image.Line(f.lookup)
	return file, line
}

// source finds and reads a source file: as it is named, or as much of its path
// as some directory has.
func (m *Monitor) source(name string) ([]string, bool) {
	lines, _, ok := ReadSource(name, m.Sources)
	return lines, ok
}

// ReadSource finds and reads a source file, as it is named or below one of some
// directories, and says where it is.
func ReadSource(name string, dirs []string) (lines []string, path string, ok bool) {
	parts := strings.Split(filepath.ToSlash(name), "/")
	for _, dir := range append([]string{""}, dirs...) {
		for i := range parts {
			p := filepath.Join(parts[i:]...)
			if dir == "" {
				if i > 0 || !filepath.IsAbs(name) {
					break
				}
				p = name
			} else {
				p = filepath.Join(dir, p)
			}
			if b, err := os.ReadFile(p); err == nil {
				return strings.Split(strings.TrimSuffix(string(b), "\n"), "\n"), p, true
			}
		}
	}
	return nil, "", false
}

// sourceLine is one line of a file.
func (m *Monitor) sourceLine(_ *debuginfo.Image, file string, line int) (string, bool) {
	lines, ok := m.source(file)
	if !ok || line < 1 || line > len(lines) {
		return "", false
	}
	return lines[line-1], true
}

func (m *Monitor) cmdList(args string) error {
	st := &m.listAt
	if args != "" {
		ps, err := m.locate(args)
		if err != nil {
			return fmt.Errorf("%s: %w", args, err)
		}
		p := ps[0]
		if p.image == nil {
			return fmt.Errorf("%s is at %#x, which has no source", args, p.addr)
		}
		file, line, _, _, ok := p.image.Line(p.addr)
		if !ok {
			return fmt.Errorf("%s is at %#x, which has no line information", args, p.addr)
		}
		*st = listState{p.image, file, line, 0}
	} else if st.file == "" {
		f := m.frame()
		if f.image == nil {
			return errors.New("there is no source here: disas shows the code")
		}
		file, line, _, _, ok := f.image.Line(f.lookup)
		if !ok {
			return errors.New("there is no line information here: disas shows the code")
		}
		*st = listState{f.image, file, line, 0}
	}
	lines, ok := m.source(st.file)
	if !ok {
		return fmt.Errorf("the source file %s is not found: directory DIR adds a place to look", st.file)
	}
	first := st.next
	if first == 0 {
		first = max(st.line-listLines/2, 1)
	}
	if first > len(lines) {
		return fmt.Errorf("the file has %d lines", len(lines))
	}
	here := 0
	if f := m.frame(); f.image == st.image && f.image != nil {
		if file, line, _, _, ok := f.image.Line(f.lookup); ok && file == st.file {
			here = line
		}
	}
	for n := first; n < first+listLines && n <= len(lines); n++ {
		mark := ""
		if n == here {
			mark = ">"
		}
		m.out.printf("%s%d\t%s\n", mark, n, lines[n-1])
	}
	st.next = first + listLines
	return nil
}

func (m *Monitor) cmdDisas(args string) error {
	withSource := false
	if rest, ok := strings.CutPrefix(args, "/s"); ok {
		withSource, args = true, strings.TrimSpace(rest)
	}
	spec, n := args, uint64(0)
	if i := strings.LastIndexByte(args, ' '); i > 0 && !strings.HasPrefix(args, "*") {
		var err error
		if n, err = m.count(args[i+1:]); err != nil {
			return err
		}
		spec = args[:i]
	}
	ps, err := m.locate(spec)
	if err != nil {
		return fmt.Errorf("%s: %w", spec, err)
	}
	at := ps[0].addr
	if f := m.frame(); spec == "" {
		at = f.lookup - (m.linked(f.pc) - f.pc)
	}
	low, high := at, at
	if n == 0 {
		linked := m.linked(at)
		if im := m.imageAt(linked); im != nil {
			if s, ok := im.At(linked); ok && s.Size > 0 {
				low, high = at-(linked-s.Addr), at-(linked-s.Addr)+s.Size
			}
		}
		if low == high {
			n = listLines
		}
	}
	return m.listCode(low, high, n, withSource)
}

// maxListed bounds the instructions that one command prints.
const maxListed = 2000

func (m *Monitor) listCode(low, high, n uint64, withSource bool) error {
	pc := m.frame().pc
	last := 0
	for at, i := low, uint64(0); (at < high || i < n) && i < maxListed; i++ {
		if im := m.imageAt(at); withSource && im != nil {
			if file, line, _, _, ok := im.Line(at); ok && line != last {
				if text, ok := m.sourceLine(im, file, line); ok {
					m.out.printf("%d\t%s\n", line, text)
				}
				last = line
			}
		}
		mark := "   "
		if at == pc {
			mark = "=> "
		}
		m.out.printf("%s\n", m.instructionText(at, mark))
		size := m.instructionSize(at)
		if size == 0 {
			return nil
		}
		at += size
	}
	return nil
}

func (m *Monitor) cmdSyntax(args string) error {
	all := []string{"gnu", "go", "intel"}
	if m.arch == &riscv {
		all = all[:2]
	}
	if args != "" {
		if !slices.Contains(all, args) {
			return fmt.Errorf("%q is not a syntax: there are %s", args, strings.Join(all, ", "))
		}
		m.syntax = args
	}
	m.out.printf("Instructions are written in %s syntax.\n", m.syntax)
	return nil
}

func (m *Monitor) cmdFile(args string) error {
	if args == "" {
		return errors.New("say which: file PROGRAM")
	}
	var data []byte
	found := false
	if m.Program != nil {
		data, found = m.Program(args)
	}
	if !found {
		var err error
		if data, err = os.ReadFile(fileName(args)); err != nil {
			return fmt.Errorf("%s is neither a program of the guest's nor a file here: %w", args, errors.Unwrap(err))
		}
	}
	im, err := debuginfo.Load(args, data, nil)
	if err != nil {
		return err
	}
	m.programs = append(m.programs, im)
	m.resolvePoints()
	m.arrivedHere()
	m.out.printf("Read symbols of %s.\n", args)
	return nil
}
