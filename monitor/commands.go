package monitor

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"rv86/monitor/expr"
)

// command is one row: everything about a command is here. fn gets what follows
// its name. The example is run by a test, with the machine of that test stopped
// in a module's init function.
type command struct {
	names    []string // the first is its own; the others are accepted, too
	group    string
	args     string // syntax of the arguments
	complete completion
	help     string // one line
	more     string // further lines, or nothing
	example  string
	fn       func(m *Monitor, args string) error
	repeat   bool // Enter runs it again
}

// completion is what a command's last argument is completed with.
type completion uint8

const (
	completeNone completion = iota
	completePlace
	completeExpr
	completeCommand
	completeModule
	completeRegister
	completeFile
	completeInfo
)

// Groups in the order of the manual.
const (
	groupRun     = "Running"
	groupPoints  = "Stopping"
	groupReverse = "Going back in time"
	groupStack   = "The stack"
	groupData    = "Data"
	groupSource  = "Source and code"
	groupMachine = "The machine"
	groupModules = "Modules"
	groupSession = "The session"
)

var groups = []string{groupRun, groupPoints, groupReverse, groupStack, groupData, groupSource, groupMachine, groupModules, groupSession}

// commands is the table; it is put together from the files of the groups.
var commands []command

// The rows lead to functions that know the table.
func init() { commands = buildCommands() }

func buildCommands() []command {
	return slices.Concat(runCommands(), pointCommands(), reverseCommands(), stackCommands(), dataCommands(), sourceCommands(), machineCommands(), moduleCommands(), sessionCommands())
}

// classic are the abbreviations that everybody types; elsewhere a prefix must
// belong to one command only.
var classic = map[string]string{
	"s": "step", "n": "next", "c": "continue", "b": "break", "p": "print", "i": "info", "l": "list", "h": "help",
	"u": "until", "f": "frame", "d": "delete", "q": "quit", "r": "registers", "w": "watch", "disp": "display",
	"fin": "finish", "cont": "continue", "adv": "advance", "dis": "disable", "en": "enable", "wa": "watch",
}

// dispatch finds the command and runs it.
func (m *Monitor) dispatch(line string) error {
	word, args := splitCommand(line)
	c, err := m.find(word)
	if err != nil {
		return err
	}
	m.last = ""
	if c.repeat {
		m.last = repeated(c, word, args)
	}
	err = c.fn(m, args)
	if s := (*expr.SyntaxError)(nil); args == "" && errors.As(err, &s) && s.Text == "" {
		return fmt.Errorf("%s is incomplete: write %s", c.names[0], c.usage())
	}
	return err
}

// repeated is what Enter does after a command: x, list and disas go on where
// they stopped.
func repeated(c *command, word, args string) string {
	switch c.names[0] {
	case "x":
		if strings.HasPrefix(args, "/") {
			format, _, _ := strings.Cut(args, " ")
			return word + format
		}
		return word
	case "list", "disas":
		return word
	}
	return strings.TrimSpace(word + " " + args)
}

// splitCommand takes a command's name off a line: letters, or up to a slash as
// in x/4x.
func splitCommand(line string) (word, args string) {
	line = strings.TrimSpace(line)
	i := strings.IndexFunc(line, func(r rune) bool { return r == ' ' || r == '\t' || r == '/' || r == '*' || r == '$' || r == '(' })
	if i < 0 {
		return line, ""
	}
	return line[:i], strings.TrimSpace(line[i:])
}

// find gives the command of a name or abbreviation.
func (m *Monitor) find(word string) (*command, error) {
	if full, ok := classic[word]; ok {
		word = full
	}
	var by []*command
	for i := range commands {
		c := &commands[i]
		for _, name := range c.names {
			if name == word {
				return c, nil
			}
			if strings.HasPrefix(name, word) && word != "" && !slices.Contains(by, c) {
				by = append(by, c)
			}
		}
	}
	switch len(by) {
	case 1:
		return by[0], nil
	case 0:
		if near := nearest(word, commandNames()); near != "" {
			return nil, fmt.Errorf("there is no command %q; did you mean %q? (help lists all)", word, near)
		}
		return nil, fmt.Errorf("there is no command %q (help lists all)", word)
	}
	var names []string
	for _, c := range by {
		names = append(names, c.names[0])
	}
	slices.Sort(names)
	return nil, fmt.Errorf("%q may be %s: type more letters", word, strings.Join(names, ", "))
}

func commandNames() (out []string) {
	for _, c := range commands {
		out = append(out, c.names...)
	}
	return out
}

// nearest gives the name that differs least from a word, and of several the one
// that begins like it the longest; "" if all differ much.
func nearest(word string, names []string) string {
	best, least, begins := "", 1+len(word)/5, -1
	for _, n := range names {
		d, p := distance(word, n), commonPrefix(word, n)
		if d < min(len(word), len(n)) && (d < least || d == least && p > begins) {
			best, least, begins = n, d, p
		}
	}
	return best
}

func commonPrefix(a, b string) (n int) {
	for n < len(a) && n < len(b) && a[n] == b[n] {
		n++
	}
	return n
}

// distance counts the letters to change, add, drop or swap (Damerau and
// Levenshtein's, with neighbours swapped once).
func distance(a, b string) int {
	before, prev := make([]int, len(b)+1), make([]int, len(b)+1)
	for j := range prev {
		prev[j] = j
	}
	for i := 1; i <= len(a); i++ {
		cur := make([]int, len(b)+1)
		cur[0] = i
		for j := 1; j <= len(b); j++ {
			cost := 1
			if a[i-1] == b[j-1] {
				cost = 0
			}
			cur[j] = min(prev[j]+1, cur[j-1]+1, prev[j-1]+cost)
			if i > 1 && j > 1 && a[i-1] == b[j-2] && a[i-2] == b[j-1] {
				cur[j] = min(cur[j], before[j-2]+1)
			}
		}
		before, prev = prev, cur
	}
	return prev[len(b)]
}
