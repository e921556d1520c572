package main

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"

	"rv86/cpu/i386"
	"rv86/kmod"
	"rv86/kmod/modlib"
	"rv86/machine/session"
	"rv86/monitor"
	"rv86/monitor/debuginfo"
)

// coverFlags belong to run.
type coverFlags struct {
	Cover    []string `help:"Add a module, and print at the end which of its lines were executed, and how often. Repeatable." placeholder:"F.ko" sep:"none"`
	CoverOut string   `help:"With --cover: write the coverage to a file, for lcov and genhtml." placeholder:"FILE"`
}

// coverage counts the executions of the instructions of modules, over all the
// places at which they are loaded.
type coverage struct {
	guest   *guestModules
	modules []*moduleCover // as the flags name them
	byName  map[string]*moduleCover
	// next is the first slot that was not seen: what a debugger has executed
	// again, to go back in time, counts once.
	next uint64
	// last is the instruction that is about to be executed, as far as is known:
	// an interrupt may come before it.
	last *uint64
	slot uint64 // of last
}

// moduleCover is one module, which is known before it is loaded.
type moduleCover struct {
	name     string
	file     string
	image    *debuginfo.Image // its sections are where no module is, one behind the other
	place    map[string]uint64
	sections []*sectionCover // those with code
	loads    int
}

// sectionCover is how often each instruction of a section was executed.
type sectionCover struct {
	name   string
	addr   uint64 // in moduleCover.image
	code   []byte
	counts []uint64 // by offset
}

// coverDistance keeps the sections of moduleCover.image apart.
const coverDistance = 1 << 24

// openCover reads the modules, which are added to those that go into the guest.
func (c *runCmd) openCover() ([]*moduleCover, error) {
	if len(c.Cover) == 0 && c.CoverOut != "" {
		return nil, fmt.Errorf("--cover-out %s: name a module with --cover", c.CoverOut)
	}
	var out []*moduleCover
	for _, file := range c.Cover {
		b, err := os.ReadFile(file)
		if err != nil {
			return nil, session.FileError("read", err)
		}
		x, err := readCover(file, b, c.Arch)
		if err != nil {
			return nil, fmt.Errorf("--cover %s: %w", file, err)
		}
		out = append(out, x)
		if !slices.Contains(c.Module, file) {
			c.Module = append(c.Module, file)
		}
	}
	return out, nil
}

// readCover reads one module's file.
func readCover(file string, b []byte, arch string) (*moduleCover, error) {
	spec, err := kmod.Parse(b, kmodMachine(arch))
	if err != nil {
		return nil, err
	}
	x := &moduleCover{name: modlib.Name(file), file: file, place: map[string]uint64{}}
	at := uint64(coverDistance)
	x.image, err = debuginfo.Load(x.name, b, func(section string) (uint64, bool) {
		if _, ok := x.place[section]; !ok {
			x.place[section] = at
			at += coverDistance
		}
		return x.place[section], true
	})
	if err != nil {
		return nil, err
	}
	if len(x.image.Funcs()) == 0 {
		return nil, errors.New("it has no debug information, so its lines are not known: compile it with -g, as 'rv86 mod build' does")
	}
	for i := range spec.Sections {
		if s := &spec.Sections[i]; s.Alloc() && s.Exec() && len(s.Data) > 0 {
			x.sections = append(x.sections, &sectionCover{s.Name, x.place[s.Name], s.Data, make([]uint64, len(s.Data))})
		}
	}
	return x, nil
}

// newCoverage starts to count.
func newCoverage(g *guestModules, modules []*moduleCover) *coverage {
	v := &coverage{guest: g, modules: modules, byName: map[string]*moduleCover{}}
	for _, x := range modules {
		v.byName[x.name] = x
	}
	g.executed = append(g.executed, v.executed)
	g.changed = append(g.changed, v.changed)
	return v
}

// changed counts the modules that came.
func (v *coverage) changed(old []monitor.LoadedModule) {
	if v.guest.m.Core().Insns() < v.next {
		return
	}
	for i := range v.guest.list {
		l := &v.guest.list[i]
		x := v.byName[l.Name]
		if x != nil && !slices.ContainsFunc(old, func(o monitor.LoadedModule) bool { return o.Name == l.Name && o.Core == l.Core }) {
			x.loads++
		}
	}
}

// executed is told before an instruction of a module.
func (v *coverage) executed(l *monitor.LoadedModule, pc uint64) {
	slot := v.guest.m.Core().Insns()
	if slot < v.next {
		return
	}
	if slot > v.slot {
		v.commit()
	}
	v.last, v.slot = v.byName[l.Name].counter(l, pc), slot
}

// commit counts the instruction that was told of last.
func (v *coverage) commit() {
	if v.last != nil {
		*v.last++
		v.next = v.slot + 1
	}
	v.last = nil
}

// counter is where an instruction is counted; nil: nowhere. A nil moduleCover
// counts nothing.
func (x *moduleCover) counter(l *monitor.LoadedModule, pc uint64) *uint64 {
	if x == nil {
		return nil
	}
	for _, s := range l.Sections {
		for _, c := range x.sections {
			if c.name == s.Name && pc-s.Addr < uint64(len(c.counts)) {
				return &c.counts[pc-s.Addr]
			}
		}
	}
	return nil
}

// insn is one instruction and how often it was executed.
type insn struct {
	addr  uint64 // in the image
	count uint64
}

// insns lists the instructions of a function, which lie one behind the other.
func (x *moduleCover) insns(low, high uint64, size func(code []byte, addr uint64) int) (out []insn) {
	for _, c := range x.sections {
		if low-c.addr >= uint64(len(c.code)) {
			continue
		}
		for at := low - c.addr; at < min(high-c.addr, uint64(len(c.code))); {
			out = append(out, insn{c.addr + at, c.counts[at]})
			at += uint64(max(1, size(c.code[at:], c.addr+at)))
		}
	}
	return out
}

// insnSize gives a function that tells how long an instruction is.
func insnSize(arch string) func(code []byte, addr uint64) int {
	text := disassembler(arch)
	return func(code []byte, addr uint64) int {
		_, n, _ := text(code[:min(len(code), i386.MaxInsn)], addr)
		return n
	}
}

func kmodMachine(arch string) *kmod.Machine {
	if arch == session.DefaultArch {
		return kmod.RISCV64
	}
	return kmod.I386
}

// write prints the reports and the file that was asked for. A nil coverage has
// none.
func (v *coverage) write(c *runCmd, w io.Writer) error {
	if v == nil {
		return nil
	}
	v.commit()
	dirs := c.sourceDirs()
	var lcov bytes.Buffer
	for _, x := range v.modules {
		r := x.report(insnSize(c.Arch))
		r.write(w, func(name string) ([]string, bool) {
			lines, _, ok := monitor.ReadSource(name, dirs)
			return lines, ok
		})
		r.writeLCOV(&lcov, func(name string) string {
			if _, path, ok := monitor.ReadSource(name, dirs); ok {
				if full, err := filepath.Abs(path); err == nil {
					return full
				}
			}
			return name
		})
	}
	if c.CoverOut == "" {
		return nil
	}
	if err := os.WriteFile(c.CoverOut, lcov.Bytes(), 0o644); err != nil {
		return fmt.Errorf("--cover-out: %w", err)
	}
	return nil
}
