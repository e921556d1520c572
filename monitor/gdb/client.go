package gdb

import (
	"bufio"
	"cmp"
	"context"
	"encoding/hex"
	"fmt"
	"net"
	"slices"
	"strconv"
	"strings"
	"sync"

	"rv86/machine/debug/point"
)

// client is one connection.
type client struct {
	*Server
	ctx     context.Context
	conn    net.Conn
	packets chan string
	desc    *description
	sw, hw  bool // the client understands swbreak and hwbreak
	last    point.Stop
	killed  bool
	files   openFiles

	mu          sync.Mutex // guards what the reader touches
	cancel      context.CancelFunc
	interrupted bool // Ctrl-C came and no run has seen it
	noAck       bool
}

// read hands packets over until the connection ends; Ctrl-C and its end stop a
// run in progress.
func (c *client) read(r *bufio.Reader) {
	defer close(c.packets)
	defer c.interrupt()
	for {
		p, interrupt, bad, err := readPacket(r)
		switch {
		case err != nil:
			return
		case interrupt:
			c.interrupt()
			continue
		case bad:
			c.write([]byte("-"))
			continue
		}
		c.mu.Lock()
		ack := !c.noAck
		if p == "QStartNoAckMode" {
			c.noAck = true
		}
		c.mu.Unlock()
		if ack {
			c.write([]byte("+"))
		}
		select {
		case c.packets <- p:
		default: // nobody who waits for answers sends so many
			return
		}
	}
}

// interrupt stops the run in progress, or the next one.
func (c *client) interrupt() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.interrupted = true
	if c.cancel != nil {
		c.cancel()
	}
}

// write sends bytes. A connection that is gone is found out by the reader.
func (c *client) write(b []byte) { _, _ = c.conn.Write(b) }

func (c *client) send(text string) { c.write(frame(text)) }

// serve answers packets until the client leaves; over says that the machine has
// ended or was killed.
func (c *client) serve() (over bool) {
	for p := range c.packets {
		reply, leave := c.answer(p)
		if !c.killed {
			c.send(reply)
		}
		if leave {
			return c.killed || c.last.Reason == point.Ended
		}
	}
	return c.last.Reason == point.Ended
}

// Replies.
const (
	replyOK    = "OK"
	replyError = "E01"
)

// answer does what a packet says. leave ends the session.
func (c *client) answer(p string) (reply string, leave bool) {
	if p == "" {
		return "", false
	}
	rest := p[1:]
	switch p[0] {
	case '?':
		return c.stopped(c.last), false
	case 'g':
		return c.readAll(), false
	case 'G':
		return c.writeAll(rest), false
	case 'p':
		return c.readOne(rest), false
	case 'P':
		return c.writeOne(rest), false
	case 'm':
		return c.readMemory(rest), false
	case 'M', 'X':
		return c.writeMemory(rest, p[0] == 'X'), false
	case 'Z', 'z':
		return c.setPoint(rest, p[0] == 'Z'), false
	case 'c', 'C':
		return c.forward(false), false
	case 's', 'S':
		return c.forward(true), false
	case 'b':
		return c.backward(rest), false
	case 'v':
		return c.verbose(rest)
	case 'q', 'Q':
		return c.query(p), false
	case 'H', 'T': // there is one thread
		return replyOK, false
	case 'D':
		return replyOK, true
	case 'k':
		c.killed = true
		return "", true
	}
	return "", false
}

func (c *client) verbose(p string) (reply string, leave bool) {
	switch {
	case p == "Cont?":
		return "vCont;c;C;s;S", false
	case strings.HasPrefix(p, "Cont;"):
		action := p[len("Cont;"):]
		return c.forward(action != "" && (action[0] == 's' || action[0] == 'S')), false
	case strings.HasPrefix(p, "File:"):
		return c.file(p[len("File:"):]), false
	case strings.HasPrefix(p, "Kill"):
		c.killed = true
		c.send(replyOK)
		return "", true
	}
	return "", false
}

