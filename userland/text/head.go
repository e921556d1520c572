package text

import (
	"fmt"
	"io"
	"os"
	"strconv"
	"strings"
	"time"

	"rv86/userland/box"
)

var headCommand = box.Command{
	Name: "head", Usage: "[FILE]...", Help: "Print the first lines of files.",
	Options: []box.Option{
		box.Param('n', "lines", box.NumberArg, "how many lines (default 10); -N: all but the last N"),
		box.Param('c', "bytes", "BYTES", "bytes, not lines"),
		box.Flag('q', "quiet", "no titles for several files"),
	},
	Run: head,
}

var cannotRead = failure{open: "cannot open '%s' for reading: %s", read: "error reading '%s': %s"}

// titled wraps fn so that each of several files gets a title.
func titled(c *box.Context, fn func(name string, r io.Reader) error) func(name string, r io.Reader) error {
	first := true
	return func(name string, r io.Reader) error {
		if len(c.Args) > 1 && !c.Has('q') {
			if !first {
				fmt.Fprintln(c.Out)
			}
			first = false
			if name == "-" {
				name = "standard input"
			}
			fmt.Fprintf(c.Out, "==> %s <==\n", name)
		}
		return fn(name, r)
	}
}

func head(c *box.Context) int {
	if c.Has('c') {
		n, err := strconv.ParseInt(c.Value('c', ""), 10, 64)
		if err != nil || n < 0 {
			return c.Fail("invalid number of bytes: '%s'", c.Value('c', ""))
		}
		return eachInputOr(c, cannotRead, titled(c, func(_ string, r io.Reader) error {
			return stream(c, io.LimitReader(r, n))
		}))
	}
	text := c.Value('n', "10")
	n, err := strconv.Atoi(text)
	if err != nil {
		return c.Fail("invalid number of lines: '%s'", text)
	}
	return eachInputOr(c, cannotRead, titled(c, func(_ string, r io.Reader) error {
		if n < 0 || strings.HasPrefix(text, "-") {
			return allButLast(c, r, -n)
		}
		left := n
		if left == 0 {
			return nil
		}
		return eachLine(r, func(text string, ended bool) bool {
			writeLine(c, text, ended)
			left--
			return left > 0
		})
	}))
}

func writeLine(c *box.Context, text string, ended bool) {
	c.Out.WriteString(text)
	if ended {
		c.Out.WriteByte('\n')
	}
}

type line struct {
	text  string
	ended bool
}

func allButLast(c *box.Context, r io.Reader, n int) error {
	var held []line
	return eachLine(r, func(text string, ended bool) bool {
		held = append(held, line{text, ended})
		if len(held) > n {
			writeLine(c, held[0].text, held[0].ended)
			held = held[1:]
		}
		return true
	})
}

var tailCommand = box.Command{
	Name: "tail", Usage: "[FILE]...", Help: "Print the last lines of files.",
	Options: []box.Option{
		box.Param('n', "lines", box.NumberArg, "how many lines (default 10); +N: from line N on"),
		box.Param('c', "bytes", "BYTES", "bytes, not lines; +N: from byte N on"),
		box.Flag('f', "follow", "go on with what is appended"),
		box.Flag('q', "quiet", "no titles for several files"),
	},
	Run: tail,
}

// followPause is how long tail -f sleeps between looks.
const followPause = time.Second

func tail(c *box.Context) int {
	text, bytes := c.Value('n', "10"), c.Has('c')
	if bytes {
		text = c.Value('c', "")
	}
	n, err := strconv.Atoi(strings.TrimPrefix(strings.TrimPrefix(text, "+"), "-"))
	if err != nil {
		return c.Fail("invalid number: '%s'", text)
	}
	fromStart := strings.HasPrefix(text, "+")
	return eachInputOr(c, cannotRead, titled(c, func(_ string, r io.Reader) error {
		var err error
		switch {
		case bytes:
			err = tailBytes(c, r, n, fromStart)
		case fromStart:
			err = linesFrom(c, r, n)
		default:
			err = lastLines(c, r, n)
		}
		if f, ok := r.(*os.File); ok && c.Has('f') && err == nil {
			for err == nil {
				c.Out.Flush()
				time.Sleep(followPause)
				err = stream(c, f)
			}
		}
		return err
	}))
}

func tailBytes(c *box.Context, r io.Reader, n int, fromStart bool) error {
	data, err := io.ReadAll(r)
	if fromStart {
		data = data[min(max(n-1, 0), len(data)):]
	} else {
		data = data[len(data)-min(n, len(data)):]
	}
	c.Out.Write(data)
	return err
}

func linesFrom(c *box.Context, r io.Reader, first int) error {
	number := 0
	return eachLine(r, func(text string, ended bool) bool {
		if number++; number >= first {
			writeLine(c, text, ended)
		}
		return true
	})
}

func lastLines(c *box.Context, r io.Reader, n int) error {
	var held []line
	err := eachLine(r, func(text string, ended bool) bool {
		held = append(held, line{text, ended})
		if len(held) > n {
			held = held[1:]
		}
		return true
	})
	for _, l := range held {
		writeLine(c, l.text, l.ended)
	}
	return err
}
