package box

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
	"syscall"
)

// Exit statuses that more than one command uses.
const (
	OK      = 0
	Failure = 1
	Misuse  = 2 // a wrong option or operand, where the command tells it from failure
)

// Option is one option of a command. Long may be empty. A Short that is a
// control character (LongOnly) names an option for Has and Value that has no
// letter.
type Option struct {
	Short byte
	Long  string
	Arg   string // the argument's name in the help; empty for a flag
	Help  string
}

// Command is one row of the table that makes up the multi-call binary.
type Command struct {
	Name    string
	Usage   string // the operands, as in a synopsis
	Help    string // one sentence
	Options []Option
	// Raw leaves the arguments unparsed: the command has a grammar of its own
	// (test, dd) or hands them to someone else (env, sh).
	Raw bool
	// BadUsage is the exit status for a wrong option; 0 means Failure.
	BadUsage int
	Run      func(c *Context) int
}

// Context is one call of a command. Not safe for concurrent use.
type Context struct {
	Name string   // the name it was called by
	Args []string // operands, or every argument of a Raw command
	In   io.Reader
	// Out is flushed when the command ends; a command that streams flushes it
	// after each piece.
	Out *bufio.Writer
	Err io.Writer

	given map[byte][]string // option letter -> its arguments
	order []byte            // the letters as they were given
}

// Last returns which of the options was given last, or 0.
func (c *Context) Last(letters string) byte {
	for i := len(c.order) - 1; i >= 0; i-- {
		if strings.IndexByte(letters, c.order[i]) >= 0 {
			return c.order[i]
		}
	}
	return 0
}

// Has reports whether the option was given.
func (c *Context) Has(short byte) bool { return len(c.given[short]) > 0 }

// Value returns the last argument given to the option, or def.
func (c *Context) Value(short byte, def string) string {
	if v := c.given[short]; len(v) > 0 {
		return v[len(v)-1]
	}
	return def
}

// Values returns the arguments of every use of the option, in order.
func (c *Context) Values(short byte) []string { return c.given[short] }

// Prepend takes more arguments, as if they stood before those of the command
// line: from the environment. It reports false, after a message, if they make
// no sense.
func (c *Context) Prepend(cmd *Command, args []string) bool {
	first := &Context{Name: c.Name, Out: c.Out, Err: c.Err}
	if _, err := first.parse(cmd, args); err != nil {
		c.Misused("%s", err)
		return false
	}
	for letter, values := range first.given {
		c.given[letter] = append(values, c.given[letter]...)
	}
	c.order = append(first.order, c.order...)
	c.Args = append(first.Args, c.Args...)
	return true
}

// Errorf writes "NAME: message" as one line on the error stream. What the
// command wrote before comes out first.
func (c *Context) Errorf(format string, args ...any) {
	c.Out.Flush()
	fmt.Fprintf(c.Err, "%s: %s\n", c.Name, fmt.Sprintf(format, args...))
}

// Fail is Errorf for a command that ends there.
func (c *Context) Fail(format string, args ...any) int {
	c.Errorf(format, args...)
	return Failure
}

// FileError reports err about a file as "NAME: FILE: Reason".
func (c *Context) FileError(file string, err error) int {
	return c.Fail("%s: %s", file, Reason(err))
}

// Misused is Fail for a command line that makes no sense: it points to the
// help.
func (c *Context) Misused(format string, args ...any) int {
	c.Errorf(format, args...)
	fmt.Fprintf(c.Err, "Try '%s --help' for more information.\n", c.Name)
	return Failure
}

// MissingOperand reports a command line without the operands it needs.
func (c *Context) MissingOperand() int { return c.Misused("missing operand") }

// Open opens a file for reading; "-" is the standard input, whose Close does
// nothing.
func (c *Context) Open(name string) (io.ReadCloser, error) {
	if name == "-" {
		return io.NopCloser(c.In), nil
	}
	return os.Open(name)
}

// Reason is the text of an error as strerror(3) words it, without the
// operation and path that Go's error types add.
func Reason(err error) string {
	if errno, ok := errors.AsType[syscall.Errno](err); ok {
		text := errno.Error()
		// Go's table is glibc's with a small first letter.
		return strings.ToUpper(text[:1]) + text[1:]
	}
	if inner, ok := errors.AsType[*os.PathError](err); ok {
		if inner.Op == "write" && errors.Is(inner.Err, io.ErrUnexpectedEOF) {
			return "Nothing was taken (write returned 0)"
		}
		return inner.Err.Error()
	}
	return err.Error()
}

// Main runs one command with the given arguments (without its name) and
// returns its exit status.
func (cmd *Command) Main(name string, args []string, in io.Reader, out, errw io.Writer) int {
	c := &Context{Name: name, In: in, Out: bufio.NewWriter(out), Err: errw}
	status := cmd.call(c, args)
	if err := c.Out.Flush(); err != nil && !errors.Is(err, syscall.EPIPE) {
		fmt.Fprintf(errw, "%s: write error: %s\n", name, Reason(err))
		if status == OK {
			status = Failure
		}
	}
	return status
}

func (cmd *Command) call(c *Context, args []string) int {
	if cmd.Raw {
		if len(args) == 1 && args[0] == "--help" {
			cmd.writeHelp(c.Out)
			return OK
		}
		c.Args = args
		return cmd.Run(c)
	}
	help, err := c.parse(cmd, args)
	if err != nil {
		return max(cmd.BadUsage, c.Misused("%s", err))
	}
	if help {
		cmd.writeHelp(c.Out)
		return OK
	}
	return cmd.Run(c)
}

// WriteHelp is --help, for a command that has an option of its own for it.
func (cmd *Command) WriteHelp(w io.Writer) { cmd.writeHelp(w) }

// writeHelp prints the synopsis, the sentence and the option rows.
func (cmd *Command) writeHelp(w io.Writer) {
	synopsis := cmd.Name
	if len(cmd.Options) > 0 {
		synopsis += " [OPTION]..."
	}
	if cmd.Usage != "" {
		synopsis += " " + cmd.Usage
	}
	fmt.Fprintf(w, "Usage: %s\n%s\n", synopsis, cmd.Help)
	if len(cmd.Options) == 0 {
		return
	}
	fmt.Fprintln(w)
	for _, o := range cmd.Options {
		left := fmt.Sprintf("-%c", o.Short)
		switch {
		case o.Short < LongOnly:
			left = "    --" + o.Long
		case o.Long != "":
			left += ", --" + o.Long
		}
		if o.Arg != "" {
			left += " " + o.Arg
		}
		fmt.Fprintf(w, "  %-26s %s\n", left, o.Help)
	}
}
