package main

import (
	"encoding/json"
	"fmt"
	"io"
	"math"
	"slices"
	"strconv"
	"strings"

	"rv86/kmod/modlib"
)

// traceFlags belong to run and replay.
type traceFlags struct {
	Trace       []string `help:"Trace ${enum} (comma-separated)." enum:"insn,mem,trap,irq,syscall,mmu,device,module,reloc,call" placeholder:"KINDS"`
	TraceOut    string   `help:"Write the trace there instead of to stderr." placeholder:"FILE"`
	TraceJSON   bool     `name:"trace-json" help:"Write the trace as one JSON object a line."`
	TraceRange  string   `help:"Trace only at code addresses LOW to HIGH, in hexadecimal." placeholder:"LOW-HIGH"`
	TraceMode   []string `help:"Trace only at these privileges: U, S, M; i386: 0 to 3." placeholder:"MODES"`
	TraceModule []string `help:"Trace only what these modules do." placeholder:"NAMES"`
	TraceInsns  string   `help:"Trace only from instruction slot FIRST to LAST." placeholder:"FIRST-LAST"`
}

// traceFilter says which lines of a trace are wanted.
type traceFilter struct {
	low, high   uint64 // code addresses
	first, last uint64 // slots
	modes       []string
	modules     []string
	moduleAt    func(pc uint64) string
}

// everything is the filter that lets all pass.
var everything = traceFilter{high: math.MaxUint64, last: math.MaxUint64}

func (f *traceFlags) filter() (t traceFilter, err error) {
	t = everything
	t.modes = f.TraceMode
	for _, name := range f.TraceModule {
		t.modules = append(t.modules, modlib.NormalizeName(name))
	}
	if f.TraceRange != "" {
		if t.low, t.high, err = parseRange(f.TraceRange, 16); err != nil {
			return t, fmt.Errorf("--trace-range %s: %w", f.TraceRange, err)
		}
	}
	if f.TraceInsns != "" {
		if t.first, t.last, err = parseRange(f.TraceInsns, 10); err != nil {
			return t, fmt.Errorf("--trace-insns %s: %w", f.TraceInsns, err)
		}
	}
	for _, m := range t.modes {
		if !slices.Contains([]string{"U", "S", "M", "0", "1", "2", "3"}, m) {
			return t, fmt.Errorf("--trace-mode: there is no privilege %q; riscv64 has U, S and M, i386 has 0 to 3", m)
		}
	}
	return t, nil
}

// parseRange reads "FIRST-LAST"; either may be missing.
func parseRange(s string, base int) (first, last uint64, err error) {
	a, b, ok := strings.Cut(s, "-")
	last = math.MaxUint64
	if a != "" {
		first, err = strconv.ParseUint(strings.TrimPrefix(a, "0x"), base, 64)
	}
	if b != "" && err == nil {
		last, err = strconv.ParseUint(strings.TrimPrefix(b, "0x"), base, 64)
	}
	if !ok || err != nil || first > last {
		return 0, 0, fmt.Errorf("this is no range; write the first and the last with a dash between them")
	}
	return first, last, nil
}

func (f *traceFilter) passes(l *traceLine) bool {
	return l.pc >= f.low && l.pc <= f.high && l.slot >= f.first && l.slot <= f.last &&
		(len(f.modes) == 0 || slices.Contains(f.modes, l.mode)) && f.passesModule(l)
}

func (f *traceFilter) passesModule(l *traceLine) bool {
	if len(f.modules) == 0 {
		return true
	}
	name := l.module
	if name == "" && f.moduleAt != nil {
		name = f.moduleAt(l.pc)
	}
	return slices.Contains(f.modules, name)
}

// writeJSON writes the line for programs. A failure shows when the trace is
// flushed.
func (l *traceLine) writeJSON(w io.Writer) {
	e := json.NewEncoder(w)
	e.SetEscapeHTML(false)
	_ = e.Encode(struct {
		Insn   uint64 `json:"insn"`
		Kind   string `json:"kind"`
		Mode   string `json:"mode"`
		PC     string `json:"pc"`
		Module string `json:"module,omitempty"`
		Text   string `json:"text"`
	}{l.slot, l.kind, l.mode, fmt.Sprintf("%#x", l.pc), l.module, l.text})
}
