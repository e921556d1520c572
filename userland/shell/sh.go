package shell

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"runtime/debug"
	"sync/atomic"

	"golang.org/x/term"
	"mvdan.cc/sh/v3/interp"
	"mvdan.cc/sh/v3/syntax"

	"rv86/userland/box"
)

// Command is the shell's row. Its options are those of set(1) and may follow
// each other in many forms, so the interpreter's own parser takes them.
var Command = box.Command{
	Name:  "sh",
	Usage: "[-il] [SET-OPTION]... [-c COMMANDS [NAME [ARG]...] | FILE [ARG]...]",
	Help:  "Run shell commands from COMMANDS, from FILE, or from the standard input.",
	Raw:   true,
	Run:   run,
}

// Exit statuses of XCU 2.8.2.
const (
	statusSyntax        = 2
	statusNotExecutable = 126
	statusNotFound      = 127
	statusSignal        = 128 // plus the signal's number
)

const profilePath = "/etc/profile"

// invocation is a parsed command line.
type invocation struct {
	commands    string // of -c
	hasCommands bool
	interactive bool
	login       bool
	set         []string // options for the interpreter, as for set
	operands    []string
}

func parseArgs(args []string) (inv invocation, err error) {
	for len(args) > 0 {
		arg := args[0]
		if arg == "--" {
			args = args[1:]
			break
		}
		if len(arg) < 2 || (arg[0] != '-' && arg[0] != '+') {
			break
		}
		args = args[1:]
		for _, letter := range arg[1:] {
			switch {
			case letter == 'c' && arg[0] == '-':
				inv.hasCommands = true
			case letter == 'i':
				inv.interactive = true
			case letter == 'l':
				inv.login = true
			case letter == 's': // commands from the standard input: the default
			case letter == 'o':
				if len(args) == 0 {
					return inv, errors.New("-o: option requires an argument")
				}
				inv.set = append(inv.set, arg[:1]+"o", args[0])
				args = args[1:]
			default:
				inv.set = append(inv.set, arg[:1]+string(letter))
			}
		}
	}
	if inv.hasCommands {
		if len(args) == 0 {
			return inv, errors.New("-c requires an argument")
		}
		inv.commands, args = args[0], args[1:]
	}
	inv.operands = args
	return inv, nil
}

// shell is one running sh.
type shell struct {
	c      *box.Context
	runner *interp.Runner
	jobs   *jobTable
	// programs counts those that ran, also in subshells.
	programs atomic.Int64
	// The rest is nil unless the shell is interactive.
	history    *history
	interrupts *interrupts
}

// A shell lives as long as the session and needs little. Without these the
// garbage of a loop's commands looks like memory that the commands lost.
const (
	collectPercent = 20 // collect from a heap of 4 MiB * 20 / 100 on
	trimEvery      = 16 // programs, after which unused memory goes back
)

func run(c *box.Context) int {
	debug.SetGCPercent(collectPercent)
	inv, err := parseArgs(c.Args)
	if err != nil {
		c.Errorf("%s", err)
		return statusSyntax
	}
	inv.login = inv.login || (len(os.Args) > 0 && os.Args[0] != "" && os.Args[0][0] == '-')
	fromInput := !inv.hasCommands && len(inv.operands) == 0
	stdin, isFile := c.In.(*os.File)
	if fromInput && isFile && term.IsTerminal(int(stdin.Fd())) {
		inv.interactive = true
	}
	sh, err := newShell(c, inv)
	if err != nil {
		c.Errorf("%s", err)
		return statusSyntax
	}
	if inv.login {
		if status, exited := sh.source(profilePath); exited {
			return status
		}
	}
	switch {
	case inv.hasCommands:
		return sh.runText([]byte(inv.commands), c.Name)
	case !fromInput:
		text, err := os.ReadFile(inv.operands[0])
		if err != nil {
			c.FileError(inv.operands[0], err)
			if errors.Is(err, os.ErrNotExist) {
				return statusNotFound
			}
			return statusNotExecutable
		}
		return sh.runText(text, inv.operands[0])
	case inv.interactive && isFile:
		return sh.interact(stdin)
	default:
		return sh.runStream(c.In)
	}
}

