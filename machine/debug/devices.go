package debug

import (
	"fmt"
	"slices"
	"strings"

	"rv86/machine/bus"
	"rv86/machine/debug/point"
)

// inspector is a device that can tell its registers, without side effects: one
// line of text each.
type inspector interface{ Inspect() []string }

// interruptController is a device that can tell about its inputs, without side
// effects: one line of text each.
type interruptController interface{ IRQLines() []string }

// Devices lists the board's devices: those in memory, then those at ports.
func (e *Engine) Devices() (out []point.Device) {
	add := func(r bus.Region, kind string) {
		d := point.Device{Name: r.Name, Where: fmt.Sprintf("%s %#x-%#x", kind, r.Base, r.Base+r.Size-1)}
		if r.IRQ != 0 {
			d.Lines = []string{fmt.Sprintf("interrupt %d", r.IRQ)}
		}
		if c, ok := r.Dev.(interruptController); ok {
			d.Lines = append(d.Lines, c.IRQLines()...)
		}
		if i, ok := r.Dev.(inspector); ok {
			d.State = i.Inspect()
		}
		out = append(out, d)
	}
	for _, r := range e.r.Regions() {
		add(r, "memory")
	}
	for _, r := range e.r.Ports() {
		add(r, "ports")
	}
	return out
}

// Mtree draws the physical address space, and the ports where there are any.
func (e *Engine) Mtree() string {
	type row struct {
		first, last uint64
		what        string
	}
	draw := func(b *strings.Builder, title string, width int, rows []row) {
		slices.SortFunc(rows, func(a, b row) int {
			switch {
			case a.first < b.first:
				return -1
			case a.first > b.first:
				return 1
			}
			return 0
		})
		fmt.Fprintln(b, title)
		for _, r := range rows {
			fmt.Fprintf(b, "  %0*x-%0*x  %s\n", width, r.first, width, r.last, r.what)
		}
	}
	regions := func(all []bus.Region) (rows []row) {
		for _, r := range all {
			rows = append(rows, row{r.Base, r.Base + r.Size - 1, r.Name})
		}
		return rows
	}
	var b strings.Builder
	const addressDigits, portDigits = 16, 4
	memory := append(regions(e.r.Regions()), row{e.base, e.base + uint64(len(e.ram)) - 1, "ram"})
	draw(&b, "memory", addressDigits, memory)
	if ports := e.r.Ports(); ports != nil {
		draw(&b, "ports", portDigits, regions(ports))
	}
	return b.String()
}
