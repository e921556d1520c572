package gdb_test

import (
	"bufio"
	"bytes"
	"debug/elf"
	"fmt"
	"io"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"rv86/kernel/abi"
	"rv86/kmod/kbuild"
	"rv86/tests/lab"
	"rv86/tests/lab/modbuild"
)

const (
	commands = "insmod hello; rmmod hello"
	// patience is for a loaded machine.
	patience = 3 * time.Minute
)

// guest is a machine that waits for gdb.
type guest struct {
	cmd  *exec.Cmd
	addr string
	out  bytes.Buffer
}

var waitingRE = regexp.MustCompile(`waiting for gdb: target remote (\S+)`)

func start(t *testing.T, arch string) *guest { return startWith(t, arch, "-c", commands) }

// startWith gives rv86 further arguments.
func startWith(t *testing.T, arch string, args ...string) *guest {
	t.Helper()
	g := &guest{cmd: exec.Command(lab.Command(t, arch), append([]string{"run", "--arch", arch, "--gdb", "0"}, args...)...)}
	g.cmd.Stdout = &g.out
	pipe, err := g.cmd.StderrPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := g.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { g.cmd.Process.Kill(); g.cmd.Wait() })
	line, err := bufio.NewReader(pipe).ReadString('\n')
	m := waitingRE.FindStringSubmatch(line)
	if m == nil {
		t.Fatalf("rv86 says %q, %v", line, err)
	}
	g.addr = m[1]
	go io.Copy(io.Discard, pipe)
	return g
}

// wait waits for the machine's end.
func (g *guest) wait(t *testing.T) {
	t.Helper()
	done := make(chan error, 1)
	go func() { done <- g.cmd.Wait() }()
	select {
	case err := <-done:
		if err != nil {
			t.Errorf("rv86: %v", err)
		}
	case <-time.After(patience):
		t.Fatal("rv86 does not end")
	}
}

// gdb runs gdb with commands, of which the first connects.
func gdb(t *testing.T, g *guest, commands ...string) string {
	t.Helper()
	path := lab.Tool(t, "gdb-multiarch", "gdb-multiarch")
	args := []string{"-nx", "-batch", "-ex", "target remote " + g.addr}
	for _, c := range commands {
		args = append(args, "-ex", c)
	}
	cmd := exec.Command(path, args...)
	timer := time.AfterFunc(patience, func() { cmd.Process.Kill() })
	defer timer.Stop()
	out, err := cmd.CombinedOutput()
	if err != nil {
		t.Fatalf("gdb: %v\n%s", err, out)
	}
	return string(out)
}

var archs = []string{"riscv64", "i386"}

// inOrder checks that a text has parts one after the other.
func inOrder(t *testing.T, text string, parts ...string) {
	t.Helper()
	rest := text
	for _, p := range parts {
		loc := regexp.MustCompile(p).FindStringIndex(rest)
		if loc == nil {
			t.Fatalf("%q does not come, or not in this order, in\n%s", p, text)
		}
		rest = rest[loc[1]:]
	}
}

// TestGDB: breakpoints in a module that is not loaded yet, stepping in both
// directions, the monitor's commands, detaching; the machine then runs on.
func TestGDB(t *testing.T) {
	for _, arch := range archs {
		t.Run(arch, func(t *testing.T) {
			t.Parallel()
			g := start(t, arch)
			out := gdb(t, g,
				"set language c", "set breakpoint pending on", "b hello_init", "c", "bt 1", "info sharedlibrary", "set $here = $pc",
				"stepi", "stepi", "reverse-stepi", "reverse-stepi", "p $pc == $here", "monitor lsmod",
				"p $sp", "x/2i $pc", "reverse-stepi", "reverse-continue", "detach")
			inOrder(t, out,
				`Breakpoint 1 \(hello_init\) pending`, `Breakpoint 1, `, `#0 .*init`, `target:/lib/modules/hello.ko`,
				`\$1 = 1`, `(?m)^hello +\d+ +Loading`, `\$2 = `, `=> 0x`, `No more reverse-execution history`, `detached`)
			g.wait(t)
			if want := "Hello, world from hello.ko\nGoodbye, world from hello.ko\n"; g.out.String() != want {
				t.Errorf("the guest prints %q; want %q", &g.out, want)
			}
		})
	}
}

