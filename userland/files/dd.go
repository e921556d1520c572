package files

import (
	"errors"
	"fmt"
	"io"
	"os"
	"strconv"
	"strings"

	"rv86/userland/box"
)

var ddCommand = box.Command{
	Name: "dd", Usage: "[if=FILE] [of=FILE] [bs=N] [count=N] [skip=N] [seek=N] [conv=notrunc] [status=none]",
	Help: "Copy blocks; N may end in k, M or G.",
	Raw:  true, Run: dd,
}

// blockCopy is a parsed dd command line.
type blockCopy struct {
	in, out           string
	bs                int64
	count             int64 // -1: to the end
	skip, seek        int64
	notrunc, noReport bool
}

func parseDD(args []string) (d blockCopy, err error) {
	d.bs, d.count = 512, -1
	for _, arg := range args {
		key, value, _ := strings.Cut(arg, "=")
		number := func(to *int64) {
			n, perr := parseCount(value)
			if perr != nil {
				err = fmt.Errorf("invalid number: '%s'", value)
			}
			*to = n
		}
		switch key {
		case "if":
			d.in = value
		case "of":
			d.out = value
		case "bs", "ibs", "obs":
			number(&d.bs)
			if err == nil && (d.bs == 0 || d.bs > maxBlock) {
				err = fmt.Errorf("invalid number: '%s'", value)
			}
		case "count":
			number(&d.count)
		case "skip":
			number(&d.skip)
		case "seek":
			number(&d.seek)
		case "conv":
			if value != "notrunc" {
				err = fmt.Errorf("invalid conversion: '%s'", value)
			}
			d.notrunc = true
		case "status":
			d.noReport = value == "none"
		default:
			err = fmt.Errorf("unrecognized operand '%s'", arg)
		}
		if err != nil {
			return d, err
		}
	}
	return d, nil
}

// maxBlock bounds the buffer, which is guest memory.
const maxBlock = 64 << 20

func parseCount(text string) (int64, error) {
	shift := 0
	switch {
	case strings.HasSuffix(text, "k"), strings.HasSuffix(text, "K"):
		shift = 10
	case strings.HasSuffix(text, "M"):
		shift = 20
	case strings.HasSuffix(text, "G"):
		shift = 30
	}
	if shift > 0 {
		text = text[:len(text)-1]
	}
	n, err := strconv.ParseInt(text, 10, 63-shift)
	if err == nil && n < 0 {
		err = strconv.ErrRange
	}
	return n << shift, err
}

func dd(c *box.Context) int {
	d, err := parseDD(c.Args)
	if err != nil {
		return c.Fail("%s", err)
	}
	in, out := c.In, io.Writer(c.Out)
	if d.in != "" {
		f, err := os.Open(d.in)
		if err != nil {
			return c.Fail("failed to open '%s': %s", d.in, box.Reason(err))
		}
		defer f.Close()
		in = f
	}
	if d.out != "" {
		flags := os.O_WRONLY | os.O_CREATE
		if !d.notrunc && d.seek == 0 {
			flags |= os.O_TRUNC
		}
		f, err := os.OpenFile(d.out, flags, 0o666)
		if err != nil {
			return c.Fail("failed to open '%s': %s", d.out, box.Reason(err))
		}
		defer f.Close()
		if d.seek > 0 { // else a terminal or pipe will do, too
			if _, err := f.Seek(d.seek*d.bs, io.SeekStart); err != nil {
				return c.Fail("'%s': cannot seek: %s", d.out, box.Reason(err))
			}
		}
		out = f
	}
	if err := skipInput(in, d.skip*d.bs); err != nil {
		return c.Fail("'%s': cannot skip: %s", d.in, box.Reason(err))
	}
	var full, partial, bytes int64
	buf := make([]byte, d.bs)
	status := box.OK
	for d.count < 0 || full+partial < d.count {
		n, err := in.Read(buf)
		if n > 0 {
			if _, werr := out.Write(buf[:n]); werr != nil {
				status = c.Fail("error writing '%s': %s", d.out, box.Reason(werr))
				break
			}
			bytes += int64(n)
			if int64(n) == d.bs {
				full++
			} else {
				partial++
			}
		}
		if err != nil {
			if !errors.Is(err, io.EOF) {
				status = c.Fail("error reading '%s': %s", d.in, box.Reason(err))
			}
			break
		}
	}
	c.Out.Flush()
	if !d.noReport {
		// The time that GNU adds would differ from host to host under QEMU.
		fmt.Fprintf(c.Err, "%d+%d records in\n%d+%d records out\n%d bytes copied\n", full, partial, full, partial, bytes)
	}
	return status
}

func skipInput(in io.Reader, n int64) error {
	if n == 0 {
		return nil
	}
	if s, ok := in.(io.Seeker); ok {
		if _, err := s.Seek(n, io.SeekCurrent); err == nil {
			return nil
		}
	}
	_, err := io.CopyN(io.Discard, in, n)
	if errors.Is(err, io.EOF) {
		return nil
	}
	return err
}
