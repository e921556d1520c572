package text

import (
	"strconv"
	"strings"

	"rv86/userland/box"
)

var echoCommand = box.Command{
	Name: "echo", Usage: "[-n] [-e] [STRING]...", Help: "Print the operands, separated by blanks.",
	Raw: true, Run: echo,
}

func join(words []string) string { return strings.Join(words, " ") }

func echo(c *box.Context) int {
	args := c.Args
	newline, escapes := true, false
	for len(args) > 0 && len(args[0]) > 1 && args[0][0] == '-' && strings.Trim(args[0][1:], "neE") == "" {
		for _, letter := range args[0][1:] {
			switch letter {
			case 'n':
				newline = false
			case 'e':
				escapes = true
			case 'E':
				escapes = false
			}
		}
		args = args[1:]
	}
	text := join(args)
	if escapes {
		var stop bool
		if text, stop = unescape(text); stop {
			newline = false
		}
	}
	c.Out.WriteString(text)
	if newline {
		c.Out.WriteByte('\n')
	}
	return box.OK
}

// letterEscapes are the one-letter backslash sequences.
var letterEscapes = map[byte]byte{
	'a': '\a', 'b': '\b', 'e': 0x1b, 'f': '\f', 'n': '\n', 'r': '\r', 't': '\t', 'v': '\v', '\\': '\\',
}

// unescape replaces backslash sequences; stop reports a \c, after which
// nothing is printed.
func unescape(text string) (result string, stop bool) {
	var out strings.Builder
	for i := 0; i < len(text); i++ {
		if text[i] != '\\' || i+1 == len(text) {
			out.WriteByte(text[i])
			continue
		}
		i++
		letter := text[i]
		if b, ok := letterEscapes[letter]; ok {
			out.WriteByte(b)
			continue
		}
		digits, base, most := "", 8, 3
		switch {
		case letter == 'c':
			return out.String(), true
		case letter == '0':
			digits = text[i+1:]
		case letter == 'x':
			digits, base, most = text[i+1:], 16, 2
		}
		n := 0
		for n < most && n < len(digits) && isDigit(digits[n], base) {
			n++
		}
		if n == 0 && letter != '0' {
			out.WriteByte('\\')
			out.WriteByte(letter)
			continue
		}
		value, _ := strconv.ParseUint("0"+digits[:n], base, 16)
		out.WriteByte(byte(value))
		i += n
	}
	return out.String(), false
}

func isDigit(b byte, base int) bool {
	_, err := strconv.ParseUint(string(rune(b)), base, 8)
	return err == nil
}

var trueCommand = box.Command{
	Name: "true", Help: "Succeed.", Raw: true,
	Run: func(*box.Context) int { return box.OK },
}

var falseCommand = box.Command{
	Name: "false", Help: "Fail.", Raw: true,
	Run: func(*box.Context) int { return box.Failure },
}
