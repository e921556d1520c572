package refused

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"rv86/tests/lab"
)

// atLeast is how many bad modules each machine must be tried with.
const atLeast = 60

// TestRefused loads every bad module in one guest and compares all that was
// said with testdata/ARCH.txt.
func TestRefused(t *testing.T) {
	const origin = "Written by go test ./tests/refused -update, from the kernel's own words; read before it is committed."
	lab.Each(t, func(t *testing.T, m lab.Machine) {
		list := cases(m.Arch)
		if len(list) < atLeast {
			t.Errorf("%d cases, want %d", len(list), atLeast)
		}
		got := try(t, m, list)
		for _, p := range places {
			got = p.at.ReplaceAllString(got, p.say)
		}
		lab.Golden(t, m.Arch+".txt", origin, got)
		check(t, got, len(list))
	})
}

// places are where a module happens to lie, which depends on those before it: only
// where in a page counts.
var places = []struct {
	at  *regexp.Regexp
	say string
}{
	{regexp.MustCompile(`0x(?:ffffffff8|f)0[0-9a-f]{3}([0-9a-f]{3})\b`), "PAGE+0x$1"},
	{regexp.MustCompile(`value 0x[0-9a-f]+([0-9a-f]{3}) (is out of the reach of (?:jal|auipc))`), "value PAGES+0x$1 $2"},
}

var (
	hintLine = regexp.MustCompile(`(?m)^<7>[^:\n]+: hint: (.+)$`)
	quiet    = regexp.MustCompile(`^(already|init-fails|flags-unknown)`)
)

// sameCause are cases that go wrong in one way.
var sameCause = map[string]bool{"table-outside file-cut": true, "signature-pkcs7 signature-cut": true}

// check holds every answer against what no golden file may change: it is an
// error, its reason and hint are there, no two hints are the same, and nothing
// faulted.
func check(t *testing.T, got string, want int) {
	answers := strings.Split(got, "== ")[1:]
	if len(answers) != want {
		t.Errorf("%d answers to %d cases", len(answers), want)
	}
	hints := map[string]string{}
	for _, a := range answers {
		name, rest, _ := strings.Cut(a, "\n")
		errno, log, _ := strings.Cut(rest, "\n")
		if !strings.HasPrefix(errno, "E") {
			t.Errorf("%s: %s", name, errno)
		}
		if bad := regexp.MustCompile(`Oops|BUG|panic|fault`).FindString(log); bad != "" {
			t.Errorf("%s: the log has %q:\n%s", name, bad, log)
		}
		if quiet.MatchString(name) {
			continue
		}
		m := hintLine.FindStringSubmatch(log)
		if m == nil {
			t.Errorf("%s: no hint:\n%s", name, log)
			continue
		}
		if other := hints[m[1]]; other != "" && !sameCause[name+" "+other] {
			t.Errorf("%s and %s have the same hint: %s", name, other, m[1])
		}
		hints[m[1]] = name
	}
}

// try runs the cases, those with the same kernel command line in one guest.
func try(t *testing.T, m lab.Machine, list []badCase) string {
	prog := lab.Program(t, m.GOARCH, "./try")
	out := ""
	for len(list) > 0 {
		n := slices.IndexFunc(list, func(c badCase) bool { return c.boot != list[0].boot })
		if n < 0 {
			n = len(list)
		}
		out += guest(t, m.Arch, prog, list[:n])
		list = list[n:]
	}
	return out
}

// guest runs cases in one guest.
func guest(t *testing.T, arch, prog string, list []badCase) string {
	dir := t.TempDir()
	g := lab.Guest{
		Arch: arch, Files: []string{prog + ":/bin/try"}, Timeout: 5 * time.Minute,
		Flags: []string{"--memory", "64M", "--append", list[0].boot},
	}
	var lines strings.Builder
	add := func(name string, b []byte, err error) {
		file := filepath.Join(dir, name)
		if err == nil {
			err = os.WriteFile(file, b, 0o644)
		}
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		g.Files = append(g.Files, file+":/try/"+name)
	}
	for _, c := range list {
		b, err := c.bytesOf(arch)
		add(c.name+".ko", b, err)
		if c.first != "" {
			b, err = c.firstOf(arch)
			add(c.name+".first", b, err)
		}
		fmt.Fprintf(&lines, "%s\t%s\t%d\t%s\n", c.name, strings.ReplaceAll(c.first, "-", "_"), c.flags, c.args)
	}
	add("list", []byte(lines.String()), nil)
	r := g.Run(t, "try")
	if r.Status != 0 {
		t.Errorf("status %d", r.Status)
	}
	return r.Out
}
