package text

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"os"

	"rv86/userland/box"
)

var catCommand = box.Command{
	Name: "cat", Usage: "[FILE]...", Help: "Copy files to the standard output.",
	Options: []box.Option{
		box.Flag('n', "number", "number the lines"),
		box.Flag('u', "", "accepted; the output is never held back"),
	},
	Run: cat,
}

// eachInput calls fn for every operand, or for the standard input when there
// is none. An input that fails is reported, and the others follow.
func eachInput(c *box.Context, fn func(name string, r io.Reader) error) int {
	return eachInputOr(c, failure{open: "%s: %s", read: "%s: %s"}, fn)
}

// failure is the wording for an input that cannot be opened, and for one that then
// cannot be read: the name and the reason are put in.
type failure struct{ open, read string }

// eachInputOr is eachInput with other wordings.
func eachInputOr(c *box.Context, words failure, fn func(name string, r io.Reader) error) int {
	names := c.Args
	if len(names) == 0 {
		names = []string{"-"}
	}
	status := box.OK
	for _, name := range names {
		f, err := c.Open(name)
		if err != nil {
			status = c.Fail(words.open, name, box.Reason(err))
			continue
		}
		if err := fn(name, f); err != nil {
			status = c.Fail(words.read, name, box.Reason(err))
		}
		f.Close()
	}
	return status
}

func cat(c *box.Context) int {
	line := 0
	return eachInput(c, func(_ string, r io.Reader) error {
		if !c.Has('n') {
			return stream(c, r)
		}
		return eachLine(r, func(text string, ended bool) bool {
			line++
			fmt.Fprintf(c.Out, "%6d\t%s", line, text)
			if ended {
				c.Out.WriteByte('\n')
			}
			return true
		})
	})
}

// streamSize is the size of the pieces in which data is passed on.
const streamSize = 32 << 10

// stream copies piece by piece, each as soon as it is there: the input may be
// a terminal or a pipe that someone watches.
func stream(c *box.Context, r io.Reader) error {
	buf := make([]byte, streamSize)
	for {
		n, err := r.Read(buf)
		if n > 0 {
			if _, werr := c.Out.Write(buf[:n]); werr != nil {
				return nil // reported when the output is flushed
			}
			if c.Out.Flush() != nil {
				return nil
			}
		}
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
	}
}

// eachLine calls fn for every line without its newline until fn returns false.
// The last line may lack the newline: ended is false then.
func eachLine(r io.Reader, fn func(text string, ended bool) bool) error {
	in := bufio.NewReaderSize(r, streamSize)
	for {
		text, err := in.ReadString('\n')
		if n := len(text); n > 0 {
			ended := text[n-1] == '\n'
			if ended {
				text = text[:n-1]
			}
			if !fn(text, ended) {
				return nil
			}
		}
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
	}
}

var teeCommand = box.Command{
	Name: "tee", Usage: "[FILE]...", Help: "Copy the standard input to files and to the standard output.",
	Options: []box.Option{box.Flag('a', "append", "append to the files")},
	Run:     tee,
}

func tee(c *box.Context) int {
	flags := os.O_WRONLY | os.O_CREATE | os.O_TRUNC
	if c.Has('a') {
		flags = os.O_WRONLY | os.O_CREATE | os.O_APPEND
	}
	status := box.OK
	var files []*os.File
	for _, name := range c.Args {
		f, err := os.OpenFile(name, flags, 0o666)
		if err != nil {
			status = c.FileError(name, err)
			continue
		}
		defer f.Close()
		files = append(files, f)
	}
	err := stream(c, io.TeeReader(c.In, writerFunc(func(p []byte) (int, error) {
		for i, f := range files {
			if f == nil {
				continue
			}
			if _, err := f.Write(p); err != nil {
				status = c.FileError(f.Name(), err)
				files[i] = nil // the others go on
			}
		}
		return len(p), nil
	})))
	if err != nil {
		return c.Fail("read error: %s", box.Reason(err))
	}
	return status
}

type writerFunc func(p []byte) (int, error)

func (f writerFunc) Write(p []byte) (int, error) { return f(p) }

var yesCommand = box.Command{
	Name: "yes", Usage: "[STRING]...", Help: "Print a line again and again until stopped.",
	Run: func(c *box.Context) int {
		line := "y"
		if len(c.Args) > 0 {
			line = join(c.Args)
		}
		for {
			if _, err := fmt.Fprintln(c.Out, line); err != nil {
				return box.Failure
			}
		}
	},
}
