package net

import (
	"encoding/binary"
	"slices"
)

// fragments cuts a packet into such as a link takes (RFC 791 3.2).
func fragments(h header, mtu int) []header {
	size := h.size()
	body, step := h[size:], (mtu-size)/fragUnit*fragUnit
	var out []header
	for off := 0; off < len(body); off += step {
		end := min(off+step, len(body))
		f := append(slices.Clone(h[:size]), body[off:end]...)
		at := h.frag()&^fragMask | uint16(off/fragUnit)
		if end < len(body) {
			at |= moreFrags
		}
		binary.BigEndian.PutUint16(f[ipFragment:], at)
		f.close(len(f))
		out = append(out, f)
	}
	return out
}

// assembly is a packet of which not all fragments have come. The oldest gives way
// when too many wait: nobody's clock runs for them.
type assembly struct {
	key   assemblyKey
	parts []header // by offset, none overlapping
}

type assemblyKey struct {
	src, dst Addr
	ident    uint16
	proto    uint8
}

// Bounds of what waits (the frag sysctls bound its memory).
const (
	assembliesMax = 16
	partsMax      = 64 * 1024 / fragUnit / 8
)

func (h header) begin() int { return int(h.frag()&fragMask) * fragUnit }
func (h header) end() int   { return h.begin() + len(h) - h.size() }

// reassemble keeps a fragment, and gives the packet when it was the last one that
// lacked. Overlapping fragments are an attack: the packet is dropped with them, as
// by Linux. Preconditions: mu is held.
func (s *Stack) reassemble(h header) (header, bool) {
	key := assemblyKey{h.src(), h.dst(), h.ident(), h.proto()}
	more := h.frag()&moreFrags != 0
	i := slices.IndexFunc(s.parts, func(a *assembly) bool { return a.key == key })
	bad := more && (len(h)-h.size())%fragUnit != 0 || h.end() > ipLimit-h.size() || len(h) == h.size()
	if i < 0 {
		if bad {
			return nil, false
		}
		if len(s.parts) == assembliesMax {
			s.parts = slices.Delete(s.parts, 0, 1)
		}
		i = len(s.parts)
		s.parts = append(s.parts, &assembly{key: key})
	}
	a := s.parts[i]
	if bad || !a.add(h) {
		s.parts = slices.Delete(s.parts, i, i+1)
		return nil, false
	}
	whole := a.whole()
	if whole == nil {
		return nil, false
	}
	s.parts = slices.Delete(s.parts, i, i+1)
	return whole, true
}

// add puts a fragment in its place; false if it overlaps another or is one too
// many.
func (a *assembly) add(h header) bool {
	at, found := slices.BinarySearchFunc(a.parts, h.begin(), func(p header, begin int) int { return p.begin() - begin })
	switch {
	case found, len(a.parts) == partsMax:
		return false
	case at > 0 && a.parts[at-1].end() > h.begin():
		return false
	case at < len(a.parts) && h.end() > a.parts[at].begin():
		return false
	}
	a.parts = slices.Insert(a.parts, at, h)
	return true
}

// whole joins the fragments, if all are there.
func (a *assembly) whole() header {
	end := 0
	for _, p := range a.parts {
		if p.begin() != end {
			return nil
		}
		end = p.end()
	}
	first, last := a.parts[0], a.parts[len(a.parts)-1]
	if last.frag()&moreFrags != 0 {
		return nil
	}
	out := slices.Clone(first[:first.size()])
	for _, p := range a.parts {
		out = append(out, p[p.size():]...)
	}
	binary.BigEndian.PutUint16(out[ipFragment:], 0)
	out.close(len(out))
	return out
}
