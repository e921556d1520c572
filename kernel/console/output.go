package console

import "rv86/kernel/abi"

// tabStop is the distance of tab stops.
const tabStop = 8

// output turns what programs write into what goes on the wire, and keeps
// count of the column. The line discipline's lock guards it.
type output struct {
	tio    *abi.Termios
	wire   func(p []byte)
	column int
	buf    []byte
}

// process writes s under the output modes of termios(3).
func (o *output) process(s string) {
	f := o.tio.Oflag
	if f&abi.OPOST == 0 {
		o.raw(s)
		return
	}
	b := o.buf[:0]
	for i := range len(s) {
		c := s[i]
		switch {
		case c == '\n' && f&abi.ONLCR != 0:
			b = append(b, '\r', '\n')
			o.column = 0
			continue
		case c == '\r' && f&abi.ONOCR != 0 && o.column == 0:
			continue
		case c == '\r' && f&abi.OCRNL != 0:
			c = '\n'
		case c == '\t' && f&abi.TABDLY == abi.XTABS:
			n := tabStop - o.column%tabStop
			b = append(b, "        "[:n]...)
			o.column += n
			continue
		}
		b = append(b, c)
		o.advance(c)
	}
	o.buf = b[:0]
	o.wire(b)
}

// raw writes s as it is.
func (o *output) raw(s string) {
	for i := range len(s) {
		o.advance(s[i])
	}
	o.wire([]byte(s))
}

// advance keeps count of the column.
func (o *output) advance(c byte) {
	switch {
	case c == '\r':
		o.column = 0
	case c == '\n':
		if o.tio.Oflag&abi.ONLRET != 0 {
			o.column = 0
		}
	case c == '\b':
		o.column = max(o.column-1, 0)
	case c == '\t':
		o.column += tabStop - o.column%tabStop
	case !isControl(c) && !continuation(c):
		o.column++
	}
}
