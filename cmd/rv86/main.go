package main

import (
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"runtime/debug"
	"slices"
	"strings"
	"syscall"

	"github.com/alecthomas/kong"
	"github.com/sirupsen/logrus"
)

// streams is the process as the commands see it.
type streams struct {
	in       io.Reader
	out, err io.Writer
}

// cli is the command line. Help, parsing and checks come from these tags.
type cli struct {
	Run runCmd `cmd:"" help:"Boot the machine: a console, or commands with -c."`

	Test    testCmd    `cmd:"" help:"Run golden scripts and compare what they print."`
	Ko      koCmd      `cmd:"" help:"Show what the loader makes of a module, step by step."`
	Mod     modCmd     `cmd:"" help:"Write and build loadable modules."`
	Replay  replayCmd  `cmd:"" help:"Repeat a recorded run."`
	Bench   benchCmd   `cmd:"" help:"Measure the emulator's speed."`
	Version versionCmd `cmd:"" help:"Print the version."`
}

const description = `rv86 is a computer in a program: a RISC-V machine, an operating system kernel written in Go, and loadable modules in C.

Exit status of run: the guest's own; 2 usage or an unusable file; 70 a bug in rv86; 74 output cannot be written; ` +
	`101 kernel panic; 102 the machine can make no progress; 103 halted with no way to wake; 124 budget or timeout.`

func main() {
	// A closed stdout is reported by the write; without this the signal would
	// end the process with the terminal in raw mode.
	signal.Ignore(syscall.SIGPIPE)
	os.Exit(execute(os.Args[1:], streams{os.Stdin, os.Stdout, os.Stderr}))
}

// execute runs one command line and returns the exit status.
func execute(args []string, s streams) (status int) {
	defer func() {
		if p := recover(); p != nil {
			fmt.Fprintf(s.err, "%s\nrv86: this is a bug in rv86: %v\n", debug.Stack(), p)
			status = statusBug
		}
	}()
	var c cli
	exited := -1
	parser, err := kong.New(&c,
		kong.Name("rv86"), kong.Description(description),
		kong.Writers(s.out, s.err),
		kong.Exit(func(code int) { exited = code }),
		kong.ConfigureHelp(kong.HelpOptions{Compact: true}),
		kong.UsageOnError(),
	)
	if err != nil {
		panic(err)
	}
	ctx, err := parser.Parse(goStyle(args))
	if exited >= 0 { // --help was printed
		return exited
	}
	if err != nil {
		fmt.Fprintf(s.err, "rv86: %v (rv86 --help shows the usage)\n", err)
		return statusUsage
	}
	return report(ctx.Run(&s), s.err)
}

// goStyle lets `rv86 test` take its flags with one dash, as `go test` does.
func goStyle(args []string) []string {
	if len(args) == 0 || args[0] != "test" {
		return args
	}
	args = slices.Clone(args)
	for i, a := range args {
		name, value, hasValue := strings.Cut(a, "=")
		if long, ok := goFlags[name]; ok {
			args[i] = long
			if hasValue {
				args[i] += "=" + value
			}
		}
	}
	return args
}

// report prints why a command failed and returns its exit status.
func report(err error, w io.Writer) int {
	if err == nil {
		return statusOK
	}
	status := statusUsage
	var f *failure
	if errors.As(err, &f) {
		status = f.status
		if f.err == nil {
			return status
		}
	}
	fmt.Fprintf(w, "rv86: %v\n", err)
	return status
}

// newLogger is the host-side log: on stderr, at the level --log names.
func newLogger(w io.Writer, level string) (*logrus.Logger, error) {
	l := logrus.New()
	l.SetOutput(w)
	l.SetFormatter(&logrus.TextFormatter{DisableTimestamp: true})
	lv, err := logrus.ParseLevel(level)
	if err != nil {
		return nil, fmt.Errorf("--log %s: levels are error, warn, info, debug", level)
	}
	l.SetLevel(lv)
	return l, nil
}
