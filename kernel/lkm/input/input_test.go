package input

import (
	"encoding/binary"
	"fmt"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"rv86/kernel/abi"
	"rv86/kernel/lkm"
	"rv86/kernel/lkm/cfile"
	"rv86/kernel/lkm/lkmtest"
	"rv86/kernel/vfs"
)

// lab is a device that somebody reads, without /sys around it.
type lab struct {
	*Input
	core *lkmtest.Core
	d    *dev
	c    *client
}

func newLab(t *testing.T) *lab {
	core := lkmtest.New(t)
	files := cfile.New(cfile.Config{Core: core, Who: func(*vfs.Caller) *lkm.Caller { return &lkm.Caller{} }})
	in := &Input{core: core, files: files}
	d := &dev{addr: core.Alloc(Dev.Size(core))}
	c := &client{in: in, d: d, clock: 1}
	d.clients = []*client{c}
	in.devs = []*dev{d}
	for typ, code := range map[uint32]uint32{evKey: 30, evRel: 8, evLed: 1, evMsc: 4} {
		in.setBit(d.addr, "evbit", typ, true)
		in.setBit(d.addr, bitmaps[typ].name, code, true)
	}
	return &lab{in, core, d, c}
}

func (l *lab) event(typ, code uint32, value int32) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.report(l.d, typ, code, value)
}

// read gives what waits as "type.code=value".
func (l *lab) read(t *testing.T) string {
	t.Helper()
	var out []string
	p := make([]byte, 100*eventSize)
	n, e := l.c.Read(p, 0)
	if e != 0 && e != abi.EAGAIN {
		t.Fatal(e)
	}
	for p = p[:n]; len(p) > 0; p = p[eventSize:] {
		b := p[2*abi.WordSize:]
		le := binary.LittleEndian
		out = append(out, fmt.Sprintf("%d.%d=%d", le.Uint16(b), le.Uint16(b[2:]), int32(le.Uint32(b[4:]))))
	}
	return strings.Join(out, " ")
}

func TestWhatPasses(t *testing.T) {
	l := newLab(t)
	for _, c := range []struct {
		name   string
		events [][3]int32
		want   string
	}{
		{"a key", [][3]int32{{evKey, 30, 1}, {evSyn, 0, 0}}, "1.30=1 0.0=0"},
		{"down again", [][3]int32{{evKey, 30, 1}, {evSyn, 0, 0}}, ""},
		{"up", [][3]int32{{evKey, 30, 0}, {evSyn, 0, 0}}, "1.30=0 0.0=0"},
		{"no such key", [][3]int32{{evKey, 31, 1}, {evSyn, 0, 0}}, ""},
		{"no such type", [][3]int32{{evAbs, 0, 1}, {evSyn, 0, 0}}, ""},
		{"code out of range", [][3]int32{{evKey, 1 << 20, 1}, {99, 0, 1}, {evRep, 7, 1}, {evSyn, 0, 0}}, ""},
		{"no movement", [][3]int32{{evRel, 8, 0}, {evSyn, 0, 0}}, ""},
		{"a group", [][3]int32{{evRel, 8, -2}, {evMsc, 4, 9}, {evSyn, 0, 0}}, "2.8=-2 4.4=9 0.0=0"},
		{"not ended", [][3]int32{{evRel, 8, 1}}, ""},
		{"ended", [][3]int32{{evSyn, 0, 0}}, "2.8=1 0.0=0"},
		{"a light, twice", [][3]int32{{evLed, 1, 1}, {evLed, 1, 1}, {evSyn, 0, 0}}, "17.1=1 0.0=0"},
	} {
		for _, e := range c.events {
			l.event(uint32(e[0]), uint32(e[1]), e[2])
		}
		if got := l.read(t); got != c.want {
			t.Errorf("%s: got %q, want %q", c.name, got, c.want)
		}
	}
}

// TestRepetition holds a key down for a while.
func TestRepetition(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l := newLab(t)
		l.setBit(l.d.addr, "evbit", evRep, true)
		for i, ms := range []int32{defaultDelay, defaultPeriod} {
			l.event(evRep, uint32(i), ms)
		}
		l.event(evKey, 30, 1)
		l.event(evSyn, 0, 0)
		l.read(t)
		time.Sleep((defaultDelay + 2*defaultPeriod + 1) * time.Millisecond)
		if got, want := l.read(t), strings.TrimSpace(strings.Repeat("1.30=2 0.0=1 ", 3)); got != want {
			t.Errorf("got %q, want %q", got, want)
		}
		l.event(evKey, 30, 0)
		l.event(evSyn, 0, 0)
		l.read(t)
		time.Sleep(time.Second)
		if got := l.read(t); got != "" {
			t.Errorf("a key that is up repeats: %q", got)
		}
	})
}

// TestOverflow fills the buffer: its reader hears of it.
func TestOverflow(t *testing.T) {
	l := newLab(t)
	for i := range int32(bufferMax) {
		l.event(evRel, 8, i+1)
		l.event(evSyn, 0, 0)
	}
	if got := l.read(t); !strings.HasPrefix(got, "0.3=0 ") {
		t.Errorf("got %q", got)
	}
}

func TestShortRead(t *testing.T) {
	l := newLab(t)
	if _, e := l.c.Read(make([]byte, eventSize-1), 0); e != abi.EINVAL {
		t.Errorf("a short buffer: %v", e)
	}
	if _, e := l.c.Read(make([]byte, eventSize), 0); e != abi.EAGAIN {
		t.Errorf("nothing there: %v", e)
	}
	l.d.gone = true
	if _, e := l.c.Read(make([]byte, eventSize), 0); e != abi.ENODEV {
		t.Errorf("no device: %v", e)
	}
}
