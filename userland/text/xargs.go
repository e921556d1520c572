package text

import (
	"errors"
	"io"
	"os"
	"os/exec"
	"strconv"
	"strings"

	"rv86/userland/box"
)

// xargs' exit statuses (XCU xargs and GNU).
const (
	xargsFailed        = 123 // a command failed
	xargsNotExecutable = 126
	xargsNotFound      = 127
)

var xargsCommand = box.Command{
	Name: "xargs", Usage: "[-0rt] [-n N] [-I STRING] [COMMAND [ARG]...]",
	Help: "Run a command with the words of the standard input as its arguments.",
	// What follows the command's name is the command's, so the options are
	// found by hand.
	Raw: true, Run: xargs,
}

// xargsOptions is the parsed command line.
type xargsOptions struct {
	zero, skipEmpty, trace bool
	perCall                int
	replace                string
	command                []string
}

func parseXargs(args []string) (o xargsOptions, err error) {
	for len(args) > 0 && len(args[0]) > 1 && args[0][0] == '-' {
		arg := args[0]
		args = args[1:]
		if arg == "--" {
			break
		}
		switch value := arg[2:]; arg[1] {
		case '0':
			o.zero = true
		case 'r':
			o.skipEmpty = true
		case 't':
			o.trace = true
		case 'n', 'I':
			if value == "" {
				if len(args) == 0 {
					return o, errors.New("option requires an argument -- '" + arg[1:2] + "'")
				}
				value, args = args[0], args[1:]
			}
			if arg[1] == 'I' {
				o.replace = value
			} else if o.perCall, err = strconv.Atoi(value); err != nil || o.perCall < 1 {
				return o, errors.New("invalid number \"" + value + "\" for -n option")
			}
		default:
			return o, errors.New("invalid option -- '" + arg[1:2] + "'")
		}
	}
	o.command = args
	if len(args) == 0 {
		o.command = []string{"echo"}
	}
	return o, nil
}

func xargs(c *box.Context) int {
	o, err := parseXargs(c.Args)
	if err != nil {
		return c.Fail("%s", err)
	}
	data, err := io.ReadAll(c.In)
	if err != nil {
		return c.Fail("%s", box.Reason(err))
	}
	words, err := splitWords(string(data), o)
	if err != nil {
		return c.Fail("%s", err)
	}
	status := box.OK
	call := func(args []string) bool {
		switch result := runCommand(c, o, args); {
		case result == xargsNotFound || result == xargsNotExecutable:
			status = result
			return false
		case result != 0:
			status = xargsFailed
		}
		return true
	}
	if o.replace != "" {
		for _, word := range words {
			args := make([]string, len(o.command))
			for i, arg := range o.command {
				args[i] = strings.ReplaceAll(arg, o.replace, word)
			}
			if !call(args) {
				break
			}
		}
		return status
	}
	if len(words) == 0 && !o.skipEmpty {
		call(o.command)
	}
	for len(words) > 0 {
		n := len(words)
		if o.perCall > 0 {
			n = min(n, o.perCall)
		}
		if !call(append(append([]string{}, o.command...), words[:n]...)) {
			break
		}
		words = words[n:]
	}
	return status
}

// splitWords splits at blanks outside quotes, at NUL with -0, and at newlines
// with -I.
func splitWords(text string, o xargsOptions) ([]string, error) {
	if o.zero {
		return strings.FieldsFunc(text, func(r rune) bool { return r == 0 }), nil
	}
	var words []string
	var word strings.Builder
	started, quote := false, byte(0)
	flush := func() {
		if started {
			words = append(words, strings.TrimLeft(word.String(), " \t"))
		}
		word.Reset()
		started = false
	}
	for i := 0; i < len(text); i++ {
		b := text[i]
		switch {
		case quote != 0 && b == quote:
			quote = 0
		case quote != 0 && b == '\n':
			return nil, errors.New("unmatched quote; by default quotes are special to xargs unless you use the -0 option")
		case quote != 0:
			word.WriteByte(b)
		case b == '\'' || b == '"':
			quote, started = b, true
		case b == '\\' && i+1 < len(text):
			i++
			word.WriteByte(text[i])
			started = true
		case b == '\n', o.replace == "" && (b == ' ' || b == '\t'):
			flush()
		default:
			word.WriteByte(b)
			started = true
		}
	}
	if quote != 0 {
		return nil, errors.New("unmatched quote; by default quotes are special to xargs unless you use the -0 option")
	}
	flush()
	return words, nil
}

func runCommand(c *box.Context, o xargsOptions, args []string) int {
	if o.trace {
		io.WriteString(c.Err, join(args)+"\n")
	}
	c.Out.Flush()
	cmd := exec.Command(args[0], args[1:]...)
	cmd.Stdout, cmd.Stderr = c.Out, c.Err
	if c.Err == os.Stderr { // the descriptor itself, not a pipe to us
		cmd.Stdout = os.Stdout
	}
	err := cmd.Run()
	if exit, ok := errors.AsType[*exec.ExitError](err); ok {
		if code := exit.ExitCode(); code > 0 {
			return code
		}
		return xargsFailed
	}
	if err != nil {
		c.Errorf("%s: %s", args[0], notFoundText(err))
		if errors.Is(err, exec.ErrNotFound) || errors.Is(err, os.ErrNotExist) {
			return xargsNotFound
		}
		return xargsNotExecutable
	}
	return 0
}

func notFoundText(err error) string {
	if errors.Is(err, exec.ErrNotFound) {
		return "No such file or directory"
	}
	return box.Reason(err)
}
