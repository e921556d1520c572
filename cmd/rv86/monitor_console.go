package main

import (
	"fmt"
	"io"
	"strings"
	"sync"

	"golang.org/x/term"
)

// keyInterrupt is Ctrl-C; keyKillLine is what it means at the monitor's prompt.
const (
	keyInterrupt = 0x03
	keyKillLine  = 0x15
)

// console is a terminal that the guest and the monitor share: what is typed goes
// to the guest while it runs, else to the monitor's prompt. It implements
// monitor.Lines.
type console struct {
	out      io.Writer // returns the carriage, too
	term     *term.Terminal
	complete func(line string) ([]string, int)
	stopKey  bool // Ctrl-C stops the guest instead of being typed

	escapes *escapes
	toGuest *pipe
	toMon   *pipe

	mu   sync.Mutex
	stop func(error) // ends the guest's run; nil while the monitor has the terminal
}

// newConsole starts to read a terminal. It goes on until the process ends: a
// read cannot be called off.
func newConsole(in io.Reader, out, msg io.Writer, stopKey bool, quit func(error)) *console {
	c := &console{out: &newlines{w: out}, stopKey: stopKey, toGuest: newPipe(), toMon: newPipe()}
	c.escapes = &escapes{msg: msg, quit: quit, monitor: func() { c.interrupt(errMonitor) }}
	c.term = term.NewTerminal(struct {
		io.Reader
		io.Writer
	}{c.toMon, out}, "")
	c.term.AutoCompleteCallback = c.autoComplete
	go c.pump(in)
	return c
}

func (c *console) pump(in io.Reader) {
	buf := make([]byte, 4096)
	for {
		n, err := in.Read(buf)
		for _, b := range buf[:n] {
			c.key(b)
		}
		if err != nil {
			c.toGuest.close()
			c.toMon.close()
			return
		}
	}
}

// key sends one byte to whom it is for.
func (c *console) key(b byte) {
	c.mu.Lock()
	running := c.stop != nil
	c.mu.Unlock()
	switch {
	case !running && b == keyInterrupt:
		c.toMon.write([]byte{keyKillLine})
	case !running:
		c.toMon.write([]byte{b})
	case b == keyInterrupt && c.stopKey && !c.escapes.escaped:
		c.interrupt(errMonitor)
	default:
		if out := c.escapes.filter([]byte{b}); len(out) > 0 {
			c.toGuest.write(out)
		}
	}
}

func (c *console) interrupt(cause error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.stop != nil {
		c.stop(cause)
	}
}

// guest gives the terminal to the guest until monitor takes it back.
func (c *console) guest(stop func(error)) {
	c.mu.Lock()
	c.stop = stop
	c.mu.Unlock()
}

func (c *console) monitor() {
	c.mu.Lock()
	c.stop = nil
	c.mu.Unlock()
}

// ReadLine implements monitor.Lines.
func (c *console) ReadLine(prompt string) (string, error) {
	c.term.SetPrompt(prompt)
	return c.term.ReadLine()
}

const keyTab = '\t'

// autoComplete finishes a word, or lists what it may become.
func (c *console) autoComplete(line string, pos int, key rune) (string, int, bool) {
	if key != keyTab || c.complete == nil {
		return "", 0, false
	}
	words, start := c.complete(line[:pos])
	if len(words) == 0 {
		return line, pos, true
	}
	common := words[0]
	for _, w := range words {
		for !strings.HasPrefix(w, common) {
			common = common[:len(common)-1]
		}
	}
	if len(words) == 1 {
		common += " "
	} else if start+len(common) <= pos {
		const most = 60
		text := strings.Join(words[:min(len(words), most)], "  ")
		if len(words) > most {
			text += fmt.Sprintf("  and %d more", len(words)-most)
		}
		fmt.Fprintf(c.out, "\n%s\n", text)
		return line, pos, true
	}
	lead := len(line[:pos]) - len(strings.TrimLeft(line[:pos], " "))
	out := line[:lead+start] + common
	return out + line[pos:], len(out), true
}

// pipe is a queue of bytes between two goroutines; writing never waits.
type pipe struct {
	mu    sync.Mutex
	cond  *sync.Cond
	buf   []byte
	ended bool
}

func newPipe() *pipe {
	p := &pipe{}
	p.cond = sync.NewCond(&p.mu)
	return p
}

func (p *pipe) write(b []byte) {
	p.mu.Lock()
	p.buf = append(p.buf, b...)
	p.mu.Unlock()
	p.cond.Signal()
}

func (p *pipe) close() {
	p.mu.Lock()
	p.ended = true
	p.mu.Unlock()
	p.cond.Broadcast()
}

// Read implements io.Reader.
func (p *pipe) Read(b []byte) (int, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	for len(p.buf) == 0 {
		if p.ended {
			return 0, io.EOF
		}
		p.cond.Wait()
	}
	n := copy(b, p.buf)
	p.buf = p.buf[n:]
	return n, nil
}
