package klog

import (
	"strings"
	"testing"

	"rv86/kernel/abi"
)

func newLog(t *testing.T) (*Log, *strings.Builder) {
	t.Helper()
	l, out := &Log{}, &strings.Builder{}
	ns := int64(0)
	l.SetClock(func() int64 { ns += 1_000_500; return ns })
	l.SetSink(func(s string) { out.WriteString(s) })
	return l, out
}

func TestSplitLevel(t *testing.T) {
	for _, c := range []struct {
		in    string
		level Level
		text  string
	}{
		{"plain\n", Warning, "plain\n"},
		{"\x016info\n", Info, "info\n"},
		{"\x010", Emerg, ""},
		{"\x01cmore", Cont, "more"},
		{"\x01dx", Warning, "x"},
		{"\x014\x016x", Info, "x"},
		{"\x019x", Warning, "\x019x"},
		{"\x01", Warning, "\x01"},
		{"", Warning, ""},
	} {
		if l, s := SplitLevel(c.in); l != c.level || s != c.text {
			t.Errorf("SplitLevel(%q) = %d, %q; want %d, %q", c.in, l, s, c.level, c.text)
		}
	}
}

func TestConsoleShowsLevelsBelowItsOwn(t *testing.T) {
	l, out := newLog(t)
	l.Printk(Info, "info\n")
	l.Printk(Debug, "debug\n")
	l.Console(ActionConsoleOff, 0)
	l.Printk(Alert, "alert\n")
	l.Printk(Emerg, "emerg\n")
	l.Console(ActionConsoleOn, 0)
	l.Printk(Info, "again\n")
	l.Console(ActionConsoleLevel, 8)
	l.Printk(Debug, "shown\n")
	if got, want := out.String(), "info\nemerg\nagain\nshown\n"; got != want {
		t.Errorf("console got %q, want %q", got, want)
	}
	for _, bad := range []int{0, 9, -1} {
		if e := l.Console(ActionConsoleLevel, bad); e != abi.EINVAL {
			t.Errorf("console level %d: %v", bad, e)
		}
	}
}

func TestOpenMessages(t *testing.T) {
	l, out := newLog(t)
	l.Printk(Info, "one")
	l.Printk(Cont, " two")
	if out.Len() != 0 {
		t.Errorf("an open message was shown: %q", out.String())
	}
	l.Printk(Cont, " three\n")
	l.Printk(Info, "left open")
	l.Printk(Err, "closes it\n")
	l.Printk(Cont, "nothing to continue\n")
	l.Printk(Info, "flushed")
	l.Flush()
	l.Flush()
	want := "one two three\nleft open\ncloses it\nnothing to continue\nflushed\n"
	if out.String() != want {
		t.Errorf("console got %q, want %q", out.String(), want)
	}
}

func TestSinkGetsEarlierMessages(t *testing.T) {
	l := &Log{}
	l.Printk(Info, "early\n")
	var out strings.Builder
	l.SetSink(func(s string) { out.WriteString(s) })
	if out.String() != "early\n" {
		t.Errorf("sink got %q", out.String())
	}
}

func TestReadAllFormats(t *testing.T) {
	l, _ := newLog(t)
	l.Printk(Info, "first\nsecond line\n")
	l.Printk(Err, "bad\n")
	want := "<6>[    0.001000] first\n<6>[    0.001000] second line\n<3>[    0.002001] bad\n"
	if got := l.ReadAll(1000, false); got != want {
		t.Errorf("ReadAll = %q, want %q", got, want)
	}
	// Only the newest whole message fits.
	if got := l.ReadAll(40, true); got != "<3>[    0.002001] bad\n" {
		t.Errorf("ReadAll(40) = %q", got)
	}
	if got := l.ReadAll(1000, false); got != "" {
		t.Errorf("after READ_CLEAR: %q", got)
	}
	if got := l.Unread(); got != len(want) {
		t.Errorf("Unread = %d, want %d: clearing is no reading", got, len(want))
	}
}

func TestReadDeliversOnceAndInPieces(t *testing.T) {
	l, _ := newLog(t)
	l.Printk(Info, "abcdef\n")
	l.Printk(Info, "x\n")
	want := l.ReadAll(1000, false)
	var got string
	for _, max := range []int{5, 3, 1000, 1000} {
		got += l.Read(max)
	}
	if got != want {
		t.Errorf("pieces %q, want %q", got, want)
	}
	if l.Unread() != 0 || l.Read(10) != "" {
		t.Error("messages were delivered twice")
	}
}

func TestRingForgetsTheOldest(t *testing.T) {
	l, _ := newLog(t)
	l.Printk(Info, "the first\n")
	l.Read(3) // a place inside a record that will be lost
	for range 2 * RingSize / LineMax {
		l.Printk(Info, strings.Repeat("y", 3*LineMax)+"\n")
	}
	if l.bytes > RingSize {
		t.Errorf("ring holds %d bytes", l.bytes)
	}
	rs := l.from(0)
	if rs[0].Seq == 0 || len(rs[0].Text) != LineMax {
		t.Errorf("oldest record is %d with %d bytes", rs[0].Seq, len(rs[0].Text))
	}
	if got := l.Read(2000); !strings.HasPrefix(got, "<6>") {
		t.Errorf("Read resumes inside a lost record: %.20q", got)
	}
	if _, lost, ok := l.Next(0); !lost || !ok {
		t.Error("a /dev/kmsg reader is not told that it lost records")
	}
	if _, _, ok := l.Next(l.End()); ok {
		t.Error("Next past the end")
	}
}

func TestKmsg(t *testing.T) {
	r := Record{Seq: 7, Nanos: 5_000_999, Level: Err, Text: "a\tb\nc\\"}
	if got, want := r.Kmsg(), `3,7,5000,-;a\x09b\x0ac\x5c`+"\n"; got != want {
		t.Errorf("Kmsg = %q, want %q", got, want)
	}
}

func TestFormat(t *testing.T) {
	for _, c := range []struct {
		r    Record
		want string
	}{
		{Record{Level: Info, Text: "x"}, "<6>[    0.000000] x\n"},
		{Record{Level: Err, Nanos: 12345_678_901_000, Text: ""}, "<3>[12345.678901] \n"},
		{Record{Level: Emerg, Nanos: 1234567_000_001_000, Text: "a\n\nb"}, "<0>[1234567.000001] a\n<0>[1234567.000001] \n<0>[1234567.000001] b\n"},
		{Record{Level: Debug, Nanos: 99_999_999_000, Text: "y"}, "<7>[   99.999999] y\n"},
	} {
		if got := format(c.r); got != c.want || formattedSize(c.r) != len(c.want) {
			t.Errorf("%+v: %q (%d), want %q (%d)", c.r, got, formattedSize(c.r), c.want, len(c.want))
		}
	}
}
