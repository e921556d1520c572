package apinet

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"rv86/images/modules"
	"rv86/tests/lab"
	"rv86/tests/lab/modbuild"
)

// guest runs commands on a machine with modules in /lib/modules.
func guest(t *testing.T, arch string, files []string, cmd string) string {
	t.Helper()
	r := lab.Guest{Arch: arch, Modules: files}.Run(t, cmd)
	return fmt.Sprintf("$ %s\n%sstatus %d\n\n", cmd, r.Out, r.Status)
}

// changing is what says nothing about the network's behaviour: times, and of reports
// what another compiler would make otherwise.
var changing = []struct {
	re *regexp.Regexp
	to string
}{
	{regexp.MustCompile(`time=[0-9.]+ ms`), "time=T ms"},
	{regexp.MustCompile(`(?m)^round-trip .*$`), "round-trip min/avg/max = T/T/T ms"},
	{regexp.MustCompile(`(?ms)^(Modules linked in:|CPU: 0 PID).*?^---\[ end trace`), "---[ end trace"},
	{regexp.MustCompile(`0x[0-9a-f]{8,16}`), "ADDR"},
	{regexp.MustCompile(`\+0x[0-9a-f]+/0x[0-9a-f]+`), "+OFF"},
	{regexp.MustCompile(`(?m)^(WARNING: CPU: 0 )PID:? \d+`), "${1}PID N"},
	{regexp.MustCompile(`(?m)^(WARNING: .* at \w+) .*$`), "$1"},
	{regexp.MustCompile(`\d+ bytes not freed: \d+ bytes`), "N bytes not freed: N bytes"},
}

func golden(t *testing.T, name, got string) {
	t.Helper()
	for _, c := range changing {
		got = c.re.ReplaceAllString(got, c.to)
	}
	lab.Golden(t, name+".txt", "What the guest prints; go test ./tests/api-net -update writes it.", got)
}

// loopScripts need no module.
var loopScripts = []string{
	"ifconfig; ping -c 2 localhost; ping -q -c 1 -s 20000 127.3.2.1; ip addr; ip route; cat /proc/net/dev /proc/net/route /proc/net/arp; " +
		"ls /sys/class/net/lo/ /sys/class/net/lo/statistics; cat /sys/class/net/lo/operstate /sys/class/net/lo/address",
	"nc -u -l -p 5000 -w 3 </proc/net/udp >/tmp/got & sleep 0.1; cat /proc/net/udp; echo to you | nc -u -w 1 127.0.0.1 5000; sleep 3; cat /tmp/got; " +
		"echo x | nc -u -w 1 127.0.0.1 5001; nc 127.0.0.1 5000; nc -u 127.0.0.1 0; nc -u; ping; ping nohost; ping 10.0.0.1; ping -c 0x 127.0.0.1",
	"ifconfig lo down; ping -c 1 127.0.0.1; ip link; ifconfig lo up; ping -q -c 1 127.0.0.1; ifconfig lo 127.0.0.2 netmask 255.255.0.0; ip addr show lo; " +
		"ifconfig eth9; ifconfig eth9 up; ip link set lo mtu 100; ping -q -c 1 -s 1000 127.0.0.2; route add default gw 9.9.9.9; ip addr del 127.0.0.2/8 dev lo; ip addr",
}

// stationScripts use a link with a host at its other end.
var stationScripts = []string{
	"insmod station; ifconfig eth0 10.1.0.1/24; ping -c 2 10.1.0.7; ip neigh; echo hi | nc -u -w 1 10.1.0.8 9; ping -c 1 -s 5000 10.1.0.7; ifconfig eth0; ip addr; rmmod station; ip link",
	"insmod station; ifconfig eth0 10.1.0.1 netmask 255.255.255.0 mtu 600; ping -q -c 1 -s 3000 10.1.0.7; ip link set eth0 address 02:00:00:00:00:05; ip link set eth0 down; " +
		"ip link set eth0 address 02:00:00:00:00:05; ip link set eth0 address 03:00:00:00:00:05; ip link set eth0 name lan0; ls /sys/class/net; ip link set lan0 mtu 60; " +
		"ip link set lan0 up; ip route add default via 10.1.0.254; route; ping -q -c 1 8.8.8.8; ip route del default; ping -c 1 8.8.8.8; ip link set lan0 name eth0; (sleep 9 | nc -u 10.1.0.4 7) & sleep 0.1; rmmod station; ip route",
	"insmod station busy=2; ifconfig eth0 10.1.0.1; ping -q -c 4 10.1.0.7; rmmod station; insmod station stop=1; ifconfig eth0 10.1.0.1; ping -q -i 0 -c 5 10.1.0.7; " +
		"cat /sys/class/net/eth0/statistics/tx_packets; rmmod station; insmod station forget=1; ifconfig eth0 10.1.0.1; rmmod station; ip link; ping -c 1 10.1.0.7",
}

// filterScripts look at packets, and lose or change some.
var filterScripts = []string{
	"insmod station; ifconfig eth0 10.1.0.1/24; insmod filter drop=100 turn=1; ping -c 1 127.0.0.1; ping -q -c 1 10.1.0.7; ping -q -c 1 -W 1 -s 100 127.0.0.1; " +
		"ping -q -c 1 -W 1 -s 101 127.0.0.1; nc -u -l -p 2000 -w 3 >/tmp/got </dev/null & sleep 0.1; echo turned | nc -u -w 1 127.0.0.1 1000; sleep 3; cat /tmp/got; " +
		"rmmod filter; ping -q -c 1 -s 100 127.0.0.1; insmod filter forget=1; rmmod filter; ping -q -c 1 127.0.0.1",
}

