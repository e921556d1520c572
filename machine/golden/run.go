package golden

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/alecthomas/kong"
	"github.com/rogpeppe/go-internal/diff"

	"rv86/machine"
	"rv86/machine/session"
)

// defaultTimeout keeps a script that hangs from hanging the tests. It is host
// time, generous because tests run beside others.
const defaultTimeout = 2 * time.Minute

// Result is what a run gave.
type Result struct {
	Stdout   string
	Status   int
	LastLine string // the reason on stderr, as the command prints it; often empty
	Elapsed  time.Duration
}

// Config is common to all scripts of a run.
type Config struct {
	ImageDirs []string
	Arch      string // "" for the default
	Update    bool   // store what comes out instead of comparing
	// Record names the file to which a script that failed is recorded: it is
	// run once more for that, which gives the same. nil: none is.
	Record func(script string) string
}

// Run runs the script. diff is empty if everything was as expected; err says
// that the script could not be run.
func (s *Script) Run(ctx context.Context, c Config) (r Result, diff string, err error) {
	r, err = s.execute(ctx, c, "")
	if err != nil {
		return r, "", fmt.Errorf("%s: %w", s.path, err)
	}
	if c.Update {
		return r, "", s.update(r, c.Arch)
	}
	diff = s.forArch(c.Arch).compare(r)
	if diff != "" && c.Record != nil && ctx.Err() == nil {
		name := c.Record(s.Name)
		if _, err := s.execute(ctx, c, name); err != nil {
			return r, diff, fmt.Errorf("%s: record it: %w", s.path, err)
		}
		diff += fmt.Sprintf("repeat it with: rv86 replay %s\n", name)
	}
	return r, diff, nil
}

// execute runs the script, and records the run if it is told where.
func (s *Script) execute(ctx context.Context, c Config, record string) (r Result, err error) {
	work, err := os.MkdirTemp("", "rv86-golden-")
	if err != nil {
		return r, err
	}
	defer os.RemoveAll(work)
	var console bytes.Buffer
	opts := session.Options{ImageDirs: c.ImageDirs, Console: &console}
	if opts.Flags, err = s.flags(work, c.Arch); err != nil {
		return r, err
	}
	if opts.Guest, err = s.unpack(work); err != nil {
		return r, err
	}
	begin := time.Now()
	v, closeFiles, err := session.Open(opts)
	if err != nil {
		// What the command would have said: scripts may expect that.
		return Result{Status: 2, LastLine: "rv86: " + err.Error()}, nil
	}
	defer closeFiles()
	ctx, cancel := opts.WithLimits(ctx)
	defer cancel()
	cfg := machine.RunConfig{MaxInsns: opts.MaxInsns}
	if in, ok := s.file(fileStdin); ok {
		cfg.Input = machine.NewInput(strings.NewReader(in), true)
	}
	runner := v.NewRunner(cfg)
	var recording *session.Recording
	if record != "" {
		if recording, err = opts.Record(record, runner, false); err != nil {
			return r, err
		}
	}
	_, out := runner.Advance(ctx, machine.Goal{})
	if err := recording.Finish(runner, out); err != nil {
		return r, err
	}
	masks, err := s.masks()
	if err != nil {
		return r, err
	}
	r = Result{Stdout: masks.Apply(console.String()), Status: out.Status, Elapsed: time.Since(begin)}
	if out.Reason != "" {
		r.LastLine = "rv86: " + out.Reason
	}
	return r, out.Err
}

// flags parses the script's flags.
func (s *Script) flags(work, arch string) (f session.Flags, err error) {
	text, _ := s.file(fileArgs)
	var args []string
	if arch != "" {
		args = append(args, "--arch="+arch)
	}
	for line := range strings.Lines(text) {
		if line = strings.TrimSpace(line); line != "" {
			args = append(args, strings.ReplaceAll(line, "$WORK", work))
		}
	}
	// A line is one word, but "--memory 32M" is what people write.
	var words []string
	for _, a := range args {
		flag, value, ok := strings.Cut(a, " ")
		words = append(words, flag)
		if ok {
			words = append(words, value)
		}
	}
	p, err := kong.New(&f, kong.Exit(func(int) {}))
	if err != nil {
		return f, err
	}
	if _, err := p.Parse(words); err != nil {
		return f, fmt.Errorf("args: %w", err)
	}
	if cmd, ok := s.file(fileCmd); ok {
		f.Command = &cmd
	}
	if f.Timeout == 0 {
		f.Timeout = defaultTimeout
	}
	return f, nil
}

// unpack writes the files that belong to the host into work and returns those
// that belong to the guest.
func (s *Script) unpack(work string) (guest []session.GuestFile, err error) {
	for _, f := range s.archive.Files {
		switch f.Name {
		case fileCmd, fileArgs, fileStdin, fileMask:
			continue
		}
		if isExpectation(f.Name) {
			continue
		}
		if name, ok := strings.CutPrefix(f.Name, guestDir); ok {
			guest = append(guest, session.GuestFile{Path: "/" + name, Mode: guestMode(f.Data), Data: f.Data})
			continue
		}
		if !filepath.IsLocal(f.Name) {
			return nil, fmt.Errorf("%q is not a name inside the archive", f.Name)
		}
		to := filepath.Join(work, f.Name)
		if err := errors.Join(os.MkdirAll(filepath.Dir(to), 0o755), os.WriteFile(to, f.Data, 0o644)); err != nil {
			return nil, err
		}
	}
	return guest, nil
}

// guestMode: txtar has no permissions; a script for the shell is to be run.
func guestMode(data []byte) uint64 {
	if bytes.HasPrefix(data, []byte("#!")) {
		return 0o755
	}
	return 0o644
}

// compare returns a report of the differences, empty if there are none.
func (s *Script) compare(r Result) string {
	var b strings.Builder
	if d := diff.Diff("expected stdout", []byte(s.stdout()), "actual stdout", []byte(r.Stdout)); d != nil {
		b.Write(d)
		if !strings.HasSuffix(b.String(), "\n") {
			b.WriteByte('\n')
		}
	}
	status, _ := s.status()
	if status != r.Status {
		fmt.Fprintf(&b, "exit status %d, expected %d\n", r.Status, status)
	}
	re, _ := s.stderr()
	switch {
	case re != nil && !re.MatchString(r.LastLine):
		fmt.Fprintf(&b, "last line on stderr %q, expected to match %s\n", r.LastLine, re)
	case b.Len() > 0 && r.LastLine != "":
		fmt.Fprintf(&b, "%s\n", r.LastLine)
	}
	return b.String()
}
