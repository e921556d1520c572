package text

import (
	"fmt"
	"io"
	"io/fs"
	"path/filepath"
	"regexp"
	"strings"

	"rv86/userland/box"
)

// grep's exit statuses (XCU grep).
const (
	grepFound   = 0
	grepNone    = 1
	grepTrouble = 2
)

var grepCommand = box.Command{
	Name: "grep", Usage: "PATTERN [FILE]...", Help: "Print the lines that match a pattern.",
	BadUsage: grepTrouble,
	Options: []box.Option{
		box.Flag('E', "extended-regexp", "PATTERN is an extended expression"),
		box.Flag('F', "fixed-strings", "PATTERN is plain text"),
		box.Param('e', "regexp", "PATTERN", "one more pattern"),
		box.Flag('i', "ignore-case", "small and capital letters are alike"),
		box.Flag('v', "invert-match", "the lines that do not match"),
		box.Flag('w', "word-regexp", "whole words only"),
		box.Flag('x', "line-regexp", "whole lines only"),
		box.Flag('c', "count", "print how many lines match"),
		box.Flag('h', "no-filename", "no file names before the lines"),
		box.Flag('H', "with-filename", "file names before the lines"),
		box.Flag('l', "files-with-matches", "print the names of files that match"),
		box.Param('m', "max-count", "N", "stop after N lines of a file"),
		box.Flag('n', "line-number", "line numbers before the lines"),
		box.Flag('o', "only-matching", "print only what matches"),
		box.Flag('q', "quiet", "print nothing; the status says it"),
		box.Flag('r', "recursive", "also the files in directories"),
		box.Flag('s', "no-messages", "no errors about files"),
	},
	Run: grep,
}

// grepper is one call of grep.
type grepper struct {
	c       *box.Context
	re      *regexp.Regexp
	names   bool
	limit   int
	matched bool
	trouble bool
}

func grep(c *box.Context) int {
	patterns := c.Values('e')
	if len(patterns) == 0 {
		if len(c.Args) == 0 {
			c.MissingOperand()
			return grepTrouble
		}
		patterns, c.Args = c.Args[:1], c.Args[1:]
	}
	re, err := compile(c, patterns)
	if err != nil {
		c.Errorf("%s", err)
		return grepTrouble
	}
	g := &grepper{c: c, re: re, limit: -1}
	if c.Has('m') {
		if _, err := fmt.Sscan(c.Value('m', ""), &g.limit); err != nil {
			c.Errorf("invalid max count")
			return grepTrouble
		}
	}
	files := c.Args
	if len(files) == 0 {
		files = []string{"-"}
		if c.Has('r') {
			files = []string{"."}
		}
	}
	g.names = (len(files) > 1 || c.Has('r') || c.Has('H')) && !c.Has('h')
	for _, name := range files {
		if c.Has('r') && name != "-" {
			g.tree(name)
		} else {
			g.file(name)
		}
		if g.matched && c.Has('q') {
			return grepFound
		}
	}
	switch {
	case g.trouble:
		return grepTrouble
	case g.matched:
		return grepFound
	}
	return grepNone
}

// compile joins the patterns (each line of one is a pattern of its own) into
// one expression.
func compile(c *box.Context, patterns []string) (*regexp.Regexp, error) {
	var parts []string
	for _, p := range patterns {
		for p := range strings.SplitSeq(p, "\n") {
			switch {
			case c.Has('F'):
				p = regexp.QuoteMeta(p)
			case !c.Has('E'):
				p = basicToExtended(p)
			}
			parts = append(parts, "(?:"+p+")")
		}
	}
	text := strings.Join(parts, "|")
	if c.Has('w') {
		text = `\b(?:` + text + `)\b`
	}
	if c.Has('x') {
		text = `^(?:` + text + `)$`
	}
	if c.Has('i') {
		text = "(?i)" + text
	}
	re, err := regexp.Compile(text)
	if err != nil {
		return nil, fmt.Errorf("%s: Invalid regular expression", join(patterns))
	}
	re.Longest() // POSIX: of all matches at one place, the longest
	return re, nil
}

