package text

import (
	"errors"
	"fmt"
	"io"
	"unicode/utf8"

	"rv86/userland/box"
)

var wcCommand = box.Command{
	Name: "wc", Usage: "[FILE]...", Help: "Count the lines, words and bytes of files.",
	Options: []box.Option{
		box.Flag('c', "bytes", "bytes"),
		box.Flag('m', "chars", "characters"),
		box.Flag('l', "lines", "lines"),
		box.Flag('w', "words", "words"),
	},
	Run: wc,
}

type counts struct{ lines, words, chars, bytes int }

func (n *counts) add(m counts) {
	n.lines += m.lines
	n.words += m.words
	n.chars += m.chars
	n.bytes += m.bytes
}

func count(r io.Reader) (n counts, err error) {
	buf := make([]byte, streamSize)
	inWord := false
	for {
		got, err := r.Read(buf)
		for _, b := range buf[:got] {
			switch b {
			case '\n', ' ', '\t', '\r', '\v', '\f':
				if b == '\n' {
					n.lines++
				}
				inWord = false
			default:
				if !inWord {
					n.words++
					inWord = true
				}
			}
			if utf8.RuneStart(b) {
				n.chars++
			}
		}
		n.bytes += got
		if errors.Is(err, io.EOF) {
			return n, nil
		}
		if err != nil {
			return n, err
		}
	}
}

func wc(c *box.Context) int {
	type row struct {
		name string
		n    counts
	}
	var rows []row
	var total counts
	status := eachInput(c, func(name string, r io.Reader) error {
		n, err := count(r)
		if err != nil {
			return err
		}
		total.add(n)
		if len(c.Args) == 0 {
			name = ""
		}
		rows = append(rows, row{name, n})
		return nil
	})
	if len(c.Args) > 1 {
		rows = append(rows, row{"total", total})
	}
	columns := func(n counts) (list []int) {
		all := !c.Has('l') && !c.Has('w') && !c.Has('c') && !c.Has('m')
		for _, col := range []struct {
			letter   byte
			standard bool
			n        int
		}{{'l', true, n.lines}, {'w', true, n.words}, {'m', false, n.chars}, {'c', true, n.bytes}} {
			if c.Has(col.letter) || (all && col.standard) {
				list = append(list, col.n)
			}
		}
		return list
	}
	// GNU pads to the width of the byte total; a single number is not padded,
	// and input that cannot be measured beforehand gets seven columns.
	width := len(fmt.Sprint(total.bytes))
	switch {
	case len(columns(total)) == 1 && len(rows) <= 1:
		width = 1
	case len(c.Args) == 0:
		width = 7
	}
	for _, row := range rows {
		for i, n := range columns(row.n) {
			if i > 0 {
				c.Out.WriteByte(' ')
			}
			fmt.Fprintf(c.Out, "%*d", width, n)
		}
		if row.name != "" {
			fmt.Fprintf(c.Out, " %s", row.name)
		}
		fmt.Fprintln(c.Out)
	}
	return status
}
