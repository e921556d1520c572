package initd

import (
	"fmt"
	"strconv"
	"strings"
)

// cmdKey begins the word of the kernel command line that holds the commands.
const cmdKey = "rv86.cmd="

// commandFrom finds rv86.cmd="..." in a kernel command line. The value is a
// quoted Go string, so it may hold spaces and any byte; a word that only
// contains the key further in does not count.
func commandFrom(cmdline string) (commands string, found bool, err error) {
	rest := cmdline
	for {
		rest = strings.TrimLeft(rest, " \n")
		if rest == "" {
			return "", false, nil
		}
		if value, ok := strings.CutPrefix(rest, cmdKey); ok {
			quoted, err := strconv.QuotedPrefix(value)
			if err != nil {
				return "", true, fmt.Errorf("%s is not followed by a quoted string", cmdKey)
			}
			commands, err := strconv.Unquote(quoted)
			return commands, true, err
		}
		rest = skipWord(rest)
	}
}

// skipWord drops one word; double quotes keep spaces inside it, as in the
// kernel's own parsing of its command line.
func skipWord(s string) string {
	quoted := false
	for i := 0; i < len(s); i++ {
		switch s[i] {
		case '\\':
			if quoted {
				i++
			}
		case '"':
			quoted = !quoted
		case ' ', '\n':
			if !quoted {
				return s[i:]
			}
		}
	}
	return ""
}
