package text

import (
	"cmp"
	"fmt"
	"io"
	"os"
	"slices"
	"strconv"
	"strings"

	"rv86/userland/box"
)

var sortCommand = box.Command{
	Name: "sort", Usage: "[FILE]...", Help: "Print the lines of files in order.",
	BadUsage: box.Misuse,
	Options: []box.Option{
		box.Flag('f', "ignore-case", "small and capital letters are alike"),
		box.Param('k', "key", "M[,N]", "compare fields M to N"),
		box.Flag('n', "numeric-sort", "compare by number"),
		box.Param('o', "output", "FILE", "write to FILE"),
		box.Flag('r', "reverse", "the other way round"),
		box.Flag('s', "stable", "leave equal lines in their order"),
		box.Param('t', "field-separator", "C", "fields end at C, not at blanks"),
		box.Flag('u', "unique", "one of several equal lines"),
	},
	Run: sortLines,
}

// sortKey selects the fields that are compared; last 0 means to the end.
type sortKey struct {
	first, last      int
	numeric, reverse bool
}

func parseKey(text string) (k sortKey, err error) {
	number := func(part string) (int, string) {
		digits := len(part) - len(strings.TrimLeft(part, "0123456789"))
		n, _ := strconv.Atoi(part[:digits])
		return n, part[digits:]
	}
	from, to, both := strings.Cut(text, ",")
	first, flags := number(from)
	if both {
		last, more := number(to)
		k.last, flags = last, flags+more
	}
	k.first = first
	k.numeric, k.reverse = strings.Contains(flags, "n"), strings.Contains(flags, "r")
	if k.first < 1 || strings.Trim(flags, "nrb") != "" {
		return k, fmt.Errorf("invalid field specification '%s'", text)
	}
	return k, nil
}

// of cuts the key out of a line.
func (k sortKey) of(line, sep string) string {
	var fields []string
	if sep == "" {
		fields = strings.Fields(line)
		sep = " "
	} else {
		fields = strings.Split(line, sep)
	}
	if k.first > len(fields) {
		return ""
	}
	last := len(fields)
	if k.last > 0 {
		last = min(last, k.last)
	}
	if last < k.first {
		return ""
	}
	return strings.Join(fields[k.first-1:last], sep)
}

// leadingNumber is the value of the number that a line begins with, or 0.
func leadingNumber(text string) float64 {
	text = strings.TrimLeft(text, " \t")
	end := 0
	for end < len(text) && (strings.IndexByte("0123456789.", text[end]) >= 0 || (end == 0 && text[0] == '-')) {
		end++
	}
	value, _ := strconv.ParseFloat(text[:end], 64)
	return value
}

func sortLines(c *box.Context) int {
	var keys []sortKey
	for _, text := range c.Values('k') {
		k, err := parseKey(text)
		if err != nil {
			c.Errorf("%s", err)
			return box.Misuse
		}
		keys = append(keys, k)
	}
	var lines []string
	status := eachInputOr(c, failure{open: "cannot read: %s: %s", read: "read failed: %s: %s"}, func(_ string, r io.Reader) error {
		return eachLine(r, func(text string, _ bool) bool {
			lines = append(lines, text)
			return true
		})
	})
	if status != box.OK {
		return box.Misuse
	}
	compare := lineOrder(c, keys)
	slices.SortStableFunc(lines, func(a, b string) int {
		if d := compare(a, b); d != 0 || c.Has('s') || c.Has('u') {
			return d
		}
		// The last resort: all bytes of the line.
		if c.Has('r') {
			return strings.Compare(b, a)
		}
		return strings.Compare(a, b)
	})
	if c.Has('u') {
		lines = slices.CompactFunc(lines, func(a, b string) bool { return compare(a, b) == 0 })
	}
	out := io.StringWriter(c.Out)
	if c.Has('o') {
		f, err := os.Create(c.Value('o', ""))
		if err != nil {
			c.FileError(c.Value('o', ""), err)
			return box.Misuse
		}
		defer f.Close()
		out = f
	}
	var text strings.Builder
	for _, line := range lines {
		text.WriteString(line)
		text.WriteByte('\n')
	}
	if _, err := out.WriteString(text.String()); err != nil {
		c.Errorf("write failed: %s", box.Reason(err))
		return box.Misuse
	}
	return box.OK
}

// lineOrder compares two lines by the keys, or whole.
func lineOrder(c *box.Context, keys []sortKey) func(a, b string) int {
	if len(keys) == 0 {
		keys = []sortKey{{first: 0}}
	}
	sep := c.Value('t', "")
	return func(a, b string) int {
		for _, k := range keys {
			x, y := a, b
			if k.first > 0 {
				x, y = k.of(a, sep), k.of(b, sep)
			}
			if c.Has('f') {
				x, y = strings.ToUpper(x), strings.ToUpper(y)
			}
			d := strings.Compare(x, y)
			if c.Has('n') || k.numeric {
				d = cmp.Compare(leadingNumber(x), leadingNumber(y))
			}
			if c.Has('r') || k.reverse {
				d = -d
			}
			if d != 0 {
				return d
			}
		}
		return 0
	}
}

var uniqCommand = box.Command{
	Name: "uniq", Usage: "[INPUT [OUTPUT]]", Help: "Print one of several equal lines that follow each other.",
	Options: []box.Option{
		box.Flag('c', "count", "how many there were before each line"),
		box.Flag('d', "repeated", "only lines that are repeated"),
		box.Flag('i', "ignore-case", "small and capital letters are alike"),
		box.Flag('u', "unique", "only lines that are not repeated"),
	},
	Run: uniq,
}

func uniq(c *box.Context) int {
	out := io.Writer(c.Out)
	if len(c.Args) > 1 {
		f, err := os.Create(c.Args[1])
		if err != nil {
			return c.FileError(c.Args[1], err)
		}
		defer f.Close()
		out = f
		c.Args = c.Args[:1]
	}
	previous, times := "", 0
	flush := func() {
		if times == 0 || (c.Has('d') && times == 1) || (c.Has('u') && times > 1) {
			return
		}
		if c.Has('c') {
			fmt.Fprintf(out, "%7d ", times)
		}
		fmt.Fprintln(out, previous)
	}
	status := eachInput(c, func(_ string, r io.Reader) error {
		return eachLine(r, func(text string, _ bool) bool {
			if times > 0 && (text == previous || (c.Has('i') && strings.EqualFold(text, previous))) {
				times++
				return true
			}
			flush()
			previous, times = text, 1
			return true
		})
	})
	flush()
	return status
}
