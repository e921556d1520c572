package modlib

import (
	"iter"
	"strings"
)

// line is a logical line of a configuration file.
type line struct {
	text string
	no   int // of its last physical line, from 1
}

// lines joins physical lines that end with a backslash.
func lines(text string) []line {
	var all []line
	var b strings.Builder
	no := 0
	pending := false
	for physical := range strings.Lines(text) {
		no++
		physical = strings.TrimSuffix(physical, "\n")
		joined := strings.HasSuffix(physical, "\\")
		b.WriteString(strings.TrimSuffix(physical, "\\"))
		if pending = joined; joined {
			continue
		}
		all = append(all, line{b.String(), no})
		b.Reset()
	}
	if pending && b.Len() > 0 {
		all = append(all, line{b.String(), no})
	}
	return all
}

const blanks = "\t "

// cutWord takes the first word off a line: it is empty when there is none.
func cutWord(s string) (word, rest string) {
	s = strings.TrimLeft(s, blanks)
	end := strings.IndexAny(s, blanks)
	if end < 0 {
		return s, ""
	}
	return s[:end], s[end+1:]
}

// ConfigLines gives the words of each line of a configuration file that is
// neither empty nor a comment, with the line's number.
func ConfigLines(text string) iter.Seq2[int, []string] {
	return func(yield func(int, []string) bool) {
		for _, l := range lines(text) {
			if strings.HasPrefix(l.text, "#") {
				continue
			}
			if words := strings.FieldsFunc(l.text, func(r rune) bool { return strings.ContainsRune(blanks, r) }); len(words) > 0 {
				if !yield(l.no, words) {
					return
				}
			}
		}
	}
}