// TestSetRegisters: gdb changes what the target description lists, and is told why
// what a register cannot hold is refused.
func TestSetRegisters(t *testing.T) {
	type set struct{ command, says string }
	for arch, sets := range map[string][]set{
		"riscv64": {
			{"set $s1 = 5", ""},
			{"p $s1", `= 5\n`},
			{"set $fa0.double = 1.5", ""},
			{"set $ft11.float = -2", ""},
			{"p $fa0.double", `= 1\.5\n`},
			{"p $ft11.float", `= -2\n`},
			{"set $frm = 1", ""},
			{"p $fcsr", `= 32\n`},
			{"set $sscratch = 0x1234", ""},
			{"p/x $sscratch", `= 0x1234\n`},
			{"p $misa = 0", `Could not write register "misa".*misa cannot be changed: the register is read-only`},
			{"p $pc = 1", `instructions are at even addresses`},
		},
		"i386": {
			{"set $ecx = 5", ""},
			{"p $ecx", `= 5\n`},
			{"set $eflags = $eflags | 1", ""},
			{"p $eflags", `= \[ CF.* \]\n`},
			{"set $xmm7.v4_int32[2] = -7", ""},
			{"p $xmm7.v4_int32", `= \{0, 0, -7, 0\}\n`},
			{"set $st2 = 1.5", ""},
			{"p $st2", `= 1\.5\n`},
			{"set $mm5.uint64 = 0x55", ""},
			{"p/x $mm5.uint64", `= 0x55\n`},
			{"set $ftag = 0xffff", ""},
			{"p/x $ftag", `= 0xffff\n`},
			{"set $mxcsr = 0x1f00", ""},
			{"p/x $mxcsr", `= 0x1f00\n`},
			{"set $fs = 0", ""},
			{"p $fs", `= 0\n`},
			{"set $dr1 = 0xc0001000", ""},
			{"p/x $dr1", `= 0xc0001000\n`},
			{"set $cr2 = 0x77", ""},
			{"p/x $cr2", `= 0x77\n`},
			{"p $ds = 0x998", `Could not write register "ds".*selector 0x998 is beyond the limit of its descriptor table`},
			{"p $ss = $cs", `cannot be loaded into SS at privilege level 0: it would be GP; its descriptor is code of level 0`},
			{"p $cr4 = 1", `CR4 cannot be 0x1: bits 0x1 do not exist`},
		},
	} {
		t.Run(arch, func(t *testing.T) {
			t.Parallel()
			g := start(t, arch)
			commands := []string{"set language c", "set breakpoint pending on", "b hello_init", "c", `echo begin\n`}
			order := []string{`(?m)^begin$`}
			for _, s := range sets {
				commands = append(commands, s.command)
				if s.says != "" {
					order = append(order, s.says)
				}
			}
			out := gdb(t, g, append(commands, "kill")...)
			inOrder(t, out, order...)
			g.wait(t)
		})
	}
}

// TestStack: a stack goes from a module through the kernel to where its goroutine
// began.
func TestStack(t *testing.T) {
	for _, arch := range archs {
		t.Run(arch, func(t *testing.T) {
			t.Parallel()
			tc := modbuild.Toolchain(t, arch)
			m := kbuild.Module{Name: "watchme", Sources: []string{"../monitor/src/watchme/watchme.c"}}
			built, err := kbuild.Build(tc, []kbuild.Module{m}, kbuild.Options{Out: t.TempDir(), Log: os.Stderr, InTree: true})
			if err != nil {
				t.Fatal(err)
			}
			g := startWith(t, arch, "--module", built[0].File, "-c", "insmod watchme n=2")
			out := gdb(t, g, "set language c", "set breakpoint pending on", "b watchme_init", "c", "bt", "kill")
			inOrder(t, out, `#0 +watchme_init \(\) at .*watchme\.c:`, `#1 +<signal handler called>\n`, `module\.\(\*machine\)\.Call \(`,
				`module\.\(\*Kernel\)\.Load \(`, `sys\.sysFinitModule \(`, `task\.\(\*Thread\)\.run \(`, `runtime\.goexit \(`)
			g.wait(t)
		})
	}
}

// generation is the address of the word that the kernel changes with its list of
// modules.
func generation(t *testing.T, arch string) uint64 {
	t.Helper()
	f, err := elf.Open(filepath.Join("..", "..", "images", arch, "kernel.elf"))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	all, err := f.Symbols()
	if err != nil {
		t.Fatal(err)
	}
	word := uint64(8)
	if f.Class == elf.ELFCLASS32 {
		word = 4
	}
	for _, s := range all {
		if s.Name == abi.DebugListSymbol {
			return s.Value + abi.DebugHeadGeneration*word
		}
	}
	t.Fatalf("the kernel has no %s", abi.DebugListSymbol)
	return 0
}

