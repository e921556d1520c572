package golden

import (
	"fmt"
	"regexp"
	"strings"
)

// Masks are what of the output is not compared: places in a kernel that change
// when it is built from other sources.
type Masks []*regexp.Regexp

// masked stands for what a mask matched.
const masked = "(any)"

// ParseMasks reads a script's file of masks.
func ParseMasks(text string) (m Masks, err error) {
	for line := range strings.Lines(text) {
		if line = strings.TrimSuffix(line, "\n"); line == "" {
			continue
		}
		re, err := regexp.Compile("(?m)" + line)
		if err != nil {
			return nil, fmt.Errorf("mask: %w", err)
		}
		m = append(m, re)
	}
	return m, nil
}

// Apply puts "(any)" in the place of what the masks match, or of their first
// groups if they have any.
func (m Masks) Apply(out string) string {
	for _, re := range m {
		var b strings.Builder
		last := 0
		for _, at := range re.FindAllStringSubmatchIndex(out, -1) {
			lo, hi := at[0], at[1]
			if len(at) > 2 {
				lo, hi = at[2], at[3]
			}
			if lo < 0 { // the group took no part in the match
				continue
			}
			b.WriteString(out[last:lo] + masked)
			last = hi
		}
		out = b.String() + out[last:]
	}
	return out
}