// run moves the machine while the client can interrupt it.
func (c *client) run(f func(ctx context.Context) point.Stop) string {
	ctx, cancel := context.WithCancel(c.ctx)
	defer cancel()
	c.mu.Lock()
	c.cancel = cancel
	if c.interrupted {
		cancel()
	}
	c.interrupted = false
	c.mu.Unlock()
	for {
		c.last = f(ctx)
		if c.last.Reason != point.Hit || c.last.Point != notifyPoint || c.modulesChanged() {
			break
		}
	}
	c.mu.Lock()
	c.cancel = nil
	c.mu.Unlock()
	return c.stopped(c.last)
}

func (c *client) forward(step bool) string {
	limit := uint64(0)
	if step {
		limit = c.Target.Insn() + 1
	}
	return c.run(func(ctx context.Context) point.Stop { return c.Target.Run(ctx, limit) })
}

// backward is bs and bc ("Packets").
func (c *client) backward(p string) string {
	switch p {
	case "s":
		return c.run(func(context.Context) point.Stop { return c.Target.ReverseStep(1) })
	case "c":
		return c.run(c.Target.ReverseRun)
	}
	return ""
}

// Signals of stop replies, numbered as on Unix.
const (
	signalInt  = 2
	signalTrap = 5
)

// stopped makes the stop reply ("Stop Reply Packets").
func (c *client) stopped(s point.Stop) string {
	t := func(extra string) string { return fmt.Sprintf("T%02x%sthread:1;", signalTrap, extra) }
	switch s.Reason {
	case point.Ended:
		return fmt.Sprintf("W%02x", uint8(s.Status))
	case point.Interrupted:
		return fmt.Sprintf("T%02xthread:1;", signalInt)
	case point.HistoryStart:
		return t("replaylog:begin;")
	case point.Hit:
	default:
		return t("")
	}
	if s.Point == notifyPoint {
		return t("library:;")
	}
	switch kind := byte(s.Point); kind {
	case '0':
		if c.sw {
			return t("swbreak:;")
		}
	case '1':
		if c.hw {
			return t("hwbreak:;")
		}
	case '2', '3', '4':
		return t(fmt.Sprintf("%s:%x;", watchNames[kind-'2'], s.Addr))
	}
	return t("")
}

// watchNames are the stop reasons of Z2, Z3 and Z4.
var watchNames = [...]string{"watch", "rwatch", "awatch"}

// notifyPoint is the ID of the point at the kernel's announcement of modules;
// those of clients' points are their kinds.
const notifyPoint = -1

// pointKinds are the kinds of Z packets.
var pointKinds = map[byte]point.Kind{'0': point.Exec, '1': point.Exec, '2': point.Write, '3': point.Read, '4': point.Access}

func (c *client) setPoint(p string, on bool) string {
	f := strings.Split(strings.SplitN(p, ";", 2)[0], ",")
	if len(f) != 3 || len(f[0]) != 1 {
		return replyError
	}
	addr, err1 := strconv.ParseUint(f[1], 16, 64)
	n, err2 := strconv.ParseUint(f[2], 16, 64)
	w := watchpoint{f[0][0], addr, n}
	if _, ok := pointKinds[w.kind]; !ok {
		return ""
	}
	const most = 1 << 20
	if err1 != nil || err2 != nil || n > most || on && len(c.points) >= maxPoints {
		return replyError
	}
	if on {
		c.points[w] = true
	} else {
		delete(c.points, w)
	}
	c.install()
	return replyOK
}

// maxPoints bounds what a client can set.
const maxPoints = 1 << 10

