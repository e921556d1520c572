package apisync

import (
	"fmt"
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

// changing is what says nothing about the kernel's behaviour: addresses and
// offsets into code, which another compiler would make others, and registers.
var changing = []struct {
	re *regexp.Regexp
	to string
}{
	{regexp.MustCompile(`\[<[0-9a-f]+>\]`), "[<ADDR>]"},
	{regexp.MustCompile(`(?m)^ \? .*\n`), ""}, // what an older call left on the stack
	{regexp.MustCompile(`\+0x[0-9a-f]+/0x[0-9a-f]+`), "+OFF"},
	{regexp.MustCompile(`\b(0x)?([0-9a-f]{16}|[1-9a-f][0-9a-f]{7})\b`), "HEX"},
	{regexp.MustCompile(`(?m)^(WARNING: CPU: 0 |CPU: 0 |.*\()PID:? \d+`), "${1}PID N"},
	{regexp.MustCompile(`(insmod|looper|kworker/0:0|swapper/0)(/0x[0-9a-f]+)?([/\[])\d+`), "$1$2${3}N"},
	{regexp.MustCompile(`\bpid: \d+`), "pid: N"},
	{regexp.MustCompile(`(?m)^(Code: |status: |DS: | ra : |epc : |EIP: |[ a-zA-Z0-9]{3,4}: HEX).*\n`), ""},
}

func stable(s string) string {
	for _, c := range changing {
		s = c.re.ReplaceAllString(s, c.to)
	}
	return s
}

// loads is a script that loads and removes a module, with each of some
// parameters.
func loads(name string, params ...string) string {
	return fmt.Sprintf("for p in %s; do insmod %s $p; rmmod %s; done", strings.Join(params, " "), name, name)
}

// sound are the scripts of what works.
var sound = []string{
	"for m in wq1 later patch rtcirq structs; do insmod $m; rmmod $m; done",
	"insmod rtcirq threaded=1; ps | grep -o '[i]rq/.*'; rmmod rtcirq; insmod structs; poweroff",
}

// mistakes are the scripts of misuse.c: those after which the module can be
// removed, then, one by one, those that end the caller and those that leave
// something behind.
var mistakes = []string{
	loads("misuse", "how=0", "how=2", "how=3", "how=4", "how=6", "how=7", "how=11", "how=12", "how=13", "how=14", "how=15"),
	loads("misuse", "how=1"),
	loads("misuse", "how=5"),
	loads("misuse", "how=8") + "; sleep 0.2; echo alive",
	loads("misuse", "how=9") + "; sleep 0.2; echo alive",
	loads("misuse", "how=10") + "; sleep 0.2; echo alive",
}

// TestModules runs both on both machines.
func TestModules(t *testing.T) {
	for _, m := range lab.Machines {
		t.Run(m.Arch, func(t *testing.T) {
			files := modbuild.Modules(t, m.Arch, modules.Tree{Src: "src"})
			for name, scripts := range map[string][]string{m.Arch: sound, m.Arch + "-misuse": mistakes} {
				var b strings.Builder
				for _, cmd := range scripts {
					b.WriteString(guest(t, m.Arch, files, cmd))
				}
				lab.Golden(t, name+".txt", "What the guest prints; go test ./tests/api-sync -update writes it.", stable(b.String()))
			}
		})
	}
}
