package network

import (
	"encoding/binary"
	"errors"
	"fmt"
	"net/netip"
	"os"
	"os/signal"
	"strconv"
	"sync/atomic"
	"time"

	"golang.org/x/sys/unix"

	"rv86/userland/box"
)

var pingCommand = box.Command{
	Name: "ping", Usage: "HOST", Help: "Send ICMP echo requests and wait for the answers.",
	Options: []box.Option{
		box.Param('c', "", "COUNT", "send only COUNT requests"),
		box.Param('i', "", "SECONDS", "the time between two requests (1)"),
		box.Param('I', "", "INTERFACE", "send by INTERFACE"),
		box.Flag('q', "", "print only the summary"),
		box.Param('s', "", "SIZE", "send SIZE bytes (56)"),
		box.Param('t', "", "TTL", "the time to live of requests"),
		box.Param('w', "", "SECONDS", "end after SECONDS"),
		box.Param('W', "", "SECONDS", "wait SECONDS for the last answer (10)"),
	},
	Run: ping,
}

// ICMP (RFC 792).
const (
	icmpHeader   = 8
	echoRequest  = 8
	echoReply    = 0
	ipHeaderUnit = 4
	ipTTL        = 8
	pingSize     = 56
	stampSize    = 8
	sizeMax      = 65535 - 20 - icmpHeader
)

// pinger is one run of ping.
type pinger struct {
	c         *box.Context
	host      string
	to        unix.SockaddrInet4
	fd        int
	raw       bool // answers come with their IP header
	ident     uint16
	size      int
	count     int           // 0 is for ever
	interval  time.Duration // between requests
	linger    time.Duration // for the last answer
	limit     time.Time     // zero is never
	sent      int
	received  int
	duplicate int
	seen      map[uint16]bool
	least     time.Duration
	most      time.Duration
	sum       time.Duration
	stop      atomic.Bool
}

func ping(c *box.Context) int {
	if len(c.Args) != 1 {
		return c.MissingOperand()
	}
	p := &pinger{c: c, host: c.Args[0], size: pingSize, interval: time.Second, seen: map[uint16]bool{}}
	const defaultLinger = 10 * time.Second
	p.linger = defaultLinger
	if err := p.options(); err != nil {
		return c.Misused("%s", err)
	}
	addr, err := resolve(p.host)
	if err != nil {
		return c.Fail("%s", err)
	}
	p.to.Addr = addr.As4()
	if err := p.open(); err != nil {
		return c.Fail("%s", err)
	}
	defer unix.Close(p.fd)
	return p.run()
}

func (p *pinger) options() error {
	c := p.c
	number := func(letter byte, n *int, low, high int) error {
		text := c.Value(letter, "")
		if text == "" {
			return nil
		}
		v, err := strconv.Atoi(text)
		if err != nil || v < low || v > high {
			return fmt.Errorf("invalid number '%s'", text)
		}
		*n = v
		return nil
	}
	seconds := func(letter byte, d *time.Duration) error {
		text := c.Value(letter, "")
		if text == "" {
			return nil
		}
		v, err := strconv.ParseFloat(text, 64)
		const longest = 1e6
		if err != nil || !(v >= 0 && v < longest) {
			return fmt.Errorf("invalid number '%s'", text)
		}
		*d = time.Duration(v * float64(time.Second))
		return nil
	}
	const countMax = 1 << 30
	var total time.Duration
	err := errors.Join(number('c', &p.count, 0, countMax), number('s', &p.size, 0, sizeMax),
		seconds('i', &p.interval), seconds('W', &p.linger), seconds('w', &total))
	if total > 0 {
		p.limit = time.Now().Add(total)
	}
	return err
}

// open makes a raw socket, or one for echoes only where that is not allowed.
func (p *pinger) open() (err error) {
	p.raw = true
	p.fd, err = unix.Socket(unix.AF_INET, unix.SOCK_RAW|unix.SOCK_CLOEXEC, unix.IPPROTO_ICMP)
	if err == unix.EPERM {
		p.raw = false
		p.fd, err = unix.Socket(unix.AF_INET, unix.SOCK_DGRAM|unix.SOCK_CLOEXEC, unix.IPPROTO_ICMP)
	}
	if err != nil {
		return fmt.Errorf("socket: %s", box.Reason(err))
	}
	if err := unix.SetsockoptInt(p.fd, unix.SOL_SOCKET, unix.SO_BROADCAST, 1); err != nil {
		return fmt.Errorf("setsockopt: %s", box.Reason(err))
	}
	p.ident = uint16(os.Getpid())
	if dev := p.c.Value('I', ""); dev != "" {
		if err := unix.SetsockoptString(p.fd, unix.SOL_SOCKET, unix.SO_BINDTODEVICE, dev); err != nil {
			return fmt.Errorf("can't bind to interface %s: %s", dev, box.Reason(err))
		}
	}
	if text := p.c.Value('t', ""); text != "" {
		ttl, err := strconv.Atoi(text)
		if err == nil {
			err = unix.SetsockoptInt(p.fd, unix.IPPROTO_IP, unix.IP_TTL, ttl)
		}
		if err != nil {
			return fmt.Errorf("invalid number '%s'", text)
		}
	}
	return nil
}

