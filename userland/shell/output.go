package shell

import (
	"errors"
	"fmt"
	"io"
	"strings"
	"syscall"

	"mvdan.cc/sh/v3/expand"
	"mvdan.cc/sh/v3/interp"

	"rv86/userland/box"
)

// The interpreter has echo and printf of its own, which write in pieces and
// take no notice of errors. A file of /proc or /sys takes each write for a
// whole value, and says by the write's error that it refuses the value.

// echo writes its words at once.
func (sh *shell) echo(hc interp.HandlerContext, args []string) int {
	words, end, escapes := args[1:], "\n", false
options:
	for len(words) > 0 {
		switch words[0] {
		case "-n":
			end = ""
		case "-e":
			escapes = true
		case "-E":
			escapes = false
		default:
			break options
		}
		words = words[1:]
	}
	text := strings.Join(words, " ")
	if escapes {
		if expanded, _, err := expand.Format(nil, text, nil); err == nil {
			text = expanded
		}
	}
	return put(hc, "echo", text+end)
}

// printf repeats the format until it has taken all arguments (XCU printf).
func (sh *shell) printf(hc interp.HandlerContext, args []string) int {
	if len(args) < 2 {
		fmt.Fprintln(hc.Stderr, "sh: printf: usage: printf FORMAT [ARG]...")
		return statusSyntax
	}
	var text strings.Builder
	format, rest := args[1], args[2:]
	for {
		part, taken, err := expand.Format(nil, format, rest)
		if err != nil {
			fmt.Fprintf(hc.Stderr, "sh: printf: %s\n", err)
			return box.Failure
		}
		text.WriteString(part)
		rest = rest[taken:]
		if taken == 0 || len(rest) == 0 {
			return put(hc, "printf", text.String())
		}
	}
}

// put writes a builtin's output and reports an error as bash does. A reader that
// has gone is no error to tell: a program would die of SIGPIPE without a word.
func put(hc interp.HandlerContext, name, text string) int {
	if text == "" {
		return 0
	}
	_, err := io.WriteString(hc.Stdout, text)
	switch {
	case err == nil:
		return 0
	case errors.Is(err, syscall.EPIPE), errors.Is(err, io.ErrClosedPipe):
		return statusSignal + int(syscall.SIGPIPE)
	}
	fmt.Fprintf(hc.Stderr, "sh: %s: write error: %s\n", name, box.Reason(err))
	return box.Failure
}
