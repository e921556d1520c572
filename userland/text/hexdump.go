package text

import (
	"bytes"
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"

	"rv86/userland/box"
)

var hexdumpCommand = box.Command{
	Name: "hexdump", Usage: "[FILE]...", Help: "Print bytes in hexadecimal.",
	Options: []box.Option{
		box.Flag('C', "canonical", "bytes, and the characters beside them"),
		box.Param('n', "length", "BYTES", "no more than BYTES"),
		box.Param('s', "skip", "BYTES", "leave out the first BYTES"),
		box.Flag('v', "no-squeezing", "also lines that repeat"),
	},
	Run: hexdump,
}

const hexdumpRow = 16

func hexdump(c *box.Context) int {
	var readers []io.Reader
	status := box.OK
	if len(c.Args) == 0 {
		readers = []io.Reader{c.In}
	}
	for _, name := range c.Args {
		f, err := c.Open(name)
		if err != nil {
			status = c.FileError(name, err)
			continue
		}
		defer f.Close()
		readers = append(readers, f)
	}
	if len(readers) == 0 {
		return status
	}
	in := io.MultiReader(readers...)
	skip, err := strconv.ParseInt(c.Value('s', "0"), 0, 64)
	if err != nil || skip < 0 {
		return c.Fail("failed to parse offset: '%s'", c.Value('s', ""))
	}
	if _, err := io.CopyN(io.Discard, in, skip); err != nil && !errors.Is(err, io.EOF) {
		return c.Fail("%s", box.Reason(err))
	}
	if c.Has('n') {
		n, err := strconv.ParseInt(c.Value('n', ""), 0, 64)
		if err != nil || n < 0 {
			return c.Fail("failed to parse length: '%s'", c.Value('n', ""))
		}
		in = io.LimitReader(in, n)
	}
	if err := dump(c, in, skip); err != nil {
		return c.Fail("%s", box.Reason(err))
	}
	return status
}

// dump prints rows of sixteen bytes; a full row that repeats the one before
// shows as a star, however often it does.
func dump(c *box.Context, in io.Reader, at int64) error {
	format, offset := wordRow, "%07x"
	if c.Has('C') {
		format, offset = canonicalRow, "%08x"
	}
	var previous []byte
	starred := false
	buf := make([]byte, hexdumpRow)
	for {
		n, err := io.ReadFull(in, buf)
		if n > 0 {
			row := buf[:n]
			if !c.Has('v') && n == hexdumpRow && previous != nil && bytes.Equal(row, previous) {
				if !starred {
					fmt.Fprintln(c.Out, "*")
					starred = true
				}
			} else {
				starred = false
				fmt.Fprintf(c.Out, offset+"%s\n", at, format(row))
				previous = append(previous[:0], row...)
			}
			at += int64(n)
		}
		switch {
		case errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF):
			if at > 0 {
				fmt.Fprintf(c.Out, offset+"\n", at)
			}
			return nil
		case err != nil:
			return err
		}
	}
}

func canonicalRow(row []byte) string {
	var hex, chars strings.Builder
	for i := range hexdumpRow {
		if i%8 == 0 {
			hex.WriteByte(' ')
		}
		if i >= len(row) {
			hex.WriteString("   ")
			continue
		}
		fmt.Fprintf(&hex, " %02x", row[i])
		if row[i] >= ' ' && row[i] < 0x7f {
			chars.WriteByte(row[i])
		} else {
			chars.WriteByte('.')
		}
	}
	return hex.String() + "  |" + chars.String() + "|"
}

// wordRow shows little-endian 16-bit words, as hexdump does on such machines.
func wordRow(row []byte) string {
	var out strings.Builder
	for i := 0; i < hexdumpRow; i += 2 {
		switch {
		case i+1 < len(row):
			fmt.Fprintf(&out, " %04x", binary.LittleEndian.Uint16(row[i:]))
		case i < len(row):
			fmt.Fprintf(&out, " %04x", row[i])
		default:
			out.WriteString("     ")
		}
	}
	return out.String()
}

var sha256sumCommand = box.Command{
	Name: "sha256sum", Usage: "[FILE]...", Help: "Print SHA-256 sums.",
	Run: func(c *box.Context) int {
		return eachInput(c, func(name string, r io.Reader) error {
			sum := sha256.New()
			if _, err := io.Copy(sum, r); err != nil {
				return err
			}
			fmt.Fprintf(c.Out, "%x  %s\n", sum.Sum(nil), name)
			return nil
		})
	},
}

var cmpCommand = box.Command{
	Name: "cmp", Usage: "FILE1 FILE2", Help: "Compare two files byte by byte.",
	BadUsage: box.Misuse,
	Options:  []box.Option{box.Flag('s', "silent", "print nothing; the status says it")},
	Run:      compareFiles,
}

func compareFiles(c *box.Context) int {
	if len(c.Args) != 2 {
		c.MissingOperand()
		return box.Misuse
	}
	var data [2][]byte
	for i, name := range c.Args {
		f, err := c.Open(name)
		if err == nil {
			data[i], err = io.ReadAll(f)
			f.Close()
		}
		if err != nil {
			c.FileError(name, err)
			return box.Misuse
		}
	}
	shared := min(len(data[0]), len(data[1]))
	for i := range shared {
		if data[0][i] == data[1][i] {
			continue
		}
		if !c.Has('s') {
			fmt.Fprintf(c.Out, "%s %s differ: char %d, line %d\n", c.Args[0], c.Args[1], i+1,
				bytes.Count(data[0][:i], []byte("\n"))+1)
		}
		return box.Failure
	}
	for i, name := range c.Args {
		if len(data[i]) == shared && len(data[1-i]) > shared {
			if !c.Has('s') {
				c.Errorf("EOF on %s after byte %d", name, shared)
			}
			return box.Failure
		}
	}
	return box.OK
}
