package net

import (
	"encoding/binary"
	"strings"

	"rv86/kernel/abi"
	"rv86/kernel/vfs"
)

// options are a socket's (socket(7), ip(7)). Guarded by the socket's mu.
type options struct {
	reuse, reusePort, broadcast bool
	header                      bool // IP_HDRINCL
	noFrag                      bool
	ttl, mcastTTL, tos          uint8
	rcvbuf, sndbuf              int
	filter                      uint32     // ICMP_FILTER
	timeout                     [2]int64   // ns, for reading and for writing; 0 is for ever
	kept                        []keptWord // options that are kept and change nothing
}

type keptWord struct{ level, name, value int }

// Sizes of buffers (net.core.rmem_default, rmem_max), and the least.
const (
	bufDefault = 212992
	bufMin     = 2304
)

func newOptions() options {
	return options{rcvbuf: bufDefault, sndbuf: bufDefault, mcastTTL: multicast1}
}

func (k *Socket) option() options {
	k.mu.Lock()
	defer k.mu.Unlock()
	return k.opts
}

// Timeout is how long a call may wait, in nanoseconds; 0 is for ever.
func (k *Socket) Timeout(write bool) int64 {
	o := k.option()
	if write {
		return o.timeout[vfs.ShutWrite]
	}
	return o.timeout[vfs.ShutRead]
}

// passive are options that can be set and asked for, and do nothing here.
var passive = map[[2]int]bool{
	{abi.SOL_SOCKET, abi.SO_DEBUG}: true, {abi.SOL_SOCKET, abi.SO_DONTROUTE}: true, {abi.SOL_SOCKET, abi.SO_KEEPALIVE}: true,
	{abi.SOL_SOCKET, abi.SO_OOBINLINE}: true, {abi.SOL_SOCKET, abi.SO_PRIORITY}: true, {abi.SOL_SOCKET, abi.SO_RCVLOWAT}: true,
	{abi.SOL_SOCKET, abi.SO_MARK}: true, {abi.SOL_IP, abi.IP_RECVERR}: true, {abi.SOL_IP, abi.IP_RECVTTL}: true,
	{abi.SOL_IP, abi.IP_PKTINFO}: true, {abi.SOL_IP, abi.IP_MULTICAST_LOOP}: true,
}

// SetOption performs setsockopt(2).
func (k *Socket) SetOption(c *vfs.Caller, level, name int, v []byte) abi.Errno {
	switch {
	case level == abi.SOL_SOCKET && (name == abi.SO_BINDTODEVICE || name == abi.SO_BINDTOIFINDEX):
		return k.bindTo(name, v)
	case level == abi.SOL_SOCKET && (name == abi.SO_RCVTIMEO_OLD || name == abi.SO_SNDTIMEO_OLD):
		return k.setTimeout(name == abi.SO_SNDTIMEO_OLD, v, abi.WordSize)
	case level == abi.SOL_SOCKET && (name == abi.SO_RCVTIMEO_NEW || name == abi.SO_SNDTIMEO_NEW):
		const wide = 8
		return k.setTimeout(name == abi.SO_SNDTIMEO_NEW, v, wide)
	case level == abi.SOL_SOCKET && name == abi.SO_LINGER:
		return 0
	case level == abi.SOL_IP && k.family == abi.AF_INET && len(v) > 0 && len(v) < 4:
		v = append([]byte{v[0]}, 0, 0, 0) // ip(7): a byte does for small ones
	case len(v) < 4:
		return abi.EINVAL
	}
	n := int(int32(binary.LittleEndian.Uint32(v)))
	k.mu.Lock()
	defer k.mu.Unlock()
	switch level {
	case abi.SOL_SOCKET:
		return k.setCommon(c, name, n)
	case abi.SOL_IP:
		if k.family == abi.AF_INET {
			return k.setIP(name, n)
		}
	case abi.SOL_RAW:
		if _, raw := k.proto.(rawProto); raw && name == abi.ICMP_FILTER && k.number == abi.IPPROTO_ICMP {
			k.opts.filter = uint32(n)
			return 0
		}
	}
	return abi.ENOPROTOOPT
}

