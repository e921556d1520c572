package shell

import (
	"bytes"
	"errors"
	"io"
	"os"

	"golang.org/x/term"
)

// errInterrupted is a line that the user gave up with Ctrl-C.
var errInterrupted = errors.New("interrupted")

const (
	keyCtrlC     = 0x03
	historyLines = 500
)

// editor reads lines with editing, history and completion. Between lines the
// terminal is in the mode the programs expect.
type editor struct {
	sh       *shell
	terminal *os.File
}

func newEditor(terminal *os.File, sh *shell) *editor {
	return &editor{sh: sh, terminal: terminal}
}

// readLine returns one line without its newline; io.EOF for Ctrl-D on an empty
// line.
func (e *editor) readLine(prompt string) (string, error) {
	fd := int(e.terminal.Fd())
	old, err := term.MakeRaw(fd)
	if err != nil {
		return "", err
	}
	defer term.Restore(fd, old)
	keys := &keyReader{terminal: e.terminal}
	// A Terminal per line: it keeps no state that matters, as keyReader reads
	// nothing ahead and the history is ours.
	t := term.NewTerminal(struct {
		io.Reader
		io.Writer
	}{keys, e.terminal}, prompt)
	t.History = e.sh.history
	t.AutoCompleteCallback = e.complete
	if w, h, err := term.GetSize(fd); err == nil && w > 0 {
		t.SetSize(w, h)
	}
	line, err := t.ReadLine()
	if errors.Is(err, term.ErrPasteIndicator) {
		err = nil
	}
	if errors.Is(err, io.EOF) {
		if keys.interrupted {
			e.terminal.WriteString("^C\r\n")
			return "", errInterrupted
		}
		e.terminal.WriteString("\r\n")
	}
	return line, err
}

// keyReader hands over one byte at a time, so that what the user typed ahead
// stays in the terminal for the program that the line starts. It remembers
// that a Ctrl-C went by: the terminal reports Ctrl-C and Ctrl-D alike.
type keyReader struct {
	terminal    *os.File
	interrupted bool
}

func (k *keyReader) Read(p []byte) (int, error) {
	if len(p) == 0 {
		return 0, nil
	}
	n, err := k.terminal.Read(p[:1])
	if bytes.IndexByte(p[:n], keyCtrlC) >= 0 {
		k.interrupted = true
	}
	return n, err
}

// history is the list of lines, newest last.
type history struct{ lines []string }

// Add remembers a line; an empty one or a repetition is not worth a row.
func (h *history) Add(entry string) {
	if entry == "" || (len(h.lines) > 0 && h.lines[len(h.lines)-1] == entry) {
		return
	}
	h.lines = append(h.lines, entry)
	if len(h.lines) > historyLines {
		h.lines = h.lines[1:]
	}
}

// Len and At are what term.History asks for; index 0 is the newest.
func (h *history) Len() int        { return len(h.lines) }
func (h *history) At(i int) string { return h.lines[len(h.lines)-1-i] }