// mistakes are the ways in which wrong.c errs and the kernel goes on.
var mistakes = []string{"none", "length", "data", "header", "nodev", "freed", "forget", "noops", "name", "addr", "live", "again", "freedev"}

// sendMistakes are those of its start_xmit; crashes end the caller.
var (
	sendMistakes = []string{"twice", "keep"}
	crashes      = []string{"over", "under", "null"}
)

func wrongScripts() []string {
	var b strings.Builder
	for _, how := range mistakes {
		fmt.Fprintf(&b, "echo == %s; insmod wrong how=%s; echo $?; rmmod wrong; ", how, how)
	}
	for _, how := range sendMistakes {
		fmt.Fprintf(&b, "echo == %s; insmod wrong how=%s; ifconfig eth0 10.0.0.1; ping -q -c 1 -W 1 10.0.0.255; ping -q -c 1 -W 1 10.0.0.3; rmmod wrong; ", how, how)
	}
	scripts := []string{b.String() + "ip link"}
	for _, how := range crashes {
		scripts = append(scripts, "insmod wrong how="+how+"; ping -q -c 1 127.0.0.1")
	}
	return append(scripts, "insmod wrong how=xmit; ifconfig eth0 10.0.0.1; ping -c 1 10.0.0.3; ifconfig eth0 down; rmmod wrong; ping -q -c 1 127.0.0.1")
}

func TestLoopback(t *testing.T) { run(t, "loopback", "", loopScripts) }

func TestStation(t *testing.T) { run(t, "station", "src", stationScripts) }

func TestFilter(t *testing.T) { run(t, "filter", "src", filterScripts) }

func TestWrong(t *testing.T) { run(t, "wrong", "src", wrongScripts()) }

// run runs scripts on both machines, with the modules of a tree, and compares what
// they print: it is the same on both.
func run(t *testing.T, name, src string, scripts []string) {
	lab.Each(t, func(t *testing.T, m lab.Machine) {
		var files []string
		if src != "" {
			files = modbuild.Modules(t, m.Arch, modules.Tree{Src: src})
		}
		var b strings.Builder
		for _, cmd := range scripts {
			b.WriteString(guest(t, m.Arch, files, cmd))
		}
		golden(t, name+"-"+m.Arch, b.String())
	})
}

// snullDir names the checkout that has snull.
const snullDir = "RV86_LDD3"

// TestSnull builds snull of Linux Device Drivers, unchanged, and has it carry packets.
func TestSnull(t *testing.T) {
	dir := os.Getenv(snullDir)
	if dir == "" {
		t.Skip("SKIPPED: " + snullDir + " names no checkout of the examples of Linux Device Drivers (github.com/martinezjavier/ldd3)")
	}
	lab.Each(t, func(t *testing.T, m lab.Machine) {
		out := t.TempDir()
		r := lab.Exec(t, exec.Command(lab.Command(t, m.Arch), "mod", "build", "--arch", m.Arch, "-o", out, filepath.Join(dir, "snull")))
		if r.Status != 0 {
			t.Fatal(r.Err)
		}
		for _, flags := range []string{"", "use_napi=0", "lockup=3 timeout=25"} {
			text := guest(t, m.Arch, []string{filepath.Join(out, "snull.ko")}, "insmod snull "+flags+
				"; ifconfig sn0 192.168.0.1; ifconfig sn1 192.168.1.2; ping -c 6 192.168.0.2; ping -q -c 2 -s 4000 192.168.1.1; rmmod snull; ip link | grep sn; echo unloaded")
			for _, want := range []string{"6 packets transmitted, 6 packets received", "2 packets transmitted, 2 packets received", "unloaded"} {
				if !strings.Contains(text, want) {
					t.Errorf("%q: no %q in\n%s", flags, want, text)
				}
			}
		}
	})
}

// TestSockets runs the program of socket calls.
func TestSockets(t *testing.T) {
	lab.Each(t, func(t *testing.T, m lab.Machine) {
		file := lab.Program(t, m.GOARCH, "./sockets")
		r := lab.Guest{Arch: m.Arch, Files: []string{file + ":/bin/sockets"}}.Run(t, "sockets; dmesg -t | grep -v Command | grep -i -e panic -e oops -e BUG:; ping -q -c 1 127.0.0.1 | grep loss")
		if want := "ok\n1 packets transmitted, 1 packets received, 0% packet loss\n"; r.Out != want {
			t.Errorf("%s", r.Out)
		}
	})
}

// TestMemory loads, uses and unloads a driver, with sockets that stay open, and finds
// the modules' memory as it was.
func TestMemory(t *testing.T) {
	const cycles = 10
	one := "insmod station stop=1; ifconfig eth0 10.1.0.1; ping -q -c 2 -s 3000 10.1.0.7 >/dev/null; ping -q -c 1 -W 0 10.200.0.1 >/dev/null; rmmod station; "
	memory := "grep -e Slab -e VmallocUsed /proc/meminfo; "
	lab.Each(t, func(t *testing.T, m lab.Machine) {
		files := modbuild.Modules(t, m.Arch, modules.Tree{Src: "src"})
		r := lab.Guest{Arch: m.Arch, Modules: files}.Run(t, "dmesg -n 1; nc -u -l -p 9 & "+one+memory+strings.Repeat(one, cycles)+memory)
		lines := strings.Split(strings.TrimSpace(r.Out), "\n")
		if n := len(lines); n < 4 || lines[n-4] != lines[n-2] || lines[n-3] != lines[n-1] {
			t.Errorf("before and after %d loads:\n%s", cycles, r.Out)
		}
	})
}
