package monitor

import (
	"slices"
	"strings"
	"testing"
)

func TestManualIsCurrent(t *testing.T) { current(t, "../docs/monitor.md", []byte(Manual())) }

// Every row has what help, the manual and the examples' test need.
func TestRows(t *testing.T) {
	seen := map[string]bool{}
	for _, c := range commands {
		for _, n := range c.names {
			if seen[n] {
				t.Errorf("two commands are called %s", n)
			}
			seen[n] = true
		}
		if c.help == "" || c.example == "" || c.fn == nil || !slices.Contains(groups, c.group) {
			t.Errorf("%s lacks help, an example, a function or a group", c.names[0])
		}
		if !strings.HasSuffix(c.help, ".") {
			t.Errorf("the help of %s is not a sentence", c.names[0])
		}
	}
	for short, full := range classic {
		if !seen[full] {
			t.Errorf("%s is short for %s, which is no command", short, full)
		}
	}
}

func TestAbbreviations(t *testing.T) {
	m := &Monitor{}
	for word, want := range map[string]string{
		"s": "step", "si": "stepi", "n": "next", "ni": "nexti", "c": "continue", "b": "break", "br": "break", "bt": "backtrace",
		"p": "print", "x": "x", "i": "info", "fin": "finish", "tb": "tbreak", "rs": "rstep", "reverse-st": "", "l": "list",
		"disas": "disas", "cond": "condition", "del": "delete", "undisp": "undisplay", "lsm": "lsmod",
	} {
		c, err := m.find(word)
		switch {
		case want == "" && err == nil:
			t.Errorf("%s is taken for %s", word, c.names[0])
		case want != "" && (err != nil || c.names[0] != want):
			t.Errorf("%s: %v, want %s", word, err, want)
		}
	}
}

func TestWrongCommands(t *testing.T) {
	m := &Monitor{}
	for word, want := range map[string]string{
		"stpe":     `there is no command "stpe"; did you mean "step"? (help lists all)`,
		"contniue": `there is no command "contniue"; did you mean "continue"? (help lists all)`,
		"qqq":      `there is no command "qqq" (help lists all)`,
		"re":       "", // says what it may be
	} {
		_, err := m.find(word)
		if err == nil || want != "" && err.Error() != want {
			t.Errorf("%s: %v, want %s", word, err, want)
		}
	}
}

func TestNearest(t *testing.T) {
	for _, c := range []struct{ word, want string }{
		{"brake", "break"}, {"fnish", "finish"}, {"watchh", "watch"}, {"a", ""}, {"zzzzzz", ""},
	} {
		if got := nearest(c.word, commandNames()); got != c.want {
			t.Errorf("%s: %q, want %q", c.word, got, c.want)
		}
	}
	if got := nearest("fa9", []string{"f19", "fa0", "fa1", "fb9"}); got != "fa0" {
		t.Errorf("the nearest to fa9 is %q", got)
	}
}

func TestSplitCommand(t *testing.T) {
	for line, want := range map[string][2]string{
		"x/4x $sp": {"x", "/4x $sp"}, "p*q": {"p", "*q"}, "step 3": {"step", "3"}, "  bt ": {"bt", ""}, "p$a0": {"p", "$a0"},
	} {
		if w, a := splitCommand(line); w != want[0] || a != want[1] {
			t.Errorf("%q: %q and %q", line, w, a)
		}
	}
}

func TestSentence(t *testing.T) {
	for in, want := range map[string]string{
		"there is none": "There is none.", "/x: no": "/x: no.", "0x1 is odd": "0x1 is odd.", "what?": "What?",
	} {
		if got := sentence(errorText(in)); got != want {
			t.Errorf("%q: %q, want %q", in, got, want)
		}
	}
}

type errorText string

func (e errorText) Error() string { return string(e) }
