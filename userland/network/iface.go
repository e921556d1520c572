package network

import (
	"bufio"
	"encoding/binary"
	"errors"
	"fmt"
	"net/netip"
	"os"
	"runtime"
	"strconv"
	"strings"

	"golang.org/x/sys/unix"
)

// The structures of netdevice(7): a struct ifreq is a name and what the request is
// about, the largest of which is a struct ifmap.
const (
	nameSize  = unix.IFNAMSIZ
	ifmapSize = 2*wordSize + 8
	ifreqSize = nameSize + ifmapSize

	wordSize = 4 << (^uintptr(0) >> 63) // that of a pointer

	// Requests that package unix lacks on some machines have the same number on
	// all (include/uapi/linux/sockios.h).
	siocGIFTXQLEN = 0x8942
)

// control is a socket to ask the kernel by.
type control struct{ fd int }

func openControl() (*control, error) {
	fd, err := unix.Socket(unix.AF_INET, unix.SOCK_DGRAM|unix.SOCK_CLOEXEC, 0)
	if err != nil {
		return nil, fmt.Errorf("socket: %w", err)
	}
	return &control{fd}, nil
}

func (c *control) close() { unix.Close(c.fd) }

// request performs one about an interface; set fills the argument in, and what
// comes back is in the result.
func (c *control) request(number uintptr, name string, set func(arg []byte)) ([]byte, error) {
	r := make([]byte, ifreqSize)
	copy(r[:nameSize-1], name)
	if set != nil {
		set(r[nameSize:])
	}
	if err := ioctl(c.fd, number, r); err != nil {
		return nil, err
	}
	return r[nameSize:], nil
}

func (c *control) number(request uintptr, name string) int {
	b, err := c.request(request, name, nil)
	if err != nil {
		return 0
	}
	return int(int32(binary.LittleEndian.Uint32(b)))
}

func (c *control) setNumber(request uintptr, name string, n int) error {
	_, err := c.request(request, name, func(b []byte) { binary.LittleEndian.PutUint32(b, uint32(n)) })
	return err
}

func (c *control) flags(name string) (int, error) {
	b, err := c.request(unix.SIOCGIFFLAGS, name, nil)
	if err != nil {
		return 0, err
	}
	return int(binary.LittleEndian.Uint16(b)), nil
}

// setFlags sets and clears flags of an interface.
func (c *control) setFlags(name string, set, clear int) error {
	f, err := c.flags(name)
	if err != nil {
		return err
	}
	_, err = c.request(unix.SIOCSIFFLAGS, name, func(b []byte) {
		binary.LittleEndian.PutUint16(b, uint16(f&^clear|set))
	})
	return err
}

// sockaddr is a struct sockaddr_in.
func sockaddr(b []byte, a netip.Addr) {
	clear(b[:16])
	binary.LittleEndian.PutUint16(b, unix.AF_INET)
	v := a.As4()
	copy(b[4:], v[:])
}

// addr asks for one of an interface's addresses; the zero Addr if it has none.
func (c *control) addr(request uintptr, name string) netip.Addr {
	b, err := c.request(request, name, nil)
	if err != nil {
		return netip.Addr{}
	}
	return netip.AddrFrom4([4]byte(b[4:8]))
}

func (c *control) setAddr(request uintptr, name string, a netip.Addr) error {
	_, err := c.request(request, name, func(b []byte) { sockaddr(b, a) })
	return err
}

// hardware gives the kind of an interface (ARPHRD_*) and its hardware address.
func (c *control) hardware(name string) (kind uint16, mac []byte) {
	b, err := c.request(unix.SIOCGIFHWADDR, name, nil)
	if err != nil {
		return 0, nil
	}
	const size = 6
	return binary.LittleEndian.Uint16(b), b[2 : 2+size]
}

func macText(mac []byte, digits string) string {
	var parts []string
	for _, v := range mac {
		parts = append(parts, fmt.Sprintf(digits, v))
	}
	return strings.Join(parts, ":")
}

// setMAC reads and sets a hardware address.
func (c *control) setMAC(name, text string) error {
	parts := strings.Split(text, ":")
	const size = 6
	var mac [size]byte
	if len(parts) != size {
		return fmt.Errorf("invalid address '%s'", text)
	}
	for i, p := range parts {
		v, err := strconv.ParseUint(p, 16, 8)
		if err != nil {
			return fmt.Errorf("invalid address '%s'", text)
		}
		mac[i] = byte(v)
	}
	_, err := c.request(unix.SIOCSIFHWADDR, name, func(b []byte) {
		binary.LittleEndian.PutUint16(b, unix.ARPHRD_ETHER)
		copy(b[2:], mac[:])
	})
	return err
}

// counters are the columns of /proc/net/dev.
type counters struct {
	name   string
	rx, tx [8]uint64
}

