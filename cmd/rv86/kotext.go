package main

import (
	"fmt"
	"sort"
	"strings"
)

// koText collects the report for people.
type koText struct{ strings.Builder }

func (b *koText) printf(format string, args ...any) { fmt.Fprintf(b, format, args...) }

// row prints a line without the blanks at its end.
func (b *koText) row(format string, args ...any) {
	b.WriteString(strings.TrimRight(fmt.Sprintf(format, args...), " ") + "\n")
}

// text is the report for people.
func (r *koReport) text() string {
	var b koText
	b.printf("%s: module %s for %s, %d bytes\n\nmodinfo\n", r.File, r.Module, r.Machine, r.Bytes)
	for _, f := range r.Info {
		b.row("  %-14s %s", f.Key, f.Value)
	}
	r.textSections(&b)
	r.textMemory(&b)
	r.textSymbols(&b)
	b.printf("\nrelocations\n")
	for i := range r.Relocations {
		r.Relocations[i].text(&b)
	}
	return b.String()
}

func (r *koReport) textSections(b *koText) {
	b.printf("\nsections (A loaded, W writable, X code, 0 not in the file)\n")
	b.row("  %3s %-31s %-5s %8s %6s  %s", "nr", "name", "flags", "size", "align", "place")
	for _, s := range r.Sections {
		place := "not loaded"
		if s.loaded() {
			place = fmt.Sprintf("%s+%#x", s.Region, s.Offset)
		}
		b.row("  %3d %-31s %-5s %8d %6d  %s", s.Index, s.Name, s.Flags, s.Size, s.Align, place)
	}
}

// textMemory draws the regions: parts with their protection, sections in the
// order of their addresses.
func (r *koReport) textMemory(b *koText) {
	b.printf("\nmemory (addresses are examples)\n")
	for _, g := range r.Regions {
		what := "stays"
		if g.Name == "init" {
			what = "is freed when init has returned"
		}
		b.printf("  %s at %#x, %d bytes, %s\n", g.Name, g.Address, g.Size, what)
		for _, p := range g.Parts {
			b.printf("    %#x  %s  %-6s %6d bytes, %d used\n", g.Address+p.Offset, p.Protection, p.Name, p.Size, p.Used)
			for _, s := range r.inPart(g, p) {
				b.printf("      %#x  %-31s %6d\n", s.Address, s.Name, s.Size)
			}
			for _, t := range p.Slots {
				b.printf("      %#x  %-31s %6d  for %s\n", t.Address, t.Name+", made by the loader", t.Size, strings.Join(t.Symbols, " "))
			}
		}
	}
	if r.Freed.Bytes > 0 {
		b.row("  freed after init: %d bytes: %s", r.Freed.Bytes, strings.Join(r.Freed.Sections, " "))
		b.row("    no longer there: %s", strings.Join(r.Freed.Symbols, " "))
	}
}

// inPart lists the sections of a part that have a size, by address.
func (r *koReport) inPart(g koRegion, p koPart) []koSection {
	var in []koSection
	for _, s := range r.Sections {
		if s.Region == g.Name && s.Size > 0 && s.Offset >= p.Offset && s.Offset < p.Offset+p.Size {
			in = append(in, s)
		}
	}
	sort.SliceStable(in, func(i, j int) bool { return in[i].Offset < in[j].Offset })
	return in
}

func (r *koReport) textSymbols(b *koText) {
	b.printf("\nsymbols it needs\n")
	for _, n := range r.Needs {
		b.row("  %-26s %s%s", n.Name, n.Provider, n.about())
	}
	if len(r.Exports) > 0 {
		b.printf("\nsymbols it exports\n")
		for _, e := range r.Exports {
			ns := ""
			if e.Namespace != "" {
				ns = "namespace " + e.Namespace
			}
			b.row("  %-26s %-24s %s %s", e.Name, e.Kind, e.Version, ns)
		}
	}
	if len(r.Parameters) > 0 {
		b.printf("\nparameters\n")
		for _, p := range r.Parameters {
			b.row("  %-14s %-16s %s %s", p.Name, p.Type, p.Permission, p.Description)
		}
	}
	b.printf("\nsymbols it defines\n")
	for _, s := range r.Symbols {
		b.printf("  %-26s %-7s %s+%#x, %d bytes\n", s.Name, s.Bind, s.Section, s.Value, s.Size)
	}
}

// about says what there is to know of an outside symbol's kind and version.
func (n *koNeed) about() string {
	var about []string
	if n.Kind != "" {
		about = append(about, n.Kind)
	}
	if n.Namespace != "" {
		about = append(about, "namespace "+n.Namespace)
	}
	switch {
	case n.Version == "":
		about = append(about, "no version")
	case n.Kernel != "" && n.Kernel != n.Version:
		about = append(about, "built for version "+n.Version+", but the kernel has "+n.Kernel+": the load would fail")
	default:
		about = append(about, "version "+n.Version)
	}
	return ": " + strings.Join(about, ", ")
}

func (k *koRelocation) text(b *koText) {
	sym := k.Symbol
	if k.A != 0 {
		sym += fmt.Sprintf("%+d", k.A)
	}
	if k.Target != "" {
		sym += " (" + k.Target + ")"
	}
	if k.PLT {
		sym += " by its PLT slot"
	}
	b.printf("  %s+%#x %s %s\n", k.Section, k.Offset, k.Type, sym)
	b.row("      %s: S=%#x A=%d P=%#x -> %#x%s", k.Formula, k.S, k.A, k.P, k.Value, k.room())
	if k.Code != "" {
		b.printf("      %s -> %s    %s -> %s\n", k.Before, k.After, k.WasCode, k.Code)
	} else {
		b.printf("      %s -> %s\n", k.Before, k.After)
	}
}

// room is the range left, in words.
func (k *koRelocation) room() string {
	if !k.Limited {
		return ""
	}
	return fmt.Sprintf(", %s left", bytesText(k.Room))
}

// bytesText rounds a distance down to a unit people can grasp.
func bytesText(n uint64) string {
	for _, u := range []struct {
		shift uint
		name  string
	}{{30, "GiB"}, {20, "MiB"}, {10, "KiB"}} {
		if n>>u.shift >= 10 || n>>u.shift > 0 && n&(1<<u.shift-1) == 0 {
			return fmt.Sprintf("%d %s", n>>u.shift, u.name)
		}
		if n>>u.shift > 0 {
			const tenth = 10
			return fmt.Sprintf("%d.%d %s", n>>u.shift, n&(1<<u.shift-1)*tenth>>u.shift, u.name)
		}
	}
	return fmt.Sprintf("%d bytes", n)
}
