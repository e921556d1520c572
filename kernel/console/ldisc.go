package console

import "rv86/kernel/abi"

// lineMax is the longest line of canonical mode, and the room for unread input
// in all (N_TTY_BUF_SIZE, less one for the newline that must always fit).
const lineMax = 4095

// control characters that have a meaning of their own.
const (
	bell      = 0x07
	backspace = 0x08
	del       = 0x7f
	disabled  = 0x00 // _POSIX_VDISABLE: a special character set to this is off
)

// discipline turns what arrives on the wire into what programs read, and
// produces the echo. It does no locking and starts no timer.
type discipline struct {
	tio  abi.Termios
	out  *output
	emit func(sig int) // sends a signal to the foreground group

	// line is the one being typed. done are complete lines, or raw input.
	line []byte
	done []chunk
	// column is where the output stood when the line began, so that erasing a
	// tab knows how wide it was.
	column  int
	literal bool // the character after VLNEXT
	stopped bool // by VSTOP; output waits
}

// chunk is input that one canonical read does not read past: a line with its
// delimiter, or, with eof set, what VEOF closed. Raw input has one chunk.
type chunk struct {
	b   []byte
	eof bool
}

// defaults are Linux's (tty_std_termios).
func defaults() abi.Termios {
	t := abi.Termios{
		Iflag: abi.ICRNL | abi.IXON,
		Oflag: abi.OPOST | abi.ONLCR,
		Cflag: abi.B115200 | abi.CS8 | abi.CREAD | abi.HUPCL | abi.CLOCAL,
		Lflag: abi.ISIG | abi.ICANON | abi.ECHO | abi.ECHOE | abi.ECHOK | abi.ECHOCTL | abi.ECHOKE | abi.IEXTEN,
	}
	t.CC = [abi.NCCS]uint8{
		abi.VINTR: ctrl('C'), abi.VQUIT: ctrl('\\'), abi.VERASE: del, abi.VKILL: ctrl('U'), abi.VEOF: ctrl('D'),
		abi.VMIN: 1, abi.VSTART: ctrl('Q'), abi.VSTOP: ctrl('S'), abi.VSUSP: ctrl('Z'), abi.VREPRINT: ctrl('R'),
		abi.VDISCARD: ctrl('O'), abi.VWERASE: ctrl('W'), abi.VLNEXT: ctrl('V'),
	}
	const baud = 115200
	t.Ispeed, t.Ospeed = baud, baud
	return t
}

func ctrl(c byte) byte { return c & 0x1f }

func (d *discipline) lflag(f uint32) bool { return d.tio.Lflag&f != 0 }
func (d *discipline) iflag(f uint32) bool { return d.tio.Iflag&f != 0 }

// is reports whether c is the special character at index i of CC.
func (d *discipline) is(c byte, i int) bool { return d.tio.CC[i] != disabled && d.tio.CC[i] == c }

// pending counts the bytes that wait to be read.
func (d *discipline) pending() int {
	n := 0
	for _, k := range d.done {
		n += len(k.b)
	}
	return n
}

// input takes one byte from the wire.
func (d *discipline) input(c byte) {
	if d.iflag(abi.ISTRIP) {
		c &= 0x7f
	}
	if d.literal {
		d.literal = false
		d.store(c)
		return
	}
	// The order of the tests is n_tty_receive_char_special's.
	if d.iflag(abi.IXON) {
		switch {
		case d.is(c, abi.VSTART):
			d.stopped = false
			return
		case d.is(c, abi.VSTOP):
			d.stopped = true
			return
		}
		if d.iflag(abi.IXANY) {
			d.stopped = false
		}
	}
	if d.lflag(abi.ISIG) && d.signal(c) {
		return
	}
	switch {
	case c == '\r' && d.iflag(abi.IGNCR):
		return
	case c == '\r' && d.iflag(abi.ICRNL):
		c = '\n'
	case c == '\n' && d.iflag(abi.INLCR):
		c = '\r'
	}
	if d.lflag(abi.ICANON) && d.edit(c) {
		return
	}
	d.store(c)
}

// signal handles the characters that send a signal.
func (d *discipline) signal(c byte) bool {
	var sig int
	switch {
	case d.is(c, abi.VINTR):
		sig = abi.SIGINT
	case d.is(c, abi.VQUIT):
		sig = abi.SIGQUIT
	case d.is(c, abi.VSUSP):
		sig = abi.SIGTSTP
	default:
		return false
	}
	if !d.lflag(abi.NOFLSH) {
		d.flushInput()
	}
	d.stopped = false
	if d.lflag(abi.ECHO) {
		d.echo(c)
	}
	d.emit(sig)
	return true
}

// edit handles the characters that work on the line being typed.
func (d *discipline) edit(c byte) bool {
	ext := d.lflag(abi.IEXTEN)
	switch {
	case d.is(c, abi.VERASE), d.is(c, abi.VKILL), ext && d.is(c, abi.VWERASE):
		d.erase(c)
	case ext && d.is(c, abi.VLNEXT):
		d.literal = true
		if d.lflag(abi.ECHO) && d.lflag(abi.ECHOCTL) {
			d.out.raw("^\b") // the character itself will replace the mark
		}
	case ext && d.lflag(abi.ECHO) && d.is(c, abi.VREPRINT):
		d.echo(c)
		d.out.process("\n")
		d.column = d.out.column
		for _, x := range d.line {
			d.echo(x)
		}
	case c == '\n':
		if d.lflag(abi.ECHO | abi.ECHONL) {
			d.out.process("\n")
		}
		d.finish(c, false)
	case d.is(c, abi.VEOF):
		d.finish(0, true)
	case d.is(c, abi.VEOL), ext && d.is(c, abi.VEOL2):
		if d.lflag(abi.ECHO) {
			d.echo(c)
		}
		d.finish(c, false)
	default:
		return false
	}
	return true
}

