package shell

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"runtime/debug"
	"strings"
	"sync"
	"syscall"

	"mvdan.cc/sh/v3/expand"
	"mvdan.cc/sh/v3/interp"

	"rv86/userland/box"
)

// exec runs one simple command that is neither a function nor one of the
// interpreter's builtins: a builtin of ours, or a program as a process.
func (sh *shell) exec(ctx context.Context, args []string) error {
	hc := interp.HandlerCtx(ctx)
	if fn := builtins[args[0]]; fn != nil {
		if status := fn(sh, hc, args); status != 0 {
			return interp.ExitStatus(status)
		}
		return nil
	}
	path, status, reason := findProgram(hc, args[0])
	if status != 0 {
		fmt.Fprintf(hc.Stderr, "sh: %s: %s\n", args[0], reason)
		return interp.ExitStatus(status)
	}
	status, err := sh.runProgram(ctx, hc, path, args)
	if err != nil {
		return err
	}
	if status != 0 {
		return interp.ExitStatus(status)
	}
	return nil
}

// findProgram searches PATH as XCU 2.9.1.1 says. A file that is there but may
// not be executed is remembered, for the message, while the search goes on.
func findProgram(hc interp.HandlerContext, name string) (path string, status int, reason string) {
	if strings.Contains(name, "/") {
		path = absolute(hc.Dir, name)
		info, err := os.Stat(path)
		switch {
		case errors.Is(err, os.ErrNotExist):
			return "", statusNotFound, "not found"
		case err != nil:
			return "", statusNotExecutable, box.Reason(err)
		case info.IsDir():
			return "", statusNotExecutable, "Is a directory"
		case info.Mode()&0o111 == 0:
			return "", statusNotExecutable, "Permission denied"
		}
		return path, 0, ""
	}
	denied := false
	for _, dir := range filepath.SplitList(hc.Env.Get("PATH").String()) {
		path = filepath.Join(absolute(hc.Dir, dir), name)
		info, err := os.Stat(path)
		if err != nil || info.IsDir() {
			continue
		}
		if info.Mode()&0o111 != 0 {
			return path, 0, ""
		}
		denied = true
	}
	if denied {
		return "", statusNotExecutable, "Permission denied"
	}
	return "", statusNotFound, "not found"
}

func absolute(dir, name string) string {
	if filepath.IsAbs(name) {
		return name
	}
	return filepath.Join(dir, name)
}

// runProgram starts the program, waits for it and returns its exit status.
func (sh *shell) runProgram(ctx context.Context, hc interp.HandlerContext, path string, args []string) (int, error) {
	streams, err := newStreams(hc)
	if err != nil {
		return 0, err
	}
	attr := &syscall.ProcAttr{Dir: hc.Dir, Env: exported(hc.Env), Files: streams.fds()}
	p, err := sh.jobs.start(path, args, attr, jobNumber(hc.Env))
	if errors.Is(err, syscall.ENOEXEC) {
		// XCU 2.9.1.1: a file that is no program is a shell script.
		self, selfErr := os.Executable()
		if selfErr == nil {
			p, err = sh.jobs.start(self, append([]string{"sh", path}, args[1:]...), attr, jobNumber(hc.Env))
		}
	}
	streams.started()
	if err != nil {
		streams.wait()
		fmt.Fprintf(hc.Stderr, "sh: %s: %s\n", args[0], box.Reason(err))
		return statusNotExecutable, nil
	}
	// A cancelled context is Ctrl-C at the shell: it reaches the program too,
	// if the terminal has not already sent it there.
	// A background list does not hear it.
	if jobNumber(hc.Env) == 0 {
		defer context.AfterFunc(ctx, func() { syscall.Kill(p.pid, syscall.SIGINT) })()
	}
	ws, stopped := sh.jobs.wait(p)
	streams.wait()
	if sh.programs.Add(1)%trimEvery == 0 {
		debug.FreeOSMemory()
	}
	switch {
	case stopped:
		return statusSignal + int(ws.StopSignal()), nil
	case ws.Signaled():
		sig := ws.Signal()
		sh.reportSignal(hc, ws)
		if sig == syscall.SIGINT && sh.interrupts != nil {
			// The user's Ctrl-C ends the whole line (`while ...; do sleep 1;
			// done`), not only the program that was running.
			sh.interrupts.cancelNow()
		}
		return statusSignal + int(sig), nil
	default:
		return ws.ExitStatus(), nil
	}
}

// reportSignal says what killed a program, except for the two signals that a
// user or a pipeline sends all the time.
func (sh *shell) reportSignal(hc interp.HandlerContext, ws syscall.WaitStatus) {
	switch ws.Signal() {
	case syscall.SIGPIPE:
		return
	case syscall.SIGINT:
		if sh.interrupts != nil {
			fmt.Fprintln(hc.Stderr)
		}
		return
	}
	core := ""
	if ws.CoreDump() {
		core = " (core dumped)"
	}
	fmt.Fprintf(hc.Stderr, "%s%s\n", signalText(ws.Signal()), core)
}

// signalText is strsignal(3): Go's text with a capital letter.
func signalText(sig syscall.Signal) string {
	text := sig.String()
	return strings.ToUpper(text[:1]) + text[1:]
}

// exported is the environment for a program: the exported variables only.
func exported(env expand.Environ) []string {
	var list []string
	for name, v := range env.Each {
		if v.Exported && v.Kind == expand.String {
			list = append(list, name+"="+v.Str)
		}
	}
	return list
}

// streams connects a program's descriptors with the interpreter's readers and
// writers. A file is passed on as it is; anything else (the buffer of a command
// substitution) gets a pipe and a goroutine that copies.
type streams struct {
	files  [3]*os.File
	ours   []*os.File // child's ends, closed once it has started
	copies sync.WaitGroup
}

func newStreams(hc interp.HandlerContext) (*streams, error) {
	s := &streams{}
	if in, ok := hc.Stdin.(*os.File); ok && in != nil {
		s.files[0] = in
	} else {
		null, err := os.Open(os.DevNull)
		if err != nil {
			return nil, err
		}
		s.files[0] = null
		s.ours = append(s.ours, null)
	}
	for i, w := range [2]io.Writer{hc.Stdout, hc.Stderr} {
		if i == 1 && hc.Stderr == hc.Stdout {
			s.files[2] = s.files[1]
			break
		}
		if f, ok := w.(*os.File); ok {
			s.files[i+1] = f
			continue
		}
		r, pw, err := os.Pipe()
		if err != nil {
			s.started()
			return nil, err
		}
		s.files[i+1] = pw
		s.ours = append(s.ours, pw)
		s.copies.Go(func() {
			io.Copy(w, r)
			r.Close()
		})
	}
	return s, nil
}

func (s *streams) fds() []uintptr {
	return []uintptr{s.files[0].Fd(), s.files[1].Fd(), s.files[2].Fd()}
}

func (s *streams) started() {
	for _, f := range s.ours {
		f.Close()
	}
	s.ours = nil
}

func (s *streams) wait() { s.copies.Wait() }

// openFile opens the file of a redirection. Its error is worded as the shell's
// other messages are.
func openFile(ctx context.Context, path string, flag int, perm os.FileMode) (io.ReadWriteCloser, error) {
	f, err := os.OpenFile(absolute(interp.HandlerCtx(ctx).Dir, path), flag, perm)
	if err != nil {
		return nil, &os.PathError{Op: "sh:", Path: path, Err: redirectError{err}}
	}
	return f, nil
}

type redirectError struct{ err error }

func (e redirectError) Error() string { return box.Reason(e.err) }
func (e redirectError) Unwrap() error { return e.err }