func (k *Socket) setCommon(c *vfs.Caller, name, n int) abi.Errno {
	o := &k.opts
	switch name {
	case abi.SO_REUSEADDR:
		o.reuse = n != 0
	case abi.SO_REUSEPORT:
		o.reusePort = n != 0
	case abi.SO_BROADCAST:
		o.broadcast = n != 0
	case abi.SO_RCVBUFFORCE, abi.SO_SNDBUFFORCE:
		if c.Cred.UID != 0 {
			return abi.EPERM
		}
		fallthrough
	case abi.SO_RCVBUF, abi.SO_SNDBUF:
		// socket(7): the kernel doubles it.
		n = max(2*min(max(n, 0), bufDefault), bufMin)
		if name == abi.SO_RCVBUF || name == abi.SO_RCVBUFFORCE {
			o.rcvbuf = n
		} else {
			o.sndbuf = n
		}
	default:
		return k.keep(abi.SOL_SOCKET, name, n)
	}
	return 0
}

func (k *Socket) setIP(name, n int) abi.Errno {
	o := &k.opts
	const byteMax = 255
	switch name {
	case abi.IP_TTL:
		if n != -1 && (n < 1 || n > byteMax) {
			return abi.EINVAL
		}
		o.ttl = uint8(max(n, 0))
	case abi.IP_MULTICAST_TTL:
		if n < -1 || n > byteMax {
			return abi.EINVAL
		}
		o.mcastTTL = multicast1
		if n >= 0 {
			o.mcastTTL = uint8(n)
		}
	case abi.IP_TOS:
		o.tos = uint8(n)
	case abi.IP_HDRINCL:
		if _, raw := k.proto.(rawProto); !raw {
			return abi.ENOPROTOOPT
		}
		o.header = n != 0
	case abi.IP_MTU_DISCOVER:
		const dont, do, probe = 0, 2, 3 // IP_PMTUDISC_*
		if n < dont || n > probe+2 {
			return abi.EINVAL
		}
		o.noFrag = n == do || n == probe
	default:
		return k.keep(abi.SOL_IP, name, n)
	}
	return 0
}

// keep notes an option that does nothing.
func (k *Socket) keep(level, name, n int) abi.Errno {
	if !passive[[2]int{level, name}] {
		return abi.ENOPROTOOPT
	}
	for i := range k.opts.kept {
		if w := &k.opts.kept[i]; w.level == level && w.name == name {
			w.value = n
			return 0
		}
	}
	k.opts.kept = append(k.opts.kept, keptWord{level, name, n})
	return 0
}

// setTimeout reads a struct timeval of two words.
func (k *Socket) setTimeout(write bool, v []byte, word int) abi.Errno {
	if len(v) < 2*word {
		return abi.EINVAL
	}
	read := func(b []byte) int64 {
		if word == 4 {
			return int64(int32(binary.LittleEndian.Uint32(b)))
		}
		return int64(binary.LittleEndian.Uint64(b))
	}
	const usPerSec, nsPerUs, longest = 1_000_000, 1000, 1 << 32
	sec, us := read(v), read(v[word:])
	if us < 0 || us >= usPerSec {
		return abi.EDOM
	}
	k.mu.Lock()
	defer k.mu.Unlock()
	t := &k.opts.timeout[vfs.ShutRead]
	if write {
		t = &k.opts.timeout[vfs.ShutWrite]
	}
	switch *t = 0; {
	case sec < 0:
		*t = 1 // as good as at once
	case sec < longest:
		*t = (sec*usPerSec + us) * nsPerUs
	}
	return 0
}

