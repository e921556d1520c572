package console

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"rv86/kernel/abi"
	"rv86/kernel/vfs"
	"rv86/kernel/wait"
)

// rig is a terminal on a wire that records, with a clock that the test moves.
type rig struct {
	*TTY
	wire   strings.Builder
	timers []*fakeTimer
	log    []string
	ignore map[int]bool
	orphan bool
}

type fakeTimer struct {
	d    time.Duration
	f    func()
	dead bool
}

func newRig() *rig {
	r := &rig{ignore: map[int]bool{}}
	r.TTY = New(func(p []byte) { r.wire.Write(p) }, func(d time.Duration, f func()) func() bool {
		t := &fakeTimer{d: d, f: f}
		r.timers = append(r.timers, t)
		return func() bool { t.dead = true; return true }
	})
	r.SetJobs(r)
	return r
}

// pass lets d go by.
func (r *rig) pass(d time.Duration) {
	for _, t := range r.timers {
		if t.d -= d; t.d <= 0 && !t.dead {
			t.dead = true
			t.f()
		}
	}
}

func (r *rig) SignalGroup(pgid, sig int) { r.log = append(r.log, fmt.Sprintf("%d:%d", pgid, sig)) }
func (r *rig) GroupSession(pgid int) int { return pgid / 100 * 100 } // groups 1xx are of session 100
func (r *rig) Orphaned(int) bool         { return r.orphan }
func (r *rig) Ignores(_ *vfs.Caller, sig int) bool {
	return r.ignore[sig]
}

func (r *rig) set(f func(t *abi.Termios)) {
	old := r.ld.tio
	f(&r.ld.tio)
	r.ld.retune(old)
}

// reads collects what successive reads give until one would wait: `"text"`
// each, `eof` for 0 bytes.
func (r *rig) reads() string {
	var out []string
	for len(out) < 10 {
		p := make([]byte, 64)
		n, e := r.read(p)
		if e != 0 {
			break
		}
		if n == 0 {
			out = append(out, "eof")
			if !r.ld.lflag(abi.ICANON) {
				break
			}
			continue
		}
		out = append(out, fmt.Sprintf("%q", p[:n]))
	}
	return strings.Join(out, " ")
}

