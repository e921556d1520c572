package session

import (
	"fmt"
	"strconv"
	"strings"
)

// Size is a memory size on the command line: a number with K, M or G.
type Size uint64

var sizeUnits = map[byte]uint64{'K': 1 << 10, 'M': 1 << 20, 'G': 1 << 30}

// UnmarshalText implements encoding.TextUnmarshaler, through which kong parses.
func (b *Size) UnmarshalText(text []byte) error {
	s := strings.ToUpper(string(text))
	s = strings.TrimSuffix(strings.TrimSuffix(s, "B"), "I") // 64MiB and 64MB are 64M
	if s == "" {
		return fmt.Errorf("%q is not a size: write a number and K, M or G, as in 128M", text)
	}
	unit, ok := sizeUnits[s[len(s)-1]]
	n, err := strconv.ParseUint(s[:len(s)-1], 10, 64)
	if !ok || err != nil || n > ^uint64(0)/unit {
		return fmt.Errorf("%q is not a size: write a number and K, M or G, as in 128M", text)
	}
	*b = Size(n * unit)
	return nil
}