// bindTo performs SO_BINDTODEVICE and SO_BINDTOIFINDEX.
func (k *Socket) bindTo(name int, v []byte) abi.Errno {
	k.s.mu.Lock()
	defer k.s.mu.Unlock()
	if name == abi.SO_BINDTOIFINDEX {
		if len(v) < 4 {
			return abi.EINVAL
		}
		n := int(int32(binary.LittleEndian.Uint32(v)))
		if n != 0 && k.s.at(n) == nil {
			return abi.ENODEV
		}
		k.index = n
		return 0
	}
	dev, _, _ := strings.Cut(string(v[:min(len(v), abi.IFNAMSIZ)]), "\x00")
	if dev == "" {
		k.index = 0
		return 0
	}
	i := k.s.named(dev)
	if i == nil {
		return abi.ENODEV
	}
	k.index = i.index
	return 0
}

// Option performs getsockopt(2).
func (k *Socket) Option(level, name int) ([]byte, abi.Errno) {
	l := abi.Layout{}
	if level == abi.SOL_SOCKET && name == abi.SO_BINDTODEVICE {
		k.s.mu.Lock()
		defer k.s.mu.Unlock()
		if i := k.s.at(k.index); i != nil {
			return append([]byte(i.name), 0), 0
		}
		return nil, 0
	}
	if level == abi.SOL_SOCKET && (name == abi.SO_RCVTIMEO_OLD || name == abi.SO_SNDTIMEO_OLD) {
		const nsPerSec, nsPerUs = 1_000_000_000, 1000
		t := k.Timeout(name == abi.SO_SNDTIMEO_OLD)
		if abi.WordSize == 4 {
			l.U32(uint32(t/nsPerSec), uint32(t%nsPerSec/nsPerUs))
		} else {
			l.U64(uint64(t/nsPerSec), uint64(t%nsPerSec/nsPerUs))
		}
		return l.B, 0
	}
	n, e := k.optionWord(level, name)
	if e != 0 {
		return nil, e
	}
	l.U32(uint32(n))
	return l.B, 0
}

func (k *Socket) optionWord(level, name int) (int, abi.Errno) {
	if level == abi.SOL_SOCKET && name == abi.SO_BINDTOIFINDEX {
		k.s.mu.Lock()
		defer k.s.mu.Unlock()
		return k.index, 0
	}
	truth := func(b bool) int {
		if b {
			return 1
		}
		return 0
	}
	if level == abi.SOL_SOCKET && name == abi.SO_ERROR {
		return int(k.takeErr()), 0
	}
	o := k.option()
	switch [2]int{level, name} {
	case [2]int{abi.SOL_SOCKET, abi.SO_TYPE}:
		return k.typ, 0
	case [2]int{abi.SOL_SOCKET, abi.SO_DOMAIN}:
		return k.family, 0
	case [2]int{abi.SOL_SOCKET, abi.SO_PROTOCOL}:
		return k.number, 0
	case [2]int{abi.SOL_SOCKET, abi.SO_ACCEPTCONN}:
		return 0, 0
	case [2]int{abi.SOL_SOCKET, abi.SO_REUSEADDR}:
		return truth(o.reuse), 0
	case [2]int{abi.SOL_SOCKET, abi.SO_REUSEPORT}:
		return truth(o.reusePort), 0
	case [2]int{abi.SOL_SOCKET, abi.SO_BROADCAST}:
		return truth(o.broadcast), 0
	case [2]int{abi.SOL_SOCKET, abi.SO_RCVBUF}:
		return o.rcvbuf, 0
	case [2]int{abi.SOL_SOCKET, abi.SO_SNDBUF}:
		return o.sndbuf, 0
	}
	if k.family == abi.AF_INET && level == abi.SOL_IP {
		switch name {
		case abi.IP_TTL:
			if o.ttl == 0 {
				return defaultTTL, 0
			}
			return int(o.ttl), 0
		case abi.IP_MULTICAST_TTL:
			return int(o.mcastTTL), 0
		case abi.IP_TOS:
			return int(o.tos), 0
		case abi.IP_HDRINCL:
			return truth(o.header), 0
		}
	}
	for _, w := range o.kept {
		if w.level == level && w.name == name {
			return w.value, 0
		}
	}
	if passive[[2]int{level, name}] {
		return 0, 0
	}
	return 0, abi.ENOPROTOOPT
}
