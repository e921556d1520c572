package network

import (
	"errors"
	"fmt"
	"io"
	"strconv"
	"time"

	"golang.org/x/sys/unix"

	"rv86/userland/box"
)

var ncCommand = box.Command{
	Name: "nc", Usage: "[HOST] PORT", Help: "Copy the input to a port and what comes back to the output (UDP only).",
	Options: []box.Option{
		box.Flag('l', "", "wait for somebody's first packet instead, and talk to that one"),
		box.Param('p', "", "PORT", "the local port"),
		box.Flag('u', "", "use UDP, the only protocol there is here"),
		box.Param('w', "", "SECONDS", "end when nothing came for SECONDS"),
	},
	Run: nc,
}

func nc(c *box.Context) int {
	listen := c.Has('l')
	host, port := "0.0.0.0", ""
	switch {
	case listen && len(c.Args) == 0:
		port = c.Value('p', "")
	case listen && len(c.Args) == 1:
		port = c.Args[0]
	case len(c.Args) == 2:
		host, port = c.Args[0], c.Args[1]
	default:
		return c.MissingOperand()
	}
	number, err := strconv.ParseUint(port, 10, 16)
	if err != nil || number == 0 {
		return c.Misused("bad port '%s'", port)
	}
	seconds, err := strconv.ParseFloat(c.Value('w', "0"), 64)
	const longest = 1e6
	if err != nil || !(seconds >= 0 && seconds < longest) {
		return c.Misused("invalid number '%s'", c.Value('w', ""))
	}
	typ := unix.SOCK_STREAM
	if c.Has('u') {
		typ = unix.SOCK_DGRAM
	}
	fd, err := unix.Socket(unix.AF_INET, typ|unix.SOCK_CLOEXEC, 0)
	if err != nil {
		return c.Fail("socket: %s", box.Reason(err))
	}
	defer unix.Close(fd)
	n := &netcat{c: c, fd: fd, quiet: time.Duration(seconds * float64(time.Second))}
	local := uint16(0)
	if text := c.Value('p', ""); text != "" && !listen {
		v, err := strconv.ParseUint(text, 10, 16)
		if err != nil {
			return c.Misused("bad port '%s'", text)
		}
		local = uint16(v)
	}
	if err := n.meet(listen, host, uint16(number), local); err != nil {
		return c.Fail("%s", err)
	}
	return n.talk()
}

// netcat is a conversation.
type netcat struct {
	c     *box.Context
	fd    int
	quiet time.Duration // ends it; 0 is never
}

// packetMax is the most that a packet has.
const packetMax = 65536

// meet finds the other side: the one that was named, or the first that sends.
func (n *netcat) meet(listen bool, host string, port, local uint16) error {
	if !listen {
		addr, err := resolve(host)
		if err != nil {
			return err
		}
		if local != 0 {
			if err := unix.Bind(n.fd, &unix.SockaddrInet4{Port: int(local)}); err != nil {
				return fmt.Errorf("bind: %s", box.Reason(err))
			}
		}
		if err := unix.Connect(n.fd, &unix.SockaddrInet4{Port: int(port), Addr: addr.As4()}); err != nil {
			return fmt.Errorf("can't connect to remote host (%s): %s", addr, box.Reason(err))
		}
		return nil
	}
	if err := unix.Bind(n.fd, &unix.SockaddrInet4{Port: int(port)}); err != nil {
		return fmt.Errorf("bind: %s", box.Reason(err))
	}
	if !n.wait() {
		return errors.New("timed out")
	}
	b := make([]byte, packetMax)
	got, from, err := unix.Recvfrom(n.fd, b, 0)
	if err == nil {
		err = unix.Connect(n.fd, from)
	}
	if err != nil {
		return fmt.Errorf("connect: %s", box.Reason(err))
	}
	n.c.Out.Write(b[:got])
	n.c.Out.Flush()
	return nil
}

// wait waits until something came; false once it was quiet for too long.
func (n *netcat) wait() bool {
	until := time.Now().Add(n.quiet)
	for {
		ms := -1
		if n.quiet > 0 {
			left := time.Until(until)
			if left <= 0 {
				return false
			}
			ms = int((left + time.Millisecond - 1) / time.Millisecond)
		}
		ready, err := unix.Poll([]unix.PollFd{{Fd: int32(n.fd), Events: unix.POLLIN}}, ms)
		if err == nil && ready > 0 {
			return true
		}
	}
}

// talk copies both ways. The end of the input ends nothing: an answer may come.
func (n *netcat) talk() int {
	go func() {
		b := make([]byte, packetMax/8)
		for {
			got, err := n.c.In.Read(b)
			if got > 0 {
				unix.Write(n.fd, b[:got])
			}
			if err != nil {
				return
			}
		}
	}()
	b := make([]byte, packetMax)
	for n.wait() {
		got, err := unix.Read(n.fd, b)
		switch {
		case err == unix.EINTR:
			continue
		case err != nil:
			return n.c.Fail("read: %s", box.Reason(err))
		}
		if _, err := n.c.Out.Write(b[:got]); errors.Is(err, io.ErrClosedPipe) {
			break
		}
		n.c.Out.Flush()
	}
	return box.OK
}
