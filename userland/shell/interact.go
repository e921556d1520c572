package shell

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"strings"
	"sync"
	"syscall"

	"mvdan.cc/sh/v3/syntax"
)

const interruptSignal = syscall.SIGINT

// interact is the read-and-run loop at a terminal. It returns the status of
// the last command when the input ends or a command exits the shell.
func (sh *shell) interact(terminal *os.File) int {
	sh.jobs.control(int(terminal.Fd()))
	sh.history = &history{}
	in := &interrupts{}
	in.catch(sh.c.Err)
	sh.interrupts = in
	lines := &lineReader{edit: newEditor(terminal, sh)}
	status := 0
	for {
		parser := syntax.NewParser()
		lines.reset(parser)
		for stmts, err := range parser.InteractiveSeq(lines) {
			if err != nil {
				if !errors.Is(err, io.EOF) && lines.err == nil {
					sh.syntaxError(err)
					status = statusSyntax
				}
				break
			}
			if parser.Incomplete() {
				continue
			}
			for _, stmt := range stmts {
				status = sh.runInteractive(in, stmt)
				if in.took() {
					status = sh.setStatus(statusSignal + int(interruptSignal))
					break // the rest of the line goes too
				}
				if sh.runner.Exited() {
					return status
				}
			}
		}
		if errors.Is(lines.err, io.EOF) {
			fmt.Fprintln(sh.c.Err, "exit")
			return sh.finish(status)
		}
		if lines.err != nil && !errors.Is(lines.err, errInterrupted) {
			sh.c.Errorf("%s", lines.err)
			return 1
		}
	}
}

// runInteractive runs one statement that Ctrl-C can end.
func (sh *shell) runInteractive(in *interrupts, stmt *syntax.Stmt) int {
	ctx, cancel := context.WithCancel(context.Background())
	in.set(cancel)
	err := sh.runner.Run(ctx, markStatement(stmt))
	in.set(nil) // and not cancelled: a background list may still run in it
	sh.jobs.release()
	return sh.status(err)
}

// setStatus makes $? what it is after Ctrl-C: the interpreter, when its context
// is cancelled, leaves 1 there.
func (sh *shell) setStatus(status int) int {
	file, err := syntax.NewParser().Parse(strings.NewReader(fmt.Sprintf("(exit %d)", status)), "")
	if err == nil {
		sh.runner.Run(context.Background(), file.Stmts[0])
	}
	return status
}

// interrupts turns SIGINT into the cancellation of the running statement. The
// signals that would stop or end an interactive shell are caught and dropped;
// programs get the default actions back when they are executed.
type interrupts struct {
	mu          sync.Mutex
	cancel      context.CancelFunc
	interrupted bool
}

func (in *interrupts) catch(errw io.Writer) {
	ch := make(chan os.Signal, 1)
	signal.Notify(ch, syscall.SIGINT, syscall.SIGQUIT, syscall.SIGTSTP, syscall.SIGTERM)
	go func() {
		for sig := range ch {
			if sig == syscall.SIGINT && in.cancelNow() {
				fmt.Fprintln(errw) // after the ^C that the terminal showed
			}
		}
	}()
}

// cancelNow ends the running statement, and reports whether one ran.
func (in *interrupts) cancelNow() bool {
	in.mu.Lock()
	defer in.mu.Unlock()
	if in.cancel == nil {
		return false
	}
	in.interrupted = true
	in.cancel()
	return true
}

func (in *interrupts) set(cancel context.CancelFunc) {
	in.mu.Lock()
	in.cancel = cancel
	in.mu.Unlock()
}

// took reports, once, that the last statement ended by Ctrl-C, which the
// interpreter treats as the end of the shell and we do not.
func (in *interrupts) took() bool {
	in.mu.Lock()
	defer in.mu.Unlock()
	was := in.interrupted
	in.interrupted = false
	return was
}

// lineReader gives the parser the lines that the user edits.
type lineReader struct {
	edit   *editor
	parser *syntax.Parser
	rest   string
	err    error
}

func (r *lineReader) reset(parser *syntax.Parser) {
	r.parser, r.rest, r.err = parser, "", nil
}

func (r *lineReader) Read(p []byte) (int, error) {
	if r.rest == "" {
		prompt := r.edit.sh.prompt("PS1", defaultPrompt)
		if r.parser.Incomplete() {
			prompt = r.edit.sh.prompt("PS2", "> ")
		}
		line, err := r.edit.readLine(prompt)
		if err != nil {
			r.err = err
			return 0, err
		}
		r.rest = line + "\n"
	}
	n := copy(p, r.rest)
	r.rest = r.rest[n:]
	return n, nil
}

const defaultPrompt = `\w # `

// prompt expands the few escapes of PS1 that people use.
func (sh *shell) prompt(variable, fallback string) string {
	text := fallback
	if v, ok := sh.runner.Vars[variable]; ok && v.IsSet() {
		text = v.String()
	} else if v := sh.runner.Env.Get(variable); v.IsSet() {
		text = v.String()
	}
	if !strings.Contains(text, `\`) {
		return text
	}
	dir := sh.runner.Dir
	if home := sh.runner.Env.Get("HOME").String(); home != "" && home != "/" {
		if dir == home {
			dir = "~"
		} else if rest, ok := strings.CutPrefix(dir, home+"/"); ok {
			dir = "~/" + rest
		}
	}
	host, _ := os.Hostname()
	mark := "$"
	if os.Geteuid() == 0 {
		mark = "#"
	}
	return strings.NewReplacer(`\w`, dir, `\h`, host, `\u`, sh.runner.Env.Get("USER").String(),
		`\$`, mark, `\e`, "\x1b", `\[`, "", `\]`, "", `\\`, `\`).Replace(text)
}