func TestDiscipline(t *testing.T) {
	noEcho := func(t *abi.Termios) { t.Lflag &^= abi.ECHO }
	utf8 := func(t *abi.Termios) { t.Iflag |= abi.IUTF8 }
	rawMode := func(min, time uint8) func(*abi.Termios) {
		return func(t *abi.Termios) {
			t.Lflag &^= abi.ICANON | abi.ECHO | abi.ISIG | abi.IEXTEN
			t.Iflag &^= abi.ICRNL | abi.IXON
			t.CC[abi.VMIN], t.CC[abi.VTIME] = min, time
		}
	}
	const wipe = "\b \b"
	for _, c := range []struct {
		name  string
		mode  func(*abi.Termios)
		in    string
		reads string
		wire  string
	}{
		{"line", nil, "ab\r", `"ab\n"`, "ab\r\n"},
		{"no line yet", nil, "ab", ``, "ab"},
		{"two lines", nil, "a\rb\r", `"a\n" "b\n"`, "a\r\nb\r\n"},
		{"erase", nil, "abc\x7fd\r", `"abd\n"`, "abc" + wipe + "d\r\n"},
		{"erase nothing", nil, "\x7fa\r", `"a\n"`, "a\r\n"},
		{"erase control", nil, "\x01\x7fb\r", `"b\n"`, "^A" + wipe + wipe + "b\r\n"},
		{"erase tab", nil, "ab\t\x7fc\r", `"abc\n"`, "ab\t" + strings.Repeat("\b", 6) + "c\r\n"},
		{"erase UTF-8", utf8, "aé\x7f\r", `"a\n"`, "aé" + wipe + "\r\n"},
		{"erase byte", nil, "aé\x7f\r", "\"a\\xc3\\n\"", "aé" + wipe + "\r\n"},
		{"kill", nil, "abc\x15d\r", `"d\n"`, "abc" + wipe + wipe + wipe + "d\r\n"},
		{"kill without ECHOKE", func(t *abi.Termios) { t.Lflag &^= abi.ECHOKE }, "ab\x15d\r", `"d\n"`, "ab^U\r\nd\r\n"},
		{"word erase", nil, "foo bar_1, \x17x\r", `"foo x\n"`, "foo bar_1, " + strings.Repeat(wipe, 7) + "x\r\n"},
		{"literal", nil, "a\x16\x03b\r", `"a\x03b\n"`, "a^\b^Cb\r\n"},
		{"reprint", nil, "ab\x12c\r", `"abc\n"`, "ab^R\r\nabc\r\n"},
		{"eof after text", nil, "ab\x04", `"ab"`, "ab"},
		{"eof alone", nil, "\x04", `eof`, ""},
		{"eof between", nil, "a\r\x04b\r", `"a\n" eof "b\n"`, "a\r\nb\r\n"},
		{"no echo", noEcho, "ab\x7f\r", `"a\n"`, ""},
		{"echo newline only", func(t *abi.Termios) { noEcho(t); t.Lflag |= abi.ECHONL }, "pw\r", `"pw\n"`, "\r\n"},
		{"no ECHOE", func(t *abi.Termios) { t.Lflag &^= abi.ECHOE }, "ab\x7f\r", `"a\n"`, "ab^?\r\n"},
		{"no ECHOCTL", func(t *abi.Termios) { t.Lflag &^= abi.ECHOCTL }, "\x01\x7fb\r", `"b\n"`, "\x01b\r\n"},
		{"INLCR", func(t *abi.Termios) { t.Iflag = abi.INLCR }, "a\nb", ``, "a^Mb"},
		{"IGNCR", func(t *abi.Termios) { t.Iflag = abi.IGNCR }, "a\rb\n", `"ab\n"`, "ab\r\n"},
		{"ISTRIP", func(t *abi.Termios) { t.Iflag |= abi.ISTRIP }, "\xe1\r", `"a\n"`, "a\r\n"},
		{"VEOL", func(t *abi.Termios) { t.CC[abi.VEOL] = ';' }, "a;b\r", `"a;" "b\n"`, "a;b\r\n"},
		{"no ONLCR", func(t *abi.Termios) { t.Oflag &^= abi.ONLCR }, "a\r", `"a\n"`, "a\n"},
		{"disabled character", func(t *abi.Termios) { t.CC[abi.VERASE] = disabled }, "a\x00\r", `"a\x00\n"`, "a^@\r\n"},
		{"raw min 1", rawMode(1, 0), "a\r\x03\x04", `"a\r\x03\x04"`, ""},
		{"raw min 3 short", rawMode(3, 0), "ab", ``, ""},
		{"raw min 3", rawMode(3, 0), "abc", `"abc"`, ""},
		{"raw poll", rawMode(0, 0), "", `eof`, ""},
		{"raw poll data", rawMode(0, 0), "xy", `"xy" eof`, ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			r := newRig()
			if c.mode != nil {
				r.set(c.mode)
			}
			r.Input([]byte(c.in))
			if got := r.wire.String(); got != c.wire {
				t.Errorf("wire %q, want %q", got, c.wire)
			}
			if got := r.reads(); got != c.reads {
				t.Errorf("reads %s, want %s", got, c.reads)
			}
		})
	}
}

