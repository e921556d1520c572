package text

import (
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"

	"rv86/userland/box"
)

var cutCommand = box.Command{
	Name: "cut", Usage: "[FILE]...", Help: "Print chosen fields or characters of each line.",
	Options: []box.Option{
		box.Param('b', "bytes", "LIST", "these bytes"),
		box.Param('c', "characters", "LIST", "these characters"),
		box.Param('d', "delimiter", "C", "fields end at C, not at a tab"),
		box.Param('f', "fields", "LIST", "these fields: N, N-M, N-, -M, joined by commas"),
		box.Flag('s', "only-delimited", "no lines without the delimiter"),
	},
	Run: cut,
}

// span is an inclusive range of positions counted from 1; to 0 is open.
type span struct{ from, to int }

func parseList(text string) ([]span, error) {
	var list []span
	for part := range strings.SplitSeq(text, ",") {
		from, to, ranged := strings.Cut(part, "-")
		s := span{from: 1}
		var err error
		if from != "" {
			s.from, err = strconv.Atoi(from)
		}
		switch {
		case err != nil || s.from < 1 || (!ranged && from == "") || part == "-":
			return nil, fmt.Errorf("invalid field value '%s'", part)
		case !ranged:
			s.to = s.from
		case to != "":
			if s.to, err = strconv.Atoi(to); err != nil || s.to < s.from {
				return nil, fmt.Errorf("invalid decreasing range")
			}
		}
		list = append(list, s)
	}
	return list, nil
}

func selected(list []span, n int) bool {
	return slices.ContainsFunc(list, func(s span) bool { return n >= s.from && (s.to == 0 || n <= s.to) })
}

func cut(c *box.Context) int {
	delimiter := c.Value('d', "\t")
	var which byte
	for _, letter := range []byte{'b', 'c', 'f'} {
		if !c.Has(letter) {
			continue
		}
		if which != 0 {
			return c.Misused("only one list may be specified")
		}
		which = letter
	}
	if which == 0 {
		return c.Misused("you must specify a list of bytes, characters, or fields")
	}
	list, err := parseList(c.Value(which, ""))
	if err != nil {
		return c.Misused("%s", err)
	}
	return eachInput(c, func(_ string, r io.Reader) error {
		return eachLine(r, func(text string, _ bool) bool {
			var pieces []string
			joiner := ""
			switch which {
			case 'b':
				for i := range len(text) {
					pieces = append(pieces, text[i:i+1])
				}
			case 'c':
				pieces = strings.Split(text, "")
			default:
				if !strings.Contains(text, delimiter) {
					if !c.Has('s') {
						fmt.Fprintln(c.Out, text)
					}
					return true
				}
				pieces, joiner = strings.Split(text, delimiter), delimiter
			}
			var kept []string
			for i, piece := range pieces {
				if selected(list, i+1) {
					kept = append(kept, piece)
				}
			}
			fmt.Fprintln(c.Out, strings.Join(kept, joiner))
			return true
		})
	})
}

var trCommand = box.Command{
	Name: "tr", Usage: "SET1 [SET2]", Help: "Replace, squeeze or delete bytes.",
	Options: []box.Option{
		box.Flag('c', "complement", "the bytes that are not in SET1"),
		box.Flag('d', "delete", "delete the bytes of SET1"),
		box.Flag('s', "squeeze-repeats", "one of several equal bytes of the last set"),
	},
	Run: tr,
}

// byteClasses are the classes that tr knows, in the C locale.
var byteClasses = map[string]func(b byte) bool{
	"alpha": func(b byte) bool { return isUpper(b) || isLower(b) },
	"alnum": func(b byte) bool { return isUpper(b) || isLower(b) || isDecimal(b) },
	"digit": isDecimal,
	"lower": isLower,
	"upper": isUpper,
	"space": func(b byte) bool { return strings.IndexByte(" \t\n\v\f\r", b) >= 0 },
	"blank": func(b byte) bool { return b == ' ' || b == '\t' },
	"punct": func(b byte) bool {
		return b > ' ' && b < 0x7f && !isUpper(b) && !isLower(b) && !isDecimal(b)
	},
	"cntrl":  func(b byte) bool { return b < ' ' || b == 0x7f },
	"print":  func(b byte) bool { return b >= ' ' && b < 0x7f },
	"xdigit": func(b byte) bool { return isDecimal(b) || (b|0x20 >= 'a' && b|0x20 <= 'f') },
}

