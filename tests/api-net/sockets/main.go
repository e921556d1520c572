// Command sockets makes the socket calls of the guest as programs make them, and as
// they should not: with bad pointers, sizes, families and flags. It prints what is
// wrong, and "ok" at the end.
package main

import (
	"bytes"
	"fmt"
	"os"
	"time"

	"golang.org/x/sys/unix"
)

var failed bool

func want[T comparable](what string, got, want T) {
	if got != want {
		failed = true
		fmt.Printf("%s: %v, want %v\n", what, got, want)
	}
}

func must[T any](v T, err error) T {
	if err != nil {
		fmt.Println(err)
		os.Exit(1)
	}
	return v
}

func socket(family, typ, proto int) int { return must(unix.Socket(family, typ, proto)) }

// at is an address on this machine.
func at(port int) *unix.SockaddrInet4 {
	return &unix.SockaddrInet4{Port: port, Addr: [4]byte{127, 0, 0, 1}}
}

func main() {
	families()
	datagrams()
	messages()
	waits()
	options()
	packets()
	hostile()
	if failed {
		os.Exit(1)
	}
	fmt.Println("ok")
}

func families() {
	for _, c := range []struct {
		family, typ, proto int
		want               error
	}{
		{unix.AF_INET, unix.SOCK_STREAM, 0, unix.EPROTONOSUPPORT},
		{unix.AF_INET, unix.SOCK_DGRAM, unix.IPPROTO_TCP, unix.EPROTONOSUPPORT},
		{unix.AF_INET, unix.SOCK_SEQPACKET, 0, unix.ESOCKTNOSUPPORT},
		{unix.AF_INET, unix.SOCK_RAW, 0, unix.EPROTONOSUPPORT},
		{unix.AF_INET6, unix.SOCK_DGRAM, 0, unix.EAFNOSUPPORT},
		{-1, unix.SOCK_DGRAM, 0, unix.EAFNOSUPPORT},
		{unix.AF_INET, unix.SOCK_DGRAM | 1<<20, 0, unix.EINVAL},
	} {
		_, err := unix.Socket(c.family, c.typ, c.proto)
		want(fmt.Sprintf("socket(%d, %d, %d)", c.family, c.typ, c.proto), err, c.want)
	}
}

func datagrams() {
	a, b := socket(unix.AF_INET, unix.SOCK_DGRAM, 0), socket(unix.AF_INET, unix.SOCK_DGRAM|unix.SOCK_NONBLOCK, 0)
	defer unix.Close(a)
	defer unix.Close(b)
	want("bind", unix.Bind(a, at(4000)), nil)
	want("bind again", unix.Bind(b, at(4000)), error(unix.EADDRINUSE))
	want("listen", unix.Listen(a, 1), error(unix.EOPNOTSUPP))
	_, _, err := unix.Accept(a)
	want("accept", err, error(unix.EOPNOTSUPP))
	_, err = unix.Getpeername(a)
	want("no peer", err, error(unix.ENOTCONN))
	_, err = unix.Write(b, []byte("x"))
	want("write without peer", err, error(unix.EDESTADDRREQ))
	_, err = unix.Read(b, make([]byte, 1))
	want("read of nothing", err, error(unix.EAGAIN))
	want("connect", unix.Connect(b, at(4000)), nil)
	peer := must(unix.Getpeername(b))
	want("peer", peer.(*unix.SockaddrInet4).Port, 4000)
	want("write", must(unix.Write(b, []byte("hello"))), 5)
	buf := make([]byte, 100)
	n, from, err := unix.Recvfrom(a, buf, 0)
	want("recvfrom", string(buf[:n]), "hello")
	want("without error", err, nil)
	me, _ := unix.Getsockname(b)
	want("from", *from.(*unix.SockaddrInet4), *me.(*unix.SockaddrInet4))
	want("answer", unix.Sendto(a, []byte("yes"), 0, from), nil)
	want("read", string(buf[:must(unix.Read(b, buf))]), "yes")
	want("shutdown", unix.Shutdown(b, unix.SHUT_WR), nil)
	err = unix.Sendto(b, nil, unix.MSG_NOSIGNAL, nil)
	want("send after it", err, error(unix.EPIPE))
}