// finish closes the line, with its delimiter c, or with VEOF, which is not
// part of it.
func (d *discipline) finish(c byte, eof bool) {
	line := d.line
	if !eof {
		line = append(line, c)
	}
	d.done = append(d.done, chunk{line, eof})
	d.line = nil
}

// store takes an ordinary character.
func (d *discipline) store(c byte) {
	if len(d.line)+d.pending() >= lineMax {
		if d.iflag(abi.IMAXBEL) {
			d.out.raw(string(rune(bell)))
		}
		return
	}
	if d.lflag(abi.ECHO) {
		if len(d.line) == 0 {
			d.column = d.out.column
		}
		d.echo(c)
	}
	if d.lflag(abi.ICANON) {
		d.line = append(d.line, c)
		return
	}
	if len(d.done) == 0 {
		d.done = append(d.done, chunk{})
	}
	last := &d.done[len(d.done)-1]
	last.b = append(last.b, c)
}

// echo shows a character: control characters as ^X under ECHOCTL.
func (d *discipline) echo(c byte) {
	switch {
	case c == '\n' || c == '\t' || !isControl(c) || !d.lflag(abi.ECHOCTL):
		d.out.process(string([]byte{c}))
	default:
		d.out.process(string([]byte{'^', c ^ 0x40}))
	}
}

func isControl(c byte) bool { return c < ' ' || c == del }

// continuation reports a byte that is not the first of a UTF-8 character.
func continuation(c byte) bool { return c&0xc0 == 0x80 }

// erase performs VERASE, VWERASE and VKILL (n_tty.c, eraser).
func (d *discipline) erase(c byte) {
	if len(d.line) == 0 {
		return
	}
	kill := d.is(c, abi.VKILL)
	visible := d.lflag(abi.ECHO) && d.lflag(abi.ECHOE)
	if kill && !(visible && d.lflag(abi.ECHOK) && d.lflag(abi.ECHOKE)) {
		d.line = d.line[:0]
		if d.lflag(abi.ECHO) {
			d.echo(c)
			if d.lflag(abi.ECHOK) {
				d.out.process("\n")
			}
		}
		return
	}
	word := !kill && !d.is(c, abi.VERASE)
	inWord := false
	for len(d.line) > 0 {
		from := len(d.line) - 1
		if d.iflag(abi.IUTF8) {
			for from > 0 && continuation(d.line[from]) {
				from--
			}
		}
		last := d.line[from]
		if word {
			if isWord(last) {
				inWord = true
			} else if inWord {
				break
			}
		}
		before := d.line[:from]
		if d.lflag(abi.ECHO) {
			if visible {
				d.unecho(before, last)
			} else {
				d.echo(c)
			}
		}
		d.line = before
		if !kill && !word {
			break
		}
	}
}

func isWord(c byte) bool {
	return c == '_' || c >= '0' && c <= '9' || c|0x20 >= 'a' && c|0x20 <= 'z'
}

// unecho wipes the character c, which stood after the line before.
func (d *discipline) unecho(before []byte, c byte) {
	n := d.width(before, c)
	for range n {
		if c == '\t' {
			d.out.raw("\b") // only moves back: a tab left nothing to wipe
		} else {
			d.out.raw("\b \b")
		}
	}
}

// width is the number of columns that c takes after the text before.
func (d *discipline) width(before []byte, c byte) int {
	switch {
	case c == '\t':
		col := d.column
		for i, b := range before {
			col += d.width(before[:i], b)
		}
		return tabStop - col%tabStop
	case isControl(c):
		if d.lflag(abi.ECHOCTL) {
			return 2
		}
		return 0
	case d.iflag(abi.IUTF8) && continuation(c):
		return 0
	}
	return 1
}

// flushInput drops all input.
func (d *discipline) flushInput() {
	d.line, d.done, d.literal = nil, nil, false
}

// readable reports whether a read would return at once. timedOut says that
// VTIME has run out for what there is.
func (d *discipline) readable(timedOut bool) bool {
	if d.lflag(abi.ICANON) {
		return len(d.done) > 0
	}
	n := d.pending()
	return n > 0 && (timedOut || n >= int(d.tio.CC[abi.VMIN]))
}

// read moves input to p: a line at most in canonical mode.
func (d *discipline) read(p []byte) int {
	n := 0
	for n < len(p) && len(d.done) > 0 {
		k := &d.done[0]
		c := copy(p[n:], k.b)
		n += c
		k.b = k.b[c:]
		// A line cut by VEOF is over when its bytes are; asking again must not
		// find an end of file that nobody typed.
		if len(k.b) == 0 {
			d.done = d.done[1:]
		}
		if d.lflag(abi.ICANON) {
			break
		}
	}
	return n
}

// retune is called after a change of tio: input that was typed under the old
// mode is not lost under the new one.
func (d *discipline) retune(old abi.Termios) {
	if old.Lflag&abi.ICANON == d.tio.Lflag&abi.ICANON {
		return
	}
	var all []byte
	for _, k := range d.done {
		all = append(all, k.b...)
	}
	all = append(all, d.line...)
	d.line, d.done, d.literal = nil, nil, false
	if len(all) > 0 {
		d.done = []chunk{{b: all}}
	}
}