func TestSignals(t *testing.T) {
	for _, c := range []struct {
		name, in, log, wire, reads string
		mode                       func(*abi.Termios)
	}{
		{"interrupt drops the line", "ab\x03cd\r", "[101:2]", "ab^Ccd\r\n", `"cd\n"`, nil},
		{"quit", "\x1c", "[101:3]", `^\`, "", nil},
		{"suspend", "\x1a", "[101:20]", `^Z`, "", nil},
		{"NOFLSH keeps it", "ab\x03cd\r", "[101:2]", "ab^Ccd\r\n", `"abcd\n"`, func(t *abi.Termios) { t.Lflag |= abi.NOFLSH }},
		{"no ISIG", "\x03\r", "[]", "^C\r\n", `"\x03\n"`, func(t *abi.Termios) { t.Lflag &^= abi.ISIG }},
	} {
		t.Run(c.name, func(t *testing.T) {
			r := newRig()
			r.session, r.fg = 100, 101
			if c.mode != nil {
				r.set(c.mode)
			}
			r.Input([]byte(c.in))
			if got := fmt.Sprint(r.log); got != c.log {
				t.Errorf("signals %s, want %s", got, c.log)
			}
			if got := r.wire.String(); got != c.wire {
				t.Errorf("wire %q, want %q", got, c.wire)
			}
			if got := r.reads(); got != c.reads {
				t.Errorf("reads %s, want %s", got, c.reads)
			}
		})
	}
}

// VTIME in POSIX's cases A (with VMIN) and C (without).
func TestTimers(t *testing.T) {
	read := func(r *rig) string {
		p := make([]byte, 8)
		n, e := r.read(p)
		if e != 0 {
			return e.Error()
		}
		return string(p[:n])
	}
	raw := func(min, time uint8) *rig {
		r := newRig()
		r.set(func(t *abi.Termios) {
			t.Lflag &^= abi.ICANON | abi.ECHO
			t.CC[abi.VMIN], t.CC[abi.VTIME] = min, time
		})
		return r
	}
	again := abi.EAGAIN.Error()

	r := raw(0, 5)
	if got := read(r); got != again {
		t.Errorf("C at once: %q", got)
	}
	r.pass(400 * time.Millisecond)
	if got := read(r); got != again {
		t.Errorf("C early: %q", got)
	}
	r.pass(100 * time.Millisecond)
	if got := read(r); got != "" {
		t.Errorf("C in time: %q", got)
	}

	r = raw(3, 5)
	r.pass(time.Hour) // no byte, no clock
	r.Input([]byte("a"))
	r.pass(400 * time.Millisecond)
	r.Input([]byte("b")) // starts the clock anew
	r.pass(400 * time.Millisecond)
	if got := read(r); got != again {
		t.Errorf("A early: %q", got)
	}
	r.pass(100 * time.Millisecond)
	if got := read(r); got != "ab" {
		t.Errorf("A in time: %q", got)
	}
	r.Input([]byte("c"))
	r.pass(500 * time.Millisecond)
	r.Input([]byte("d")) // what has waited its time does not wait again
	if got := read(r); got != "cd" {
		t.Errorf("A, more after its time: %q", got)
	}
	r.Input([]byte("xyz"))
	if got := read(r); got != "xyz" {
		t.Errorf("A full: %q", got)
	}
}

// Input typed in one mode is there in the other.
func TestModeSwitchKeepsInput(t *testing.T) {
	r := newRig()
	r.Input([]byte("ab\rcd"))
	r.set(func(t *abi.Termios) { t.Lflag &^= abi.ICANON })
	if got := r.reads(); got != `"ab\ncd"` {
		t.Errorf("raw: %s", got)
	}
	r.Input([]byte("ef"))
	r.set(func(t *abi.Termios) { t.Lflag |= abi.ICANON })
	if got := r.reads(); got != `"ef"` {
		t.Errorf("canonical: %s", got)
	}
}

// The longest line fits with its newline; what is beyond it is dropped.
func TestLineLimit(t *testing.T) {
	r := newRig()
	r.Input([]byte(strings.Repeat("x", 5000) + "\r"))
	p := make([]byte, 8192)
	n, e := r.read(p)
	if e != 0 || n != lineMax+1 || p[n-1] != '\n' {
		t.Errorf("read %d, %v", n, e)
	}
	if strings.Contains(r.wire.String(), "\a") {
		t.Error("rang without IMAXBEL")
	}
	r.set(func(t *abi.Termios) { t.Iflag |= abi.IMAXBEL })
	r.Input([]byte(strings.Repeat("x", lineMax+2)))
	if n := strings.Count(r.wire.String(), "\a"); n != 2 {
		t.Errorf("rang %d times for 2 characters too many", n)
	}
}

func TestFlowControl(t *testing.T) {
	r := newRig()
	r.Input([]byte{ctrl('S')})
	if _, e := r.write([]byte("x")); e != abi.EAGAIN {
		t.Errorf("write while stopped: %v", e)
	}
	if r.poll()&wait.POLLOUT != 0 {
		t.Error("writable while stopped")
	}
	w := wait.NewWaiter()
	r.queue.Register(w, wait.POLLOUT)
	r.Input([]byte{ctrl('Q')})
	select {
	case <-w.C:
	default:
		t.Error("start woke nobody")
	}
	if n, e := r.write([]byte("x")); n != 1 || e != 0 || r.wire.String() != "x" {
		t.Errorf("write after start: %d %v %q", n, e, r.wire.String())
	}
}

func TestOutputModes(t *testing.T) {
	for _, c := range []struct {
		oflag    uint32
		in, want string
	}{
		{abi.OPOST | abi.ONLCR, "a\nb\r", "a\r\nb\r"},
		{0, "a\n\t", "a\n\t"},
		{abi.OPOST | abi.OCRNL, "a\r", "a\n"},
		{abi.OPOST | abi.ONOCR, "\ra\r", "a\r"},
		{abi.OPOST | abi.XTABS, "a\tb", "a       b"},
		{abi.OPOST | abi.XTABS, "ab\b\tc", "ab\b       c"},
		{abi.OPOST | abi.XTABS, "é\tb", "é       b"},
	} {
		r := newRig()
		r.ld.tio.Oflag = c.oflag
		r.Print(c.in)
		if got := r.wire.String(); got != c.want {
			t.Errorf("oflag %#x: %q -> %q, want %q", c.oflag, c.in, got, c.want)
		}
	}
}

// memory is a caller's, as bytes from address 0.
type memory []byte

func (m memory) CopyIn(va uintptr, b []byte) abi.Errno {
	if int(va)+len(b) > len(m) {
		return abi.EFAULT
	}
	copy(b, m[va:])
	return 0
}

func (m memory) CopyOut(va uintptr, b []byte) abi.Errno {
	if int(va)+len(b) > len(m) {
		return abi.EFAULT
	}
	copy(m[va:], b)
	return 0
}

func TestJobControl(t *testing.T) {
	r := newRig()
	f := &file{t: r.TTY}
	mem := make(memory, 64)
	leader := &vfs.Caller{PID: 100, PGID: 100, SID: 100, Mem: mem}
	fg := &vfs.Caller{PID: 110, PGID: 110, SID: 100, Mem: mem}
	bg := &vfs.Caller{PID: 120, PGID: 120, SID: 100, Mem: mem}
	other := &vfs.Caller{PID: 200, PGID: 200, SID: 200, Mem: mem}
	ioctl := func(c *vfs.Caller, cmd, arg uintptr) abi.Errno {
		_, e := f.Ioctl(c, cmd, arg)
		return e
	}
	spgrp := func(c *vfs.Caller, pgid byte) abi.Errno {
		copy(mem, []byte{pgid, 0, 0, 0})
		return ioctl(c, abi.TIOCSPGRP, 0)
	}
	check := func(what string, got, want abi.Errno, log string) {
		t.Helper()
		if got != want || fmt.Sprint(r.log) != log {
			t.Errorf("%s: %v, signals %v; want %v, %s", what, got, r.log, want, log)
		}
		r.log = nil
	}
	check("TIOCGPGRP without a terminal", ioctl(leader, abi.TIOCGPGRP, 0), abi.ENOTTY, "[]")
	check("TIOCSCTTY by a non-leader", ioctl(fg, abi.TIOCSCTTY, 0), abi.EPERM, "[]")
	check("TIOCSCTTY", ioctl(leader, abi.TIOCSCTTY, 0), 0, "[]")
	check("TIOCSCTTY again", ioctl(leader, abi.TIOCSCTTY, 0), 0, "[]")
	check("TIOCSCTTY by another session", ioctl(other, abi.TIOCSCTTY, 0), abi.EPERM, "[]")
	check("TIOCSPGRP", spgrp(leader, 110), 0, "[]")
	check("TIOCSPGRP, group of another session", spgrp(fg, 200), abi.EPERM, "[]")
	check("TIOCSPGRP from the background", spgrp(bg, 120), abi.ERESTARTSYS, "[120:22]")
	check("read in the foreground", f.BeforeIO(fg, false), 0, "[]")
	check("read in the background", f.BeforeIO(bg, false), abi.ERESTARTSYS, "[120:21]")
	check("read by another session", f.BeforeIO(other, false), 0, "[]")
	check("write in the background", f.BeforeIO(bg, true), 0, "[]")
	r.ld.tio.Lflag |= abi.TOSTOP
	check("write under TOSTOP", f.BeforeIO(bg, true), abi.ERESTARTSYS, "[120:22]")
	r.orphan = true
	check("read, orphaned", f.BeforeIO(bg, false), abi.EIO, "[]")
	check("write, orphaned", f.BeforeIO(bg, true), abi.EIO, "[]")
	r.ignore[abi.SIGTTOU], r.ignore[abi.SIGTTIN] = true, true
	check("write, ignoring", f.BeforeIO(bg, true), 0, "[]")
	check("read, ignoring", f.BeforeIO(bg, false), abi.EIO, "[]")
	check("TIOCSPGRP, ignoring", spgrp(bg, 120), 0, "[]")
	r.SessionExit(200)
	check("exit of another session", 0, 0, "[]")
	r.SessionExit(100)
	check("exit of the leader", 0, 0, "[120:1 120:18]")
	check("TIOCGPGRP afterwards", ioctl(leader, abi.TIOCGPGRP, 0), abi.ENOTTY, "[]")
	check("TIOCSCTTY by the next session", ioctl(other, abi.TIOCSCTTY, 0), 0, "[]")
}

func TestTermiosRoundTrip(t *testing.T) {
	r := newRig()
	f := &file{t: r.TTY}
	for _, c := range []struct {
		get, set uintptr
		size     int
	}{{abi.TCGETS, abi.TCSETS, abi.TermiosSize}, {abi.TCGETS2, abi.TCSETSW2, abi.Termios2Size}} {
		mem := make(memory, c.size) // one byte more would fault
		who := &vfs.Caller{Mem: mem}
		if _, e := f.Ioctl(who, c.get, 0); e != 0 {
			t.Fatal(e)
		}
		mem[12] ^= abi.ICANON
		mem[17+abi.VMIN] = 9
		if _, e := f.Ioctl(who, c.set, 0); e != 0 {
			t.Fatal(e)
		}
		want := append(memory(nil), mem...)
		clear(mem)
		f.Ioctl(who, c.get, 0)
		if string(mem) != string(want) {
			t.Errorf("%#x: got %x, want %x", c.get, mem, want)
		}
		if r.ld.tio.CC[abi.VMIN] != 9 {
			t.Error("VMIN not set")
		}
		if _, e := f.Ioctl(who, c.get, 1); e != abi.EFAULT {
			t.Errorf("beyond memory: %v", e)
		}
	}
}

// TCSETSF and TCFLSH drop what was typed; TCSETS keeps it.
func TestFlush(t *testing.T) {
	for _, k := range []struct {
		cmd, arg uintptr
		want     string
	}{
		{abi.TCSETS, 0, `"old\n"`},
		{abi.TCSETSF, 0, ""},
		{abi.TCFLSH, abi.TCIFLUSH, ""},
		{abi.TCFLSH, abi.TCOFLUSH, `"old\n"`},
		{abi.TCFLSH, abi.TCIOFLUSH, ""},
	} {
		r := newRig()
		b := r.ld.tio.Bytes()
		r.Input([]byte("old\r"))
		if _, e := (&file{t: r.TTY}).Ioctl(&vfs.Caller{Mem: memory(b[:])}, k.cmd, k.arg); e != 0 {
			t.Error(e)
		}
		if got := r.reads(); got != k.want {
			t.Errorf("request %#x %d: then reads %s, want %s", k.cmd, k.arg, got, k.want)
		}
	}
}

// loopUART is a UART whose transmit FIFO fills up.
type loopUART struct {
	sent  []byte
	fifo  int
	input []byte
	over  bool
	set   map[uintptr]uint8
}

func (u *loopUART) in(reg uintptr) uint8 {
	switch reg {
	case regLSR:
		var v uint8
		if len(u.input) > 0 {
			v |= lsrData
		}
		if u.fifo == 0 {
			v |= lsrTHRE
		}
		u.fifo = 0 // the next look finds it sent
		return v
	case regData:
		c := u.input[0]
		u.input = u.input[1:]
		return c
	}
	return 0
}

func (u *loopUART) out(reg uintptr, v uint8) {
	u.set[reg] = v
	if reg == regData {
		u.sent = append(u.sent, v)
		u.fifo++
		u.over = u.over || u.fifo > fifoSize
	}
}

func TestUART(t *testing.T) {
	text := strings.Repeat("0123456789", 5)
	l := &loopUART{input: []byte("in"), set: map[uintptr]uint8{}}
	u := uart{l}
	u.start()
	// Data sheet table II: word length, FIFO enable, received-data interrupt.
	if l.set[regLCR] != 0x03 || l.set[regFCR]&1 == 0 || l.set[regIER] != 0x01 {
		t.Errorf("set up as %x", l.set)
	}
	u.send([]byte(text))
	if string(l.sent) != text || l.over {
		t.Errorf("sent %q, overrun %v", l.sent, l.over)
	}
	if got := string(u.receive()); got != "in" {
		t.Errorf("received %q", got)
	}
}