// install gives the target the client's points, and one of ours.
func (c *client) install() {
	var ps []point.Point
	for w := range c.points {
		p := point.Point{ID: int(w.kind), Kind: pointKinds[w.kind], Addr: w.addr, Len: w.n}
		if p.Kind == point.Exec {
			p.Len = 1
		}
		ps = append(ps, p)
	}
	if at, ok := c.Guest.Notify(); ok {
		ps = append(ps, point.Point{ID: notifyPoint, Kind: point.Exec, Addr: at})
	}
	slices.SortFunc(ps, func(a, b point.Point) int {
		return cmp.Or(cmp.Compare(a.ID, b.ID), cmp.Compare(a.Addr, b.Addr), cmp.Compare(a.Len, b.Len))
	})
	c.Target.SetPoints(ps)
}

func (c *client) readAll() string {
	all := values(c.Target.Registers())
	var b strings.Builder
	for _, r := range c.desc.features[0].regs {
		b.WriteString(hex.EncodeToString(r.value(all)))
	}
	return b.String()
}

// writeAll sets the registers that differ: one by one, since one may change
// another.
func (c *client) writeAll(p string) string {
	b, err := hex.DecodeString(p)
	if err != nil {
		return replyError
	}
	for _, r := range c.desc.features[0].regs {
		if len(b) < r.size() {
			break
		}
		v := b[:r.size()]
		b = b[r.size():]
		if string(v) == string(r.value(values(c.Target.Registers()))) {
			continue
		}
		if err := c.Target.SetRegister(r.from, v); err != nil {
			return refusal(err)
		}
	}
	return replyOK
}

// refusal is an error reply with a text ("Standard Replies"), in which gdb knows
// no escapes.
func refusal(err error) string {
	plain := func(r rune) rune {
		switch r {
		case charStart, charEnd, charEscape, charRepeat:
			return -1
		}
		return r
	}
	return "E." + strings.Map(plain, err.Error())
}

func (c *client) number(p string) (*register, bool) {
	n, err := strconv.ParseUint(p, 16, 32)
	all := c.desc.all()
	if err != nil || n >= uint64(len(all)) {
		return nil, false
	}
	return &all[n], true
}

func (c *client) readOne(p string) string {
	r, ok := c.number(p)
	if !ok {
		return replyError
	}
	return hex.EncodeToString(r.value(values(c.Target.Registers())))
}

func (c *client) writeOne(p string) string {
	num, val, _ := strings.Cut(p, "=")
	r, ok := c.number(num)
	v, err := hex.DecodeString(val)
	if !ok || err != nil {
		return replyError
	}
	if err := c.Target.SetRegister(r.from, v); err != nil {
		return refusal(err)
	}
	return replyOK
}

// span reads "addr,length".
func span(p string) (addr, n uint64, ok bool) {
	a, l, _ := strings.Cut(p, ",")
	addr, err1 := strconv.ParseUint(a, 16, 64)
	n, err2 := strconv.ParseUint(l, 16, 64)
	return addr, n, err1 == nil && err2 == nil
}

// readMemory reads as much as there is.
func (c *client) readMemory(p string) string {
	addr, n, ok := span(p)
	if !ok {
		return replyError
	}
	b := make([]byte, min(n, maxPacket/2))
	if c.Target.ReadVirt(addr, b) == nil {
		return hex.EncodeToString(b)
	}
	got := 0
	for got < len(b) && c.Target.ReadVirt(addr+uint64(got), b[got:got+1]) == nil {
		got++
	}
	if got == 0 && n > 0 {
		return replyError
	}
	return hex.EncodeToString(b[:got])
}

func (c *client) writeMemory(p string, binary bool) string {
	where, data, _ := strings.Cut(p, ":")
	addr, n, ok := span(where)
	var b []byte
	var err error
	if binary {
		b = unescape(data)
	} else {
		b, err = hex.DecodeString(data)
	}
	if !ok || err != nil || uint64(len(b)) != n {
		return replyError
	}
	if n > 0 && c.Target.WriteVirt(addr, b) != nil { // gdb asks with 0 bytes whether X is known
		return replyError
	}
	return replyOK
}
