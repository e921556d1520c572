package monitor_test

import (
	"bytes"
	"context"
	"flag"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"

	"rv86/kmod/kbuild"
	"rv86/machine"
	"rv86/machine/debug"
	"rv86/machine/session"
	"rv86/monitor"
	"rv86/monitor/debuginfo"
	"rv86/tests/lab"
	"rv86/tests/lab/modbuild"
)

var archs = session.Archs

// watchme compiles the module for a machine; the test is skipped, loudly, where
// its compiler is missing.
func watchme(t *testing.T, arch string) string {
	t.Helper()
	built, err := build(arch, modbuild.Toolchain(t, arch))
	if err != nil {
		t.Fatal(err)
	}
	return built
}

// built is watchme.ko by machine, compiled once.
var (
	builtMu sync.Mutex
	built   = map[string]string{}
	dir     string
)

func build(arch string, tc *kbuild.Toolchain) (string, error) {
	builtMu.Lock()
	defer builtMu.Unlock()
	if f := built[arch]; f != "" {
		return f, nil
	}
	out := filepath.Join(dir, arch)
	if err := os.MkdirAll(out, 0o755); err != nil {
		return "", err
	}
	// Without the reordering of -O2 a line is one stretch of code.
	m := kbuild.Module{Name: "watchme", Sources: []string{"src/watchme/watchme.c"}, Flags: [][]string{{"-Og"}}}
	bs, err := kbuild.Build(tc, []kbuild.Module{m}, kbuild.Options{Out: out, Log: os.Stderr, InTree: true})
	if err != nil {
		return "", err
	}
	built[arch] = bs[0].File
	return bs[0].File, nil
}

// program compiles src/prog for a machine, once.
func program(t *testing.T, arch string) string {
	t.Helper()
	builtMu.Lock()
	defer builtMu.Unlock()
	name := "prog." + arch
	if f := built[name]; f != "" {
		return f
	}
	lab.Sources(t, lab.Find(arch).GOARCH, "./src/prog")
	out := filepath.Join(dir, name)
	cmd := exec.Command("go", "build", "-trimpath", "-o", out, "./src/prog")
	cmd.Env = append(os.Environ(), "GOOS=linux", "GOARCH="+lab.Find(arch).GOARCH, "CGO_ENABLED=0")
	if text, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, text)
	}
	built[name] = out
	return out
}

func TestMain(m *testing.M) {
	flag.Parse()
	var err error
	if dir, err = os.MkdirTemp("", "rv86-monitor"); err != nil {
		panic(err)
	}
	status := m.Run()
	os.RemoveAll(dir)
	os.Exit(status)
}

// bench is a machine with a monitor.
type bench struct {
	t      *testing.T
	out    bytes.Buffer // of guest and monitor
	engine *debug.Engine
	config monitor.Config
	mon    *monitor.Monitor
}

const memory = 64 << 20

func newBench(t *testing.T, arch, command string) *bench {
	t.Helper()
	l := &bench{t: t}
	o := session.Options{
		Flags:     session.Flags{Arch: arch, Memory: memory, Command: &command, Module: []string{watchme(t, arch)}, File: []string{program(t, arch) + ":/bin/prog"}},
		ImageDirs: []string{lab.Images(t, arch)}, Console: &l.out,
	}
	m, closeFiles, err := session.Open(o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(closeFiles)
	if l.engine, err = debug.New(m.NewRunner(machine.RunConfig{Input: machine.PushedInput()}), debug.Config{}); err != nil {
		t.Fatal(err)
	}
	fs, err := session.ReadGuestFS(o)
	if err != nil {
		t.Fatal(err)
	}
	kernel, err := debuginfo.Load("kernel", fs.Kernel, nil)
	if err != nil {
		t.Fatal(err)
	}
	mods := fs.Modules()
	l.config = monitor.Config{
		Target: l.engine, Out: &l.out, Kernel: kernel, Program: fs.File, Sources: []string{"src/watchme", "src/prog"},
		Modules: slices.Sorted(maps.Keys(mods)), Module: func(name string) ([]byte, bool) { return fs.File(mods[name]) },
		Foreground: func() (context.Context, func()) { return context.Background(), func() {} },
	}
	l.fresh()
	return l
}

// fresh begins a new session on the machine as it is.
func (l *bench) fresh() {
	var err error
	if l.mon, err = monitor.New(l.config); err != nil {
		l.t.Fatal(err)
	}
}

// run executes commands, and gives what was printed.
func (l *bench) run(script string) (string, error) {
	l.out.Reset()
	err := l.mon.RunScript(strings.NewReader(script))
	return l.out.String(), err
}

// must is run for commands that must not fail.
func (l *bench) must(script string) string {
	l.t.Helper()
	text, err := l.run(script)
	if err != nil {
		l.t.Fatalf("%v\n%s", err, text)
	}
	return text
}

// What changes with every build of the kernel: modules lie behind its exports.
var volatile = []struct {
	re *regexp.Regexp
	by string
}{
	{regexp.MustCompile(`\b(goto|[Ii]nstruction|insn) \d+`), "$1 N"},
	{regexp.MustCompile(`\.(go|s):\d+`), ".$1:N"},
	{regexp.MustCompile(`0x[0-9a-f]{8,16}\b`), "ADDR"},
	{regexp.MustCompile(`auipc (\w+),0x[0-9a-f]+`), "auipc $1,N"},
}

func stable(s string) string {
	for _, v := range volatile {
		s = v.re.ReplaceAllString(s, v.by)
	}
	return s
}
