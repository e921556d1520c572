package modlib

import "strings"

// Match says whether a name fits a shell pattern, as fnmatch(3) without flags
// does: * and ? match any character, a slash included; [...] a set, [!...] its
// complement; a backslash takes the next character's meaning away. A bracket
// that is never closed stands for itself.
func Match(pattern, name string) bool {
	// The last star, and how much of the name it has eaten: on a mismatch it
	// eats one more. No other star needs to be reconsidered.
	star, eaten := -1, 0
	p, n := 0, 0
	for n < len(name) {
		if p < len(pattern) {
			if pattern[p] == '*' {
				star, eaten = p, n
				p++
				continue
			}
			if width, ok := matchOne(pattern[p:], name[n]); ok {
				p += width
				n++
				continue
			}
		}
		if star < 0 {
			return false
		}
		eaten++
		p, n = star+1, eaten
	}
	return strings.Trim(pattern[p:], "*") == ""
}

// matchOne matches one character against the element that begins the pattern,
// and gives the element's length.
func matchOne(pattern string, c byte) (width int, ok bool) {
	switch pattern[0] {
	case '?':
		return 1, true
	case '\\':
		if len(pattern) > 1 {
			return 2, pattern[1] == c
		}
		return 1, false // nothing to take the meaning of
	case '[':
		if width, in := matchSet(pattern, c); width > 0 {
			return width, in
		}
	}
	return 1, pattern[0] == c
}

// matchSet matches a character against "[...]". A width of 0 says that there
// is no closing bracket.
func matchSet(pattern string, c byte) (width int, ok bool) {
	i := 1
	negated := i < len(pattern) && (pattern[i] == '!' || pattern[i] == '^')
	if negated {
		i++
	}
	for first := true; i < len(pattern); first = false {
		if pattern[i] == ']' && !first {
			return i + 1, ok != negated
		}
		low, next := setChar(pattern, i)
		high := low
		if next+1 < len(pattern) && pattern[next] == '-' && pattern[next+1] != ']' {
			high, next = setChar(pattern, next+1)
		}
		ok = ok || low <= c && c <= high
		i = next
	}
	return 0, false
}

// setChar reads a character of a set, which a backslash may quote.
func setChar(pattern string, i int) (c byte, next int) {
	if pattern[i] == '\\' && i+1 < len(pattern) {
		i++
	}
	return pattern[i], i + 1
}
