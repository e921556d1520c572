package net

import "rv86/kernel/vfs"

// Points on a packet's way where it can be filtered (enum nf_inet_hooks). Nothing is
// forwarded, so that point is never come to.
const (
	PreRouting  = 0
	LocalIn     = 1
	LocalOut    = 3
	PostRouting = 4
)

// Filter is asked about an IP packet at a point: in or out, or both, are nil where
// they are not known. It gives the packet, changed or not, and whether it goes on.
type Filter func(c *vfs.Caller, point uint8, in, out Link, b []byte) (after []byte, ok bool)

// SetFilter sets the filter; nil lets all pass.
func (s *Stack) SetFilter(f Filter) {
	if f == nil {
		s.filter.Store(nil)
		return
	}
	s.filter.Store(&f)
}

// pass asks the filter. What it made of the packet must be one.
func (s *Stack) pass(c *vfs.Caller, point uint8, in, out *iface, h header) (header, bool) {
	f := s.filter.Load()
	if f == nil {
		return h, true
	}
	link := func(i *iface) Link {
		if i == nil {
			return nil
		}
		return i.link
	}
	b, ok := (*f)(c, point, link(in), link(out), h)
	if !ok {
		return nil, false
	}
	return checkIP(b)
}

// SetTap has f see each packet that comes in, before anybody else; nil ends that.
func (s *Stack) SetTap(f func(c *vfs.Caller, p *Packet)) {
	if f == nil {
		s.packets.Store(nil)
		return
	}
	s.packets.Store(&f)
}