// TestWatchpoint watches a word of the kernel's change, in both directions.
func TestWatchpoint(t *testing.T) {
	for _, arch := range archs {
		t.Run(arch, func(t *testing.T) {
			t.Parallel()
			g := start(t, arch)
			out := gdb(t, g,
				"set language c", "set breakpoint pending on", "b hello_init", "c", "delete 1",
				fmt.Sprintf("watch *(unsigned int *) %#x", generation(t, arch)), "c", "p 1", "reverse-continue", "p 2", "kill")
			inOrder(t, out, `Hardware watchpoint 2`, `Hardware watchpoint 2: `, `Old value = `, `New value = `, `\$1 = 1`, `\$2 = 2`)
			g.wait(t)
		})
	}
}

// TestAttachAgain: a client that leaves without a word does no harm, nor does a
// second one.
func TestAttachAgain(t *testing.T) {
	g := start(t, "riscv64")
	first := dial(t, g)
	first.ask("qSupported:swbreak+")
	second := dial(t, g)
	second.SetReadDeadline(time.Now().Add(patience))
	if n, err := second.Read(make([]byte, 1)); n != 0 || err == nil {
		t.Errorf("a second client is answered: %d bytes, %v", n, err)
	}
	if got := first.ask("?"); !strings.HasPrefix(got, "T05") {
		t.Errorf("? gives %q", got)
	}
	first.Close()
	g.wait(t) // without a client the machine runs to its end
}

// TestGarbage: packets that make no sense get an answer, and the machine lives.
func TestGarbage(t *testing.T) {
	g := start(t, "i386")
	c := dial(t, g)
	for _, p := range []string{
		"", "m", "mzz,4", "mffffffffffffffff,ffffffffffffffff", "M0,4:00", "M0,1:zz", "X0,5:a", "p", "pffff", "P0", "P0=", "P0=zz", "Pffffffff=00",
		"G", "G00", "Gxx", "Z", "Z0", "Z9,0,1", "Z2,0,ffffffffffffffff", "z1,1,1", "bz", "b", "v", "vCont", "vCont;", "vCont;x",
		"vFile:", "vFile:open:zz", "vFile:pread:0,1,1", "vFile:pread:ff,1", "vFile:close:-1", "vFile:open:2f6b65726e656c2e656c66,0,0", "vFile:pread:0,ffffffffffffffff,ffffffffffffffff",
		"vFile:pread:0,10,0", "qXfer", "qXfer:features:read:target.xml:zz", "qXfer:features:read:target.xml:ffffff,ffffff", "qXfer:memory:read::0,1",
		"qRcmd,zz", "qRcmd,71756974", "q", "Q", "!", "\x00\xff", "H", "T99", strings.Repeat("z", 5000),
	} {
		c.send(p)
		c.reply()
	}
	io.WriteString(c, "$m0,4#00") // a wrong checksum
	io.WriteString(c, "noise+++---")
	if got := c.ask("qC"); got != "QC1" {
		t.Errorf("after garbage qC gives %q", got)
	}
	io.WriteString(c, "$"+strings.Repeat("x", 100_000)) // longer than packets are: the client is sent away
	c.SetReadDeadline(time.Now().Add(patience))
	io.Copy(io.Discard, c)
	g.wait(t)
	if want := "Hello, world from hello.ko\nGoodbye, world from hello.ko\n"; g.out.String() != want {
		t.Errorf("the guest prints %q; want %q", &g.out, want)
	}
}

// client speaks the protocol.
type client struct {
	net.Conn
	t *testing.T
	r *bufio.Reader
}

func dial(t *testing.T, g *guest) *client {
	t.Helper()
	c, err := net.Dial("tcp", g.addr)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { c.Close() })
	return &client{c, t, bufio.NewReader(c)}
}

func (c *client) send(p string) {
	sum := byte(0)
	for i := range len(p) {
		sum += p[i]
	}
	fmt.Fprintf(c, "$%s#%02x", p, sum)
}

// reply returns the next packet that is no console output.
func (c *client) reply() string {
	c.t.Helper()
	c.SetReadDeadline(time.Now().Add(patience))
	for {
		if _, err := c.r.ReadString('$'); err != nil {
			c.t.Fatalf("no reply: %v", err)
		}
		p, err := c.r.ReadString('#')
		if err != nil {
			c.t.Fatalf("half a reply: %v", err)
		}
		if p = strings.TrimSuffix(p, "#"); !strings.HasPrefix(p, "O") || p == "OK" {
			return p
		}
	}
}

func (c *client) ask(p string) string {
	c.t.Helper()
	c.send(p)
	return c.reply()
}