// interfaces lists all, by index, with their counters.
func interfaces() ([]counters, error) {
	f, err := os.Open("/proc/net/dev")
	if err != nil {
		return nil, err
	}
	defer f.Close()
	var out []counters
	for in := bufio.NewScanner(f); in.Scan(); {
		name, rest, ok := strings.Cut(in.Text(), ":")
		if !ok {
			continue // one of the two lines of headings
		}
		c := counters{name: strings.TrimSpace(name)}
		for i, field := range strings.Fields(rest) {
			v, _ := strconv.ParseUint(field, 10, 64)
			if i < len(c.rx) {
				c.rx[i] = v
			} else if i -= len(c.rx); i < len(c.tx) {
				c.tx[i] = v
			}
		}
		out = append(out, c)
	}
	return out, nil
}

// errNoHost says that a name is unknown.
var errNoHost = errors.New("bad address")

// resolve finds the address of a host: as four numbers, or from /etc/hosts.
func resolve(host string) (netip.Addr, error) {
	if a, err := netip.ParseAddr(host); err == nil && a.Is4() {
		return a, nil
	}
	data, _ := os.ReadFile("/etc/hosts")
	for line := range strings.Lines(string(data)) {
		line, _, _ = strings.Cut(line, "#")
		f := strings.Fields(line)
		for i := 1; i < len(f); i++ {
			if a, err := netip.ParseAddr(f[0]); f[i] == host && err == nil && a.Is4() {
				return a, nil
			}
		}
	}
	return netip.Addr{}, fmt.Errorf("%w '%s'", errNoHost, host)
}

// rtentry performs SIOCADDRT or SIOCDELRT (include/uapi/linux/route.h): a word,
// three struct sockaddr, flags, metric and the interface's name.
func (c *control) rtentry(request uintptr, r route) error {
	const (
		sockaddrSize = 16
		dst          = wordSize
		gateway      = dst + sockaddrSize
		mask         = gateway + sockaddrSize
		flags        = mask + sockaddrSize
		metric       = flags + 3*wordSize
		dev          = metric + wordSize
		size         = dev + 4*wordSize
	)
	b := make([]byte, size)
	sockaddr(b[dst:], r.dst.Addr())
	sockaddr(b[mask:], maskOf(r.dst.Bits()))
	f := uint16(routeUp)
	if r.gateway.IsValid() {
		sockaddr(b[gateway:], r.gateway)
		f |= routeGateway
	}
	if r.dst.IsSingleIP() {
		f |= routeHost
	}
	binary.LittleEndian.PutUint16(b[flags:], f)
	if r.metric > 0 {
		binary.LittleEndian.PutUint16(b[metric:], uint16(r.metric+1))
	}
	name := append([]byte(r.dev), 0)
	if r.dev != "" {
		p := address(name)
		for i := range wordSize {
			b[dev+i] = byte(p >> (8 * i))
		}
	}
	err := ioctl(c.fd, request, b)
	runtime.KeepAlive(name)
	return err
}

// Flags of routes.
const (
	routeUp      = 1
	routeGateway = 2
	routeHost    = 4
)

// route is one of /proc/net/route.
type route struct {
	dev     string
	dst     netip.Prefix
	gateway netip.Addr // zero if there is none
	flags   int
	metric  int
}

// routes reads /proc/net/route.
func routes() ([]route, error) {
	data, err := os.ReadFile("/proc/net/route")
	if err != nil {
		return nil, err
	}
	hex := func(s string) netip.Addr {
		v, _ := strconv.ParseUint(s, 16, 32)
		var b [4]byte
		binary.LittleEndian.PutUint32(b[:], uint32(v))
		return netip.AddrFrom4(b)
	}
	var out []route
	for line := range strings.Lines(string(data)) {
		const columns = 8
		f := strings.Fields(line)
		if len(f) < columns || f[0] == "Iface" {
			continue
		}
		r := route{dev: f[0], dst: netip.PrefixFrom(hex(f[1]), bitsOf(hex(f[7])))}
		flags, _ := strconv.ParseUint(f[3], 16, 16)
		r.flags = int(flags)
		r.metric, _ = strconv.Atoi(f[6])
		if r.flags&routeGateway != 0 {
			r.gateway = hex(f[2])
		}
		out = append(out, r)
	}
	return out, nil
}

// maskOf and bitsOf turn a prefix's length into a mask and back.
func maskOf(bits int) netip.Addr {
	var b [4]byte
	const all, size = 0xffffffff, 32
	binary.BigEndian.PutUint32(b[:], uint32(uint64(all)<<(size-bits)))
	return netip.AddrFrom4(b)
}

func bitsOf(mask netip.Addr) int {
	n, b := 0, mask.As4()
	for v := binary.BigEndian.Uint32(b[:]); v != 0; v <<= 1 {
		n++
	}
	return n
}
