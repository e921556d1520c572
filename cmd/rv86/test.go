package main

import (
	"context"
	"encoding/xml"
	"fmt"
	"io"
	"os"
	"os/signal"
	"path/filepath"
	"regexp"
	"time"

	"rv86/machine/golden"
	"rv86/machine/session"
)

// testCmd is `rv86 test`.
type testCmd struct {
	Update bool     `help:"Store what comes out as what is expected."`
	Run_   string   `name:"run" help:"Only scripts whose name matches." placeholder:"REGEXP"`
	Arch   string   `help:"Machine to boot: ${enum}." enum:"riscv64,i386" default:"riscv64" placeholder:"ARCH"`
	Record string   `help:"Record each script that fails to DIR/NAME.rv86vm, for 'rv86 replay'." placeholder:"DIR"`
	JUnit  string   `name:"junit" help:"Also write a JUnit XML report." placeholder:"FILE"`
	Files  []string `arg:"" name:"file" help:"Golden scripts (txtar)."`
}

// goFlags are the flags that people write with one dash, as with `go test`.
var goFlags = map[string]string{"-update": "--update", "-run": "--run"}

// Run runs the scripts one after the other.
func (c *testCmd) Run(s *streams) error {
	match, err := regexp.Compile(c.Run_)
	if err != nil {
		return fmt.Errorf("--run: %w", err)
	}
	var scripts []*golden.Script
	for _, path := range c.Files {
		sc, err := golden.Load(path)
		if err != nil {
			return err
		}
		if match.MatchString(sc.Name) {
			scripts = append(scripts, sc)
		}
	}
	if len(scripts) == 0 {
		return fmt.Errorf("no script matches %q", c.Run_)
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()

	cfg := golden.Config{ImageDirs: session.ImageDirs(c.Arch), Arch: c.Arch, Update: c.Update}
	if c.Record != "" {
		if err := os.MkdirAll(c.Record, 0o755); err != nil {
			return session.FileError("write", err)
		}
		cfg.Record = func(name string) string { return filepath.Join(c.Record, filepath.Base(name)+".rv86vm") }
	}
	progress := newProgress(s.err)
	suite := junitSuite{Name: "rv86 " + c.Arch}
	failed := 0
	for i, sc := range scripts {
		progress.show("[%d/%d] %s", i+1, len(scripts), sc.Name)
		r, diff, err := sc.Run(ctx, cfg)
		progress.clear()
		if ctx.Err() != nil {
			return &failure{statusSignal + 2, fmt.Errorf("stopped by a signal in %s", sc.Name)}
		}
		if err != nil {
			diff += err.Error() + "\n"
		}
		if diff != "" {
			failed++
			fmt.Fprintf(s.out, "FAIL %s\n%s", sc.Name, diff)
		}
		suite.add(sc.Name, r.Elapsed, diff)
	}
	if c.JUnit != "" {
		if err := suite.write(c.JUnit); err != nil {
			return outputFailure(c.JUnit, err)
		}
	}
	if failed > 0 {
		return &failure{statusTestFailed, fmt.Errorf("%d of %d scripts failed", failed, len(scripts))}
	}
	if _, err := fmt.Fprintf(s.out, "ok: %d scripts\n", len(scripts)); err != nil {
		return outputFailure("the result", err)
	}
	return nil
}

// progress is a line on a terminal that is written over; elsewhere nothing.
type progress struct{ w io.Writer }

func newProgress(w io.Writer) progress {
	if _, ok := isTerminal(w); !ok {
		w = io.Discard
	}
	return progress{w}
}

// clearLine is ECMA-48's "erase in line" after a carriage return.
const clearLine = "\r\x1b[K"

func (p progress) show(format string, args ...any) {
	fmt.Fprintf(p.w, clearLine+format, args...)
}

func (p progress) clear() { fmt.Fprint(p.w, clearLine) }

// The report that CI systems read: JUnit's XML, as its Ant task writes it.
type (
	junitSuite struct {
		XMLName  xml.Name    `xml:"testsuite"`
		Name     string      `xml:"name,attr"`
		Tests    int         `xml:"tests,attr"`
		Failures int         `xml:"failures,attr"`
		Seconds  float64     `xml:"time,attr"`
		Cases    []junitCase `xml:"testcase"`
	}
	junitCase struct {
		Name    string        `xml:"name,attr"`
		Class   string        `xml:"classname,attr"`
		Seconds float64       `xml:"time,attr"`
		Failure *junitFailure `xml:"failure,omitempty"`
	}
	junitFailure struct {
		Message string `xml:"message,attr"`
		Text    string `xml:",chardata"`
	}
)

func (s *junitSuite) add(name string, d time.Duration, diff string) {
	c := junitCase{Name: name, Class: s.Name, Seconds: d.Seconds()}
	s.Tests++
	s.Seconds += d.Seconds()
	if diff != "" {
		s.Failures++
		c.Failure = &junitFailure{Message: "not as expected", Text: diff}
	}
	s.Cases = append(s.Cases, c)
}

func (s *junitSuite) write(path string) error {
	b, err := xml.MarshalIndent(s, "", "  ")
	if err != nil {
		return err
	}
	return os.WriteFile(path, append(append([]byte(xml.Header), b...), '\n'), 0o644)
}
