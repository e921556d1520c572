package main

import (
	_ "embed"
	"fmt"
	"html/template"
	"io"
	"strings"
)

// koPage is the page's text: one file with all it needs, so that it can be sent
// around and opened years later.
//
//go:embed ko.html
var koPage string

// koView is the report as the page shows it. Addresses are text: a browser's
// numbers do not have 64 bits.
type koView struct {
	*koReport
	Regions []koViewRegion
	Needs   []koViewNeed
	Relocs  []koViewReloc
}

type koViewRegion struct {
	koRegion
	Stays bool
	Parts []koViewPart
}

type koViewPart struct {
	koPart
	Address  string
	Sections []koViewSection
	Free     uint64
}

// koViewSection is a bar; Marks are the relocations in it.
type koViewSection struct {
	koSection
	Addr  string
	Marks []koMark
}

// koMark is a relocation on a bar, at a percentage of its length.
type koMark struct {
	Reloc int
	At    string
}

type koViewNeed struct {
	koNeed
	Addr, About string
}

type koViewReloc struct {
	koRelocation
	Nr              int
	To              string // id of the bar or chip it leads to, "" for none
	At              string // percentage of the bar
	Numbers, Room   string
	Addend, ToLabel string
}

// percent is where an offset lies on a bar.
func percent(off, size uint64) string {
	if size == 0 {
		return "0"
	}
	const all = 100
	return fmt.Sprintf("%.2f", float64(min(off, size))*all/float64(size))
}

// html writes the page.
func (r *koReport) html(w io.Writer) error {
	t, err := template.New("ko").Parse(koPage)
	if err != nil {
		panic("rv86: bug: ko.html: " + err.Error())
	}
	return t.Execute(w, r.view())
}

func (r *koReport) view() *koView {
	v := &koView{koReport: r}
	marks := map[int][]koMark{}
	for i := range r.Relocations {
		k := &r.Relocations[i]
		marks[k.from] = append(marks[k.from], koMark{i, percent(k.Offset, r.Sections[k.from-1].Size)})
		v.Relocs = append(v.Relocs, r.viewReloc(i, k))
	}
	for _, g := range r.Regions {
		vg := koViewRegion{koRegion: g, Stays: g.Name != "init"}
		for _, p := range g.Parts {
			vp := koViewPart{koPart: p, Address: fmt.Sprintf("%#x", g.Address+p.Offset), Free: p.Size - p.Used}
			for _, s := range r.inPart(g, p) {
				vp.Sections = append(vp.Sections, koViewSection{s, fmt.Sprintf("%#x", s.Address), marks[s.Index]})
			}
			vg.Parts = append(vg.Parts, vp)
		}
		v.Regions = append(v.Regions, vg)
	}
	for _, n := range r.Needs {
		v.Needs = append(v.Needs, koViewNeed{n, fmt.Sprintf("%#x", n.Address), n.Provider + n.about()})
	}
	return v
}

func (r *koReport) viewReloc(i int, k *koRelocation) koViewReloc {
	v := koViewReloc{
		koRelocation: *k, Nr: i,
		Numbers: fmt.Sprintf("S = %#x, A = %d, P = %#x, value %#x", k.S, k.A, k.P, k.Value),
		Room:    strings.TrimPrefix(k.room(), ", "),
		ToLabel: k.Symbol,
	}
	if k.A != 0 {
		v.Addend = fmt.Sprintf("%+d", k.A)
	}
	switch {
	case k.to > 0 && r.Sections[k.to-1].loaded():
		v.To, v.At = fmt.Sprintf("s%d", k.to), percent(k.toOffset, r.Sections[k.to-1].Size)
		v.ToLabel = fmt.Sprintf("%s+%#x", r.Sections[k.to-1].Name, k.toOffset)
	case k.to == 0:
		for j, n := range r.Needs {
			if n.Name == k.Symbol {
				v.To, v.ToLabel = fmt.Sprintf("n%d", j), n.Provider
			}
		}
	}
	return v
}
