package gdb

import (
	"bufio"
	"fmt"
	"io"
	"strings"
)

// maxPacket bounds a packet, in both directions.
const maxPacket = 1 << 14

// Characters of the protocol ("Overview", "Interrupts").
const (
	charStart     = '$'
	charEnd       = '#'
	charEscape    = '}'
	charRepeat    = '*'
	escapeXor     = 0x20
	charInterrupt = 0x03
)

// readPacket returns the next packet, or interrupt. A packet with a wrong
// checksum is bad.
func readPacket(r *bufio.Reader) (packet string, interrupt, bad bool, err error) {
	for {
		c, err := r.ReadByte()
		switch {
		case err != nil:
			return "", false, false, err
		case c == charInterrupt:
			return "", true, false, nil
		case c != charStart: // acknowledgements and noise
			continue
		}
		var b strings.Builder
		var sum byte
		for {
			if c, err = r.ReadByte(); err != nil {
				return "", false, false, err
			}
			if c == charEnd {
				break
			}
			if c == charStart { // the packet before was cut short
				b.Reset()
				sum = 0
				continue
			}
			if b.Len() == maxPacket {
				return "", false, false, fmt.Errorf("a packet is longer than %d bytes", maxPacket)
			}
			sum += c
			b.WriteByte(c)
		}
		var hex [2]byte
		if _, err := io.ReadFull(r, hex[:]); err != nil {
			return "", false, false, err
		}
		return b.String(), false, string(hex[:]) != fmt.Sprintf("%02x", sum), nil
	}
}

// frame makes a packet of text that is escaped already.
func frame(text string) []byte {
	var sum byte
	for i := range len(text) {
		sum += text[i]
	}
	return fmt.Appendf(nil, "$%s#%02x", text, sum)
}

// escape makes binary data fit for a packet ("Binary Data").
func escape(b []byte) string {
	var out strings.Builder
	for _, c := range b {
		switch c {
		case charStart, charEnd, charEscape, charRepeat:
			out.WriteByte(charEscape)
			c ^= escapeXor
		}
		out.WriteByte(c)
	}
	return out.String()
}

func unescape(s string) []byte {
	out := make([]byte, 0, len(s))
	for i := 0; i < len(s); i++ {
		c := s[i]
		if c == charEscape && i+1 < len(s) {
			i++
			c = s[i] ^ escapeXor
		}
		out = append(out, c)
	}
	return out
}