// basicToExtended turns a basic regular expression (XBD 9.3) into an extended
// one: there, \( \) \{ \} \| \+ \? are the operators and the bare signs stand
// for themselves. Back references have no counterpart and stay errors.
func basicToExtended(p string) string {
	var out strings.Builder
	for i := 0; i < len(p); i++ {
		b := p[i]
		switch {
		case b == '\\' && i+1 < len(p):
			i++
			switch {
			case strings.IndexByte("(){}|+?", p[i]) >= 0:
				out.WriteByte(p[i])
			case p[i] == '<' || p[i] == '>':
				out.WriteString(`\b`)
			default:
				out.WriteString(p[i-1 : i+1])
			}
		case b == '[':
			// A bracket expression is the same in both; a ] right after the
			// opening (or after ^) belongs to it.
			end := i + 1
			if end < len(p) && p[end] == '^' {
				end++
			}
			if end < len(p) && p[end] == ']' {
				end++
			}
			for end < len(p) && p[end] != ']' {
				if p[end] == '[' && end+1 < len(p) && p[end+1] == ':' {
					if stop := strings.Index(p[end+2:], ":]"); stop >= 0 {
						end += 2 + stop + 1
					}
				}
				end++
			}
			out.WriteString(strings.ReplaceAll(p[i:min(end+1, len(p))], `\`, `\\`))
			i = end
		case strings.IndexByte("(){}|+?", b) >= 0:
			out.WriteByte('\\')
			out.WriteByte(b)
		case b == '*' && (i == 0 || (i == 1 && p[0] == '^')):
			out.WriteString(`\*`) // XBD 9.3.3: nothing to repeat yet
		default:
			out.WriteByte(b)
		}
	}
	return out.String()
}

func (g *grepper) tree(root string) {
	filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		switch {
		case err != nil:
			g.fail(path, err)
		case d.Type().IsRegular() || (path == root && !d.IsDir()):
			g.file(path)
		}
		return nil
	})
}

func (g *grepper) fail(name string, err error) {
	g.trouble = true
	if !g.c.Has('s') {
		g.c.FileError(name, err)
	}
}

func (g *grepper) file(name string) {
	f, err := g.c.Open(name)
	if err != nil {
		g.fail(name, err)
		return
	}
	defer f.Close()
	if name == "-" {
		name = "(standard input)"
	}
	if err := g.search(name, f); err != nil {
		g.fail(name, err)
	}
}

func (g *grepper) search(name string, r io.Reader) error {
	c := g.c
	number, hits := 0, 0
	quiet := c.Has('q') || c.Has('c') || c.Has('l')
	err := eachLine(r, func(text string, _ bool) bool {
		number++
		if hits == g.limit {
			return false
		}
		if g.re.MatchString(text) == c.Has('v') {
			return true
		}
		hits++
		if quiet {
			return !c.Has('q') && !c.Has('l')
		}
		prefix := ""
		if g.names {
			prefix = name + ":"
		}
		if c.Has('n') {
			prefix += fmt.Sprintf("%d:", number)
		}
		if !c.Has('o') {
			fmt.Fprintf(c.Out, "%s%s\n", prefix, text)
			return true
		}
		if !c.Has('v') {
			for _, part := range g.re.FindAllString(text, -1) {
				if part != "" {
					fmt.Fprintf(c.Out, "%s%s\n", prefix, part)
				}
			}
		}
		return true
	})
	g.matched = g.matched || hits > 0
	switch {
	case c.Has('q'):
	case c.Has('l'):
		if hits > 0 {
			fmt.Fprintln(c.Out, name)
		}
	case c.Has('c'):
		if g.names {
			fmt.Fprintf(c.Out, "%s:", name)
		}
		fmt.Fprintln(c.Out, hits)
	}
	return err
}