func messages() {
	a, b := socket(unix.AF_INET, unix.SOCK_DGRAM, 0), socket(unix.AF_INET, unix.SOCK_DGRAM, 0)
	defer unix.Close(a)
	defer unix.Close(b)
	want("bind", unix.Bind(a, at(4001)), nil)
	n, err := unix.SendmsgBuffers(b, [][]byte{[]byte("one "), nil, []byte("two")}, nil, at(4001), 0)
	want("sendmsg", n, 7)
	want("sendmsg", err, nil)
	x, y := make([]byte, 3), make([]byte, 2)
	n, _, flags, from, err := unix.RecvmsgBuffers(a, [][]byte{x, y}, nil, 0)
	want("recvmsg", n, 5)
	want("pieces", string(x)+"|"+string(y), "one| t")
	want("was cut", flags&unix.MSG_TRUNC, unix.MSG_TRUNC)
	want("from", from.(*unix.SockaddrInet4).Addr, [4]byte{127, 0, 0, 1})
	want("err", err, nil)
	big := make([]byte, 65507)
	want("the largest", unix.Sendto(b, big, 0, at(4001)), nil)
	n, _, err = unix.Recvfrom(a, make([]byte, 10), unix.MSG_TRUNC)
	want("MSG_TRUNC", n, len(big))
	want("without error", err, nil)
	want("too large", unix.Sendto(b, make([]byte, 65508), 0, at(4001)), error(unix.EMSGSIZE))
	want("far too large", unix.Sendto(b, make([]byte, 1<<20), 0, at(4001)), error(unix.EMSGSIZE))
}

func waits() {
	a, b := socket(unix.AF_INET, unix.SOCK_DGRAM, 0), socket(unix.AF_INET, unix.SOCK_DGRAM, 0)
	defer unix.Close(a)
	defer unix.Close(b)
	want("bind", unix.Bind(a, at(4002)), nil)
	ep := must(unix.EpollCreate1(0))
	defer unix.Close(ep)
	want("epoll_ctl", unix.EpollCtl(ep, unix.EPOLL_CTL_ADD, a, &unix.EpollEvent{Events: unix.EPOLLIN}), nil)
	events := make([]unix.EpollEvent, 1)
	want("epoll of nothing", must(unix.EpollWait(ep, events, 0)), 0)
	go func() {
		time.Sleep(20 * time.Millisecond)
		unix.Sendto(b, []byte("now"), 0, at(4002))
	}()
	for {
		n, err := unix.EpollWait(ep, events, 5000)
		if err != unix.EINTR {
			want("epoll", n, 1)
			break
		}
	}
	p := []unix.PollFd{{Fd: int32(a), Events: unix.POLLIN | unix.POLLOUT}}
	want("poll", must(unix.Poll(p, 1000)), 1)
	want("events", p[0].Revents, unix.POLLIN|unix.POLLOUT)
	want("FIONREAD", must(unix.IoctlGetInt(a, unix.TIOCINQ)), 3)
	unix.Read(a, make([]byte, 10))
	want("SO_RCVTIMEO", unix.SetsockoptTimeval(a, unix.SOL_SOCKET, unix.SO_RCVTIMEO, &unix.Timeval{Usec: 30000}), nil)
	start := time.Now()
	_, _, err := unix.Recvfrom(a, make([]byte, 10), 0)
	want("recv with a time limit", err, error(unix.EAGAIN))
	want("it waited", time.Since(start) >= 30*time.Millisecond, true)
	_, _, err = unix.Recvfrom(a, make([]byte, 10), unix.MSG_DONTWAIT)
	want("MSG_DONTWAIT", err, error(unix.EAGAIN))
}