func (p *pinger) run() int {
	interrupt := make(chan os.Signal, 1)
	signal.Notify(interrupt, unix.SIGINT)
	defer signal.Stop(interrupt)
	go func() {
		if _, ok := <-interrupt; ok {
			p.stop.Store(true)
		}
	}()
	fmt.Fprintf(p.c.Out, "PING %s (%s): %d data bytes\n", p.host, netip.AddrFrom4(p.to.Addr), p.size)
	p.c.Out.Flush()
	for !p.over() {
		if err := p.send(); err != nil {
			return p.c.Fail("sendto: %s", box.Reason(err))
		}
		wait := p.interval
		last := p.count > 0 && p.sent == p.count
		if last {
			wait = p.linger
		}
		p.listen(time.Now().Add(wait), last)
		if last {
			break
		}
	}
	p.summary()
	if p.received == 0 {
		return box.Failure
	}
	return box.OK
}

func (p *pinger) over() bool {
	return p.stop.Load() || !p.limit.IsZero() && !time.Now().Before(p.limit)
}

// start is what the times in requests count from.
var start = time.Now()

func (p *pinger) send() error {
	b := make([]byte, icmpHeader+p.size)
	const ident, seq, check = 4, 6, 2
	b[0] = echoRequest
	binary.BigEndian.PutUint16(b[ident:], p.ident)
	binary.BigEndian.PutUint16(b[seq:], uint16(p.sent))
	if p.size >= stampSize {
		binary.LittleEndian.PutUint64(b[icmpHeader:], uint64(time.Since(start)))
	}
	binary.BigEndian.PutUint16(b[check:], checksum(b))
	p.sent++
	return unix.Sendto(p.fd, b, 0, &p.to)
}

// checksum is that of RFC 1071.
func checksum(b []byte) uint16 {
	acc := uint32(0)
	for i := 0; i+1 < len(b); i += 2 {
		acc += uint32(binary.BigEndian.Uint16(b[i:]))
	}
	if len(b)%2 == 1 {
		acc += uint32(b[len(b)-1]) << 8
	}
	for acc > 0xffff {
		acc = acc&0xffff + acc>>16
	}
	return ^uint16(acc)
}

// listen takes answers until a time comes, or with last until all have come.
func (p *pinger) listen(until time.Time, last bool) {
	if !p.limit.IsZero() && p.limit.Before(until) {
		until = p.limit
	}
	b := make([]byte, sizeMax+icmpHeader+60)
	for !p.stop.Load() && !(last && p.received >= p.count) {
		left := time.Until(until)
		if left <= 0 {
			return
		}
		ready, err := unix.Poll([]unix.PollFd{{Fd: int32(p.fd), Events: unix.POLLIN}}, int((left+time.Millisecond-1)/time.Millisecond))
		if err != nil || ready == 0 {
			continue // EINTR, or the time has come
		}
		n, from, err := unix.Recvfrom(p.fd, b, unix.MSG_DONTWAIT)
		if err != nil {
			continue
		}
		if sa, ok := from.(*unix.SockaddrInet4); ok {
			p.answer(b[:n], netip.AddrFrom4(sa.Addr))
		}
	}
}

// answer prints an answer to one of our requests.
func (p *pinger) answer(b []byte, from netip.Addr) {
	ttl := ""
	if p.raw {
		const lengthMask, least = 0xf, 20
		if len(b) < least {
			return
		}
		ttl = fmt.Sprintf(" ttl=%d", b[ipTTL])
		size := int(b[0]&lengthMask) * ipHeaderUnit
		if len(b) < size {
			return
		}
		b = b[size:]
	}
	const ident, at = 4, 6
	if len(b) < icmpHeader || b[0] != echoReply || p.raw && binary.BigEndian.Uint16(b[ident:]) != p.ident {
		return
	}
	seq := binary.BigEndian.Uint16(b[at:])
	took := ""
	if len(b) >= icmpHeader+stampSize {
		d := time.Since(start) - time.Duration(binary.LittleEndian.Uint64(b[icmpHeader:]))
		if p.received == 0 || d < p.least {
			p.least = d
		}
		p.most = max(p.most, d)
		p.sum += d
		took = " time=" + msText(d) + " ms"
	}
	dup := ""
	if p.seen[seq] {
		p.duplicate++
		dup = " (DUP!)"
	} else {
		p.received++
		p.seen[seq] = true
	}
	if !p.c.Has('q') {
		fmt.Fprintf(p.c.Out, "%d bytes from %s: seq=%d%s%s%s\n", len(b), from, seq, ttl, took, dup)
		p.c.Out.Flush()
	}
}

// msText is a time in milliseconds.
func msText(d time.Duration) string {
	const usPerMs = 1000
	us := d.Microseconds()
	return fmt.Sprintf("%d.%03d", us/usPerMs, us%usPerMs)
}

func (p *pinger) summary() {
	w := p.c.Out
	fmt.Fprintf(w, "\n--- %s ping statistics ---\n%d packets transmitted, %d packets received, ", p.host, p.sent, p.received)
	if p.duplicate > 0 {
		fmt.Fprintf(w, "%d duplicates, ", p.duplicate)
	}
	const percent = 100
	if p.sent > 0 {
		fmt.Fprintf(w, "%d%% packet loss", (p.sent-p.received)*percent/p.sent)
	}
	w.WriteString("\n")
	if n := p.received + p.duplicate; n > 0 && p.size >= stampSize {
		fmt.Fprintf(w, "round-trip min/avg/max = %s/%s/%s ms\n", msText(p.least), msText(p.sum/time.Duration(n)), msText(p.most))
	}
}
