package kmod

import (
	"bytes"
	"slices"
	"strings"
)

// Modinfo is the contents of .modinfo: `key=value` strings, in file order.
type Modinfo []InfoField

// InfoField is one of them.
type InfoField struct{ Key, Value string }

// Get gives the first value of a key, or "".
func (m Modinfo) Get(key string) string {
	for _, f := range m {
		if f.Key == key {
			return f.Value
		}
	}
	return ""
}

// All gives every value of a key.
func (m Modinfo) All(key string) []string {
	var vs []string
	for _, f := range m {
		if f.Key == key {
			vs = append(vs, f.Value)
		}
	}
	return vs
}

// Depends is the modules this one needs, as the build recorded them.
func (m Modinfo) Depends() []string {
	d := m.Get("depends")
	if d == "" {
		return nil
	}
	return strings.Split(d, ",")
}

// Imports says whether the module may use the exports of a namespace: every
// module those of none, "", the others by MODULE_IMPORT_NS.
func (m Modinfo) Imports(namespace string) bool {
	return namespace == "" || slices.Contains(m.All("import_ns"), namespace)
}

// ParseModinfo splits the section. Empty strings are padding.
func ParseModinfo(data []byte) (Modinfo, error) {
	if len(data) > 0 && data[len(data)-1] != 0 {
		return nil, malformed("%s does not end with NUL", secModinfo)
	}
	var m Modinfo
	for _, s := range bytes.Split(data, []byte{0}) {
		if len(s) == 0 {
			continue
		}
		key, value, ok := strings.Cut(string(s), "=")
		if !ok || key == "" {
			return nil, malformed("%s: %q is not of the form key=value", secModinfo, s)
		}
		m = append(m, InfoField{key, value})
	}
	return m, nil
}

// modinfo finds and splits the section; a module without one is possible, but
// the kernel will miss the vermagic.
func (p *parser) modinfo() error {
	for i := range p.spec.Sections {
		s := &p.spec.Sections[i]
		if s.Name != secModinfo {
			continue
		}
		switch {
		case p.spec.Modinfo != 0:
			return malformed("only one %s section is allowed; there are sections %d and %d", secModinfo, p.spec.Modinfo, i)
		case s.Type != shtProgbits:
			return malformed("section %d (%s) has type %d, want %d", i, secModinfo, s.Type, shtProgbits)
		}
		p.spec.Modinfo = i
	}
	if p.spec.Modinfo == 0 {
		return nil
	}
	info, err := ParseModinfo(p.spec.Sections[p.spec.Modinfo].Data)
	p.spec.Info = info
	return err
}

// gplCompatible lists the licences that do not taint the kernel (Linux
// include/linux/license.h).
var gplCompatible = map[string]bool{
	"GPL":                       true,
	"GPL v2":                    true,
	"GPL and additional rights": true,
	"Dual BSD/GPL":              true,
	"Dual MIT/GPL":              true,
	"Dual MPL/GPL":              true,
}

// License is the module's licence; Linux says "unspecified" when it has none.
func (m Modinfo) License() string {
	if l := m.Get("license"); l != "" {
		return l
	}
	return "unspecified"
}

// GPLCompatible says whether every licence the module names is compatible with
// the GPL, so that it may use GPL-only symbols. One wrong licence is enough.
func (m Modinfo) GPLCompatible() bool {
	for _, l := range m.All("license") {
		if !gplCompatible[l] {
			return false
		}
	}
	return m.Get("license") != ""
}