func newShell(c *box.Context, inv invocation) (*shell, error) {
	sh := &shell{c: c, jobs: newJobTable(c.Err)}
	params := inv.operands
	if len(params) > 0 { // the first names the script, or $0 of -c
		params = params[1:]
	}
	// The interpreter's streams are the process's own, unbuffered: children
	// write to the same descriptors.
	stdout := io.Writer(os.Stdout)
	if c.Err != os.Stderr {
		stdout = c.Out // a test's buffer
	}
	runner, err := interp.New(
		interp.StdIO(c.In, stdout, c.Err),
		interp.Params(append(append(inv.set, "--"), params...)...),
		interp.Interactive(inv.interactive),
		interp.CallHandler(handleCall),
		interp.ExecHandlers(func(interp.ExecHandlerFunc) interp.ExecHandlerFunc { return sh.exec }),
		interp.OpenHandler(openFile),
	)
	sh.runner = runner
	return sh, err
}

// runText runs a whole program. Nothing of it runs when it does not parse.
func (sh *shell) runText(text []byte, name string) int {
	file, err := syntax.NewParser().Parse(bytes.NewReader(text), name)
	if err != nil {
		sh.syntaxError(err)
		return statusSyntax
	}
	markBackground(file)
	return sh.status(sh.runner.Run(context.Background(), file))
}

// runStream runs commands as they arrive, so that a command may read what
// follows it.
func (sh *shell) runStream(in io.Reader) int {
	status := 0
	for stmt, err := range syntax.NewParser().StmtsSeq(in) {
		if err != nil {
			sh.syntaxError(err)
			return statusSyntax
		}
		status = sh.status(sh.runner.Run(context.Background(), markStatement(stmt)))
		if sh.runner.Exited() {
			return status
		}
	}
	return sh.finish(status)
}

// finish runs the EXIT trap of a shell that came to the end of its input.
func (sh *shell) finish(status int) int {
	err := sh.runner.Run(context.Background(), &syntax.File{})
	if sh.runner.Exited() {
		return sh.status(err)
	}
	return status
}

// source runs a file in this shell, if it exists.
func (sh *shell) source(path string) (status int, exited bool) {
	text, err := os.ReadFile(path)
	if err != nil {
		return 0, false
	}
	file, err := syntax.NewParser().Parse(bytes.NewReader(text), path)
	if err != nil {
		sh.syntaxError(err)
		return 0, false
	}
	for _, stmt := range file.Stmts {
		status = sh.status(sh.runner.Run(context.Background(), markStatement(stmt)))
		if sh.runner.Exited() {
			return status, true
		}
	}
	return status, false
}

// status turns the interpreter's result into an exit status, and says what
// went wrong inside the interpreter itself.
func (sh *shell) status(err error) int {
	if err == nil {
		return 0
	}
	if status, ok := errors.AsType[interp.ExitStatus](err); ok {
		return int(status)
	}
	if errors.Is(err, context.Canceled) {
		return statusSignal + int(interruptSignal)
	}
	sh.c.Errorf("%s", box.Reason(err))
	return box.Failure
}

func (sh *shell) syntaxError(err error) {
	if perr, ok := errors.AsType[syntax.ParseError](err); ok {
		where := ""
		if perr.Filename != "" && perr.Filename != sh.c.Name {
			where = filepath.Base(perr.Filename) + ": "
		}
		fmt.Fprintf(sh.c.Err, "%s: %sline %d: syntax error: %s\n", sh.c.Name, where, perr.Pos.Line(), perr.Text)
		return
	}
	sh.c.Errorf("%s", err)
}