func options() {
	a := socket(unix.AF_INET, unix.SOCK_DGRAM, 0)
	defer unix.Close(a)
	get := func(level, name int) int { return must(unix.GetsockoptInt(a, level, name)) }
	want("SO_TYPE", get(unix.SOL_SOCKET, unix.SO_TYPE), unix.SOCK_DGRAM)
	want("SO_DOMAIN", get(unix.SOL_SOCKET, unix.SO_DOMAIN), unix.AF_INET)
	want("SO_PROTOCOL", get(unix.SOL_SOCKET, unix.SO_PROTOCOL), unix.IPPROTO_UDP)
	want("SO_ERROR", get(unix.SOL_SOCKET, unix.SO_ERROR), 0)
	want("SO_RCVBUF", unix.SetsockoptInt(a, unix.SOL_SOCKET, unix.SO_RCVBUF, 5000), nil)
	want("is doubled", get(unix.SOL_SOCKET, unix.SO_RCVBUF), 10000)
	want("IP_TTL", get(unix.IPPROTO_IP, unix.IP_TTL), 64)
	want("IP_TTL 0", unix.SetsockoptInt(a, unix.IPPROTO_IP, unix.IP_TTL, 0), error(unix.EINVAL))
	want("an unknown option", unix.SetsockoptInt(a, unix.SOL_SOCKET, 999, 1), error(unix.ENOPROTOOPT))
	want("an unknown level", unix.SetsockoptInt(a, 77, 1, 1), error(unix.ENOPROTOOPT))
	want("SO_BINDTODEVICE", unix.SetsockoptString(a, unix.SOL_SOCKET, unix.SO_BINDTODEVICE, "eth7"), error(unix.ENODEV))
	_, err := unix.GetsockoptInt(0, unix.SOL_SOCKET, unix.SO_TYPE)
	want("no socket", err, error(unix.ENOTSOCK))
	pair := must(unix.Socketpair(unix.AF_UNIX, unix.SOCK_STREAM, 0))
	want("SO_TYPE of a pair", must(unix.GetsockoptInt(pair[0], unix.SOL_SOCKET, unix.SO_TYPE)), unix.SOCK_STREAM)
	n, err := unix.SendmsgBuffers(pair[0], [][]byte{[]byte("ab"), []byte("cd")}, nil, nil, 0)
	want("sendmsg on a pair", n, 4)
	want("sendmsg on a pair", err, nil)
	buf := make([]byte, 10)
	n, _, _, _, err = unix.Recvmsg(pair[1], buf, nil, 0)
	want("recvmsg on a pair", string(buf[:n]), "abcd")
	want("recvmsg on a pair", err, nil)
}

func packets() {
	const all = 0x0300 // ETH_P_ALL in the network's order
	tap := socket(unix.AF_PACKET, unix.SOCK_RAW, all)
	defer unix.Close(tap)
	want("bind to lo", unix.Bind(tap, &unix.SockaddrLinklayer{Protocol: all, Ifindex: 1}), nil)
	want("bind to nothing", unix.Bind(tap, &unix.SockaddrLinklayer{Ifindex: 99}), error(unix.ENODEV))
	b := socket(unix.AF_INET, unix.SOCK_DGRAM, 0)
	defer unix.Close(b)
	want("send", unix.Sendto(b, []byte("see me"), 0, at(4003)), nil)
	buf := make([]byte, 200)
	n, from, err := unix.Recvfrom(tap, buf, 0)
	want("recvfrom", err, nil)
	want("going out", from.(*unix.SockaddrLinklayer).Pkttype, unix.PACKET_OUTGOING)
	want("the frame", bytes.HasSuffix(buf[:n], []byte("see me")), true)
	frame := bytes.Clone(buf[:n])
	raw := socket(unix.AF_INET, unix.SOCK_RAW, unix.IPPROTO_UDP)
	defer unix.Close(raw)
	want("a frame of our own", unix.Sendto(tap, frame, 0, &unix.SockaddrLinklayer{Ifindex: 1}), nil)
	n, _, err = unix.Recvfrom(raw, buf, 0)
	want("comes in", bytes.HasSuffix(buf[:n], []byte("see me")), true)
	want("without error", err, nil)
	want("too short", unix.Sendto(tap, frame[:5], 0, &unix.SockaddrLinklayer{Ifindex: 1}), error(unix.EINVAL))
	want("too long", unix.Sendto(tap, make([]byte, 70000), 0, &unix.SockaddrLinklayer{Ifindex: 1}), error(unix.EMSGSIZE))
}
