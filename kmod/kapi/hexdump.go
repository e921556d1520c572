package kapi

import (
	"fmt"
	"strings"
)

// Memory as text (Linux lib/hexdump.c).
var hexFuncs = []Func{
	{Name: "hex_dump_to_buffer", Proto: "int hex_dump_to_buffer(const void *buf, size_t len, int rowsize, int groupsize, char *linebuf, size_t linebuflen, bool ascii)", Call: func(c *Call) uint64 {
		buf, n, row, group, line, room := c.Ptr(), c.Ulong(), c.Int(), c.Int(), c.Ptr(), c.Ulong()
		text := hexLine(c.Slice(buf, min(n, uint64(rowSize(row)))), rowSize(row), int(group), c.truth())
		if room > 0 {
			c.setStr(line, text[:min(uint64(len(text)), room-1)])
		}
		return uint64(len(text))
	}},
	{Name: "print_hex_dump", Proto: "void print_hex_dump(const char *level, const char *prefix_str, int prefix_type, int rowsize, int groupsize, const void *buf, size_t len, bool ascii)", Call: printHexDump},
}

// How the lines of a dump begin (enum in linux/printk.h).
const (
	prefixAddress = 1
	prefixOffset  = 2
)

func printHexDump(c *Call) uint64 {
	level, prefix, kind := c.str(c.Ptr()), c.str(c.Ptr()), c.Int()
	row, group, buf, n, ascii := rowSize(c.Int()), int(c.Int()), c.Ptr(), c.Ulong(), c.truth()
	for at := uint64(0); at < n; at += uint64(row) {
		where := ""
		switch kind {
		case prefixAddress:
			where = c.hashed(spec{}, buf+at) + ": "
		case prefixOffset:
			where = fmt.Sprintf("%08x: ", uint32(at))
		}
		c.Log(level + prefix + where + hexLine(c.Slice(buf+at, min(n-at, uint64(row))), row, group, ascii) + "\n")
	}
	return 0
}

// truth reads an argument of type bool.
func (c *Call) truth() bool { return byte(c.Uint()) != 0 }

// rowSize is how many bytes a line has: 16 unless 32 are asked for.
func rowSize(n int32) int {
	const usual, wide = 16, 32
	if n == wide {
		return wide
	}
	return usual
}

// hexLine is one line of at most row bytes in groups, each a little-endian
// number. Bytes that do not make whole groups are shown one by one.
func hexLine(b []byte, row, group int, ascii bool) string {
	if group != 2 && group != 4 && group != 8 || len(b)%group != 0 {
		group = 1
	}
	var words []string
	for at := 0; at < len(b); at += group {
		var word strings.Builder
		for i := group - 1; i >= 0; i-- {
			fmt.Fprintf(&word, "%02x", b[at+i])
		}
		words = append(words, word.String())
	}
	line := strings.Join(words, " ")
	if !ascii || len(b) == 0 {
		return line
	}
	shown := make([]byte, len(b))
	for i, v := range b {
		if v < ' ' || v > '~' {
			v = '.'
		}
		shown[i] = v
	}
	return fmt.Sprintf("%-*s%s", 2*row+row/group+1, line, shown)
}