func isUpper(b byte) bool   { return b >= 'A' && b <= 'Z' }
func isLower(b byte) bool   { return b >= 'a' && b <= 'z' }
func isDecimal(b byte) bool { return b >= '0' && b <= '9' }

// parseSet expands ranges, classes and backslash sequences.
func parseSet(text string) ([]byte, error) {
	text, _ = unescape(text)
	var set []byte
	for i := 0; i < len(text); i++ {
		if name, ok := strings.CutPrefix(text[i:], "[:"); ok {
			if end := strings.Index(name, ":]"); end >= 0 {
				class, known := byteClasses[name[:end]]
				if !known {
					return nil, fmt.Errorf("invalid character class '%s'", name[:end])
				}
				for b := range 256 {
					if class(byte(b)) {
						set = append(set, byte(b))
					}
				}
				i += len("[:") + end + len(":]") - 1
				continue
			}
		}
		if i+2 < len(text) && text[i+1] == '-' {
			if text[i] > text[i+2] {
				return nil, fmt.Errorf("range-endpoints of '%s' are in reverse collating sequence order", text[i:i+3])
			}
			for b := int(text[i]); b <= int(text[i+2]); b++ {
				set = append(set, byte(b))
			}
			i += 2
			continue
		}
		set = append(set, text[i])
	}
	return set, nil
}

func tr(c *box.Context) int {
	want := 2
	if c.Has('d') || (c.Has('s') && len(c.Args) == 1) {
		want = 1
	}
	if c.Has('d') && c.Has('s') {
		want = 2
	}
	if len(c.Args) != want {
		return c.MissingOperand()
	}
	set1, err := parseSet(c.Args[0])
	if err != nil {
		return c.Fail("%s", err)
	}
	if c.Has('c') {
		var rest []byte
		for b := range 256 {
			if !slices.Contains(set1, byte(b)) {
				rest = append(rest, byte(b))
			}
		}
		set1 = rest
	}
	squeeze := set1
	var table [256]byte
	for b := range table {
		table[b] = byte(b)
	}
	if want == 2 {
		set2, err := parseSet(c.Args[1])
		if err != nil {
			return c.Fail("%s", err)
		}
		if len(set2) == 0 {
			return c.Fail("when not truncating set1, string2 must be non-empty")
		}
		squeeze = set2
		if !c.Has('d') {
			for i, b := range set1 {
				table[b] = set2[min(i, len(set2)-1)]
			}
		}
	}
	var drop, once [256]bool
	if c.Has('d') {
		for _, b := range set1 {
			drop[b] = true
		}
	}
	if c.Has('s') {
		for _, b := range squeeze {
			once[b] = true
		}
	}
	last := -1
	return finish(c, stream(c, filterReader{c.In, func(p []byte) []byte {
		kept := p[:0]
		for _, b := range p {
			if drop[b] {
				continue
			}
			b = table[b]
			if once[b] && int(b) == last {
				continue
			}
			last = int(b)
			kept = append(kept, b)
		}
		return kept
	}}))
}

// filterReader changes what is read, in place.
type filterReader struct {
	r  io.Reader
	fn func(p []byte) []byte
}

func (f filterReader) Read(p []byte) (int, error) {
	n, err := f.r.Read(p)
	return len(f.fn(p[:n])), err
}

func finish(c *box.Context, err error) int {
	if err != nil {
		return c.Fail("read error: %s", box.Reason(err))
	}
	return box.OK
}
