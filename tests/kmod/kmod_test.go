package kmod

import (
	"bytes"
	"errors"
	"fmt"
	"maps"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"rv86/kmod/modlib"
	"rv86/tests/lab"
	"rv86/userland/box"
	"rv86/userland/modtools"
)

// version is the kernel's in the trees.
const version = "6.6.0-tree"

// theirs is the version of kmod that the tools follow.
const theirs = "kmod version 30"

// kmodTool finds a program of Debian's kmod.
func kmodTool(t *testing.T, name string) string {
	t.Helper()
	out, err := exec.Command("kmod", "--version").Output()
	if err == nil && strings.HasPrefix(string(out), theirs) {
		for _, dir := range []string{"/usr/sbin", "/sbin", "/usr/bin", "/bin"} {
			tool := filepath.Join(dir, name)
			if _, err := os.Stat(tool); err == nil {
				return tool
			}
		}
	}
	lab.Skip(t, "%s of %s is missing: install kmod of Debian 12", name, theirs)
	return ""
}

// result is what a command did.
type result struct {
	Out, Err string
	Status   int
}

// debugRE is what a libkmod built for debugging puts before its messages, and
// earlyRE what it says before it knows which program it serves.
var (
	debugRE = regexp.MustCompile(`\.\./libkmod/[a-z-]*\.c:\d+ [a-z_]+\(\) `)
	earlyRE = regexp.MustCompile(`(?m)^libkmod: ERROR \.\./libkmod/[a-z-]*\.c:\d+ [a-z_]+: `)
)

func runTheirs(t *testing.T, tool string, args ...string) result {
	t.Helper()
	cmd := exec.Command(kmodTool(t, tool), args...)
	cmd.Args[0] = tool
	cmd.Env = []string{"LC_ALL=C", "PATH=/usr/sbin:/usr/bin:/sbin:/bin"}
	var out, errs bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &errs
	err := cmd.Run()
	if _, ok := errors.AsType[*exec.ExitError](err); err != nil && !ok {
		t.Fatal(err)
	}
	text := earlyRE.ReplaceAllString(debugRE.ReplaceAllString(errs.String(), ""), "libkmod: ERROR: ")
	return result{out.String(), text, cmd.ProcessState.ExitCode()}
}

func runOurs(t *testing.T, tool string, args ...string) result {
	t.Helper()
	at := slices.IndexFunc(modtools.Commands, func(c *box.Command) bool { return c.Name == tool })
	var out, errs bytes.Buffer
	status := modtools.Commands[at].Main(tool, args, strings.NewReader(""), &out, &errs)
	return result{out.String(), errs.String(), status}
}

// compare runs a command of both and compares all they print.
func compare(t *testing.T, tool string, args ...string) {
	t.Helper()
	want, got := runTheirs(t, tool, args...), runOurs(t, tool, args...)
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("%s %s (-kmod +ours)\n%s", tool, strings.Join(args, " "), diff)
	}
}

// tree is a directory of modules: paths below /lib/modules/VERSION.
type tree map[string]object

// write makes the tree and gives its root. kernel are the files that a kernel's
// build leaves.
func (tr tree) write(t *testing.T, kernel map[string]string) (root string) {
	t.Helper()
	root = t.TempDir()
	dir := versionDir(root)
	all := map[string][]byte{"modules.order": nil, "modules.builtin": nil, "modules.builtin.modinfo": nil}
	for name, text := range kernel {
		all[name] = []byte(text)
	}
	for name, o := range tr {
		all[name] = o.bytes()
	}
	for name, data := range all {
		file := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(file, data, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	return root
}

func versionDir(root string) string { return filepath.Join(root, "lib/modules", version) }

// indexes are the texts that depmod writes.
var indexes = []string{"modules.dep", "modules.alias", "modules.softdep", "modules.symbols", "modules.devname"}

// readIndexes reads and removes them.
func readIndexes(t *testing.T, root string) map[string]string {
	t.Helper()
	texts := map[string]string{}
	for _, name := range indexes {
		file := filepath.Join(versionDir(root), name)
		if text, err := os.ReadFile(file); err == nil {
			texts[name] = string(text)
		}
		os.Remove(file)
	}
	return texts
}

// compareDepmod runs both on a tree and compares messages, status and files.
// No index is there before and after.
func compareDepmod(t *testing.T, root string, args ...string) {
	t.Helper()
	args = append(slices.Concat([]string{"-b", root}, args), version)
	got := runOurs(t, "depmod", args...)
	gotFiles := readIndexes(t, root)
	want := runTheirs(t, "depmod", args...)
	wantFiles := readIndexes(t, root)
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("depmod %s (-kmod +ours)\n%s", strings.Join(args, " "), diff)
	}
	if diff := cmp.Diff(wantFiles, gotFiles); diff != "" {
		t.Errorf("depmod %s, files (-kmod +ours)\n%s", strings.Join(args, " "), diff)
	}
}

// user makes a module that exports f_NAME and uses f_X of each X.
func user(name string, needs ...string) object {
	o := object{info: []string{"license=GPL", "name=" + name}, exports: []string{"f_" + name}, needs: []string{"printk"}}
	for _, n := range needs {
		o.needs = append(o.needs, "f_"+n)
	}
	return o
}

// sample has a chain of five, a diamond, and modules that say more about
// themselves.
func sample() tree {
	return tree{
		"kernel/chain/chain1.ko":   user("chain1"),
		"kernel/chain/chain2.ko":   user("chain2", "chain1"),
		"kernel/chain/chain3.ko":   user("chain3", "chain2"),
		"kernel/chain/chain4.ko":   user("chain4", "chain3"),
		"kernel/chain/chain5.ko":   user("chain5", "chain4"),
		"kernel/fs/base-dash.ko":   user("base_dash"),
		"kernel/fs/left.ko":        user("left", "base_dash"),
		"kernel/fs/right.ko":       user("right", "base_dash"),
		"kernel/fs/top.ko":         user("top", "right", "left"),
		"kernel/drivers/frob.ko":   {info: []string{"license=GPL v2", "alias=pci:v*d*-x[0-9]*", "alias=frobnicator", "alias=char-major-10-229", "alias=devname:fuse", "parm=count:how many", "parmtype=count:int", "softdep=pre: chain2 post: top"}},
		"kernel/drivers/nodev.ko":  {info: []string{"alias=devname:nope", "alias=frobnicator", "author=A <a@b>", "description=a b  c"}},
		"kernel/drivers/blkdrv.ko": {info: []string{"alias=devname:blk", "alias=block-major-7-0", "alias=block-major-8-*", "parmtype=only:bool", "parm=bare", "parm=only2:text", "averyveryverylongkey=value", "novalue"}},
		"kernel/drivers/word32.ko": {word32: true, info: []string{"license=Proprietary", "alias=[unclosed"}, exports: []string{"f_word32"}, needs: []string{"f_left"}},
	}
}

func TestDepmod(t *testing.T) {
	for name, kernel := range map[string]map[string]string{
		"no order":      {},
		"partial order": {"modules.order": "kernel/fs/top.ko\nkernel/none.ko\nkernel/chain/chain3.ko\n"},
		"full order":    {"modules.order": strings.Join(slices.Sorted(maps.Keys(sample())), "\n") + "\n"},
		"builtin":       {"modules.builtin": "kernel/drivers/8250.ko\nkernel/x-y.ko\n", "modules.builtin.modinfo": "8250.alias=serial:*\x008250.license=GPL\x00"},
	} {
		t.Run(name, func(t *testing.T) {
			root := sample().write(t, kernel)
			compareDepmod(t, root)
			compareDepmod(t, root, "-a", "-w")
			compareDepmod(t, root, "-n", "-v")
			compareDepmod(t, root, "-e")
			compareDepmod(t, root, "-A")
			runTheirs(t, "depmod", "-b", root, version)
			compare(t, "depmod", "-A", "-b", root, version)
		})
	}
}

func TestDepmodKernelSymbols(t *testing.T) {
	tr := sample()
	tr["kernel/bad.ko"] = object{needs: []string{"printk", "gone", "f_left", "module_put"}, weak: []string{"perhaps"}, versions: map[string]uint32{"printk": 7, "f_left": 9, "module_layout": 5}}
	tr["kernel/crc.ko"] = object{exports: []string{"crc_a", "crc_b"}, versions: map[string]uint32{"crc_a": 1, "crc_b": 2}}
	tr["kernel/usecrc.ko"] = object{needs: []string{"crc_a", "crc_b", "printk"}, versions: map[string]uint32{"crc_a": 1, "crc_b": 3, "printk": 0x1234}}
	root := tr.write(t, nil)
	symvers := filepath.Join(t.TempDir(), "Module.symvers")
	systemMap := filepath.Join(t.TempDir(), "System.map")
	writeFile(t, symvers, "0x00001234\tprintk\tvmlinux\tEXPORT_SYMBOL\nbad\n0x1\tother\tdrivers/x\tEXPORT_SYMBOL\n0x5\tmodule_layout\tvmlinux\tEXPORT_SYMBOL\n")
	writeFile(t, systemMap, "ffffffff T printk\nffffffff r __ksymtab_printk\nffffffff r __ksymtab_gone\nbroken\n")
	compareDepmod(t, root, "-e", "-E", symvers)
	compareDepmod(t, root, "-E", symvers)
	compareDepmod(t, root, "-e", "-F", systemMap)
	compareDepmod(t, root, "-e", "-F", systemMap, "-P", "_")
	compareDepmod(t, root, "-e", "-E", filepath.Join(root, "none"))
	compareDepmod(t, root, "-P", "ab")
}

func writeFile(t *testing.T, name, text string) {
	t.Helper()
	if err := os.WriteFile(name, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
}

func TestDepmodCycles(t *testing.T) {
	for name, tr := range map[string]tree{
		"two":      {"a.ko": user("a", "b"), "b.ko": user("b", "a")},
		"three":    {"a.ko": user("a", "b"), "b.ko": user("b", "c"), "c.ko": user("c", "a"), "d.ko": user("d", "a"), "e.ko": user("e")},
		"two of 2": {"a.ko": user("a", "b"), "b.ko": user("b", "a"), "x.ko": user("x", "y"), "y.ko": user("y", "x")},
		"chained":  {"c1.ko": user("c1", "c2"), "c2.ko": user("c2", "c1", "k3"), "k3.ko": user("k3", "k2"), "k2.ko": user("k2", "k1"), "k1.ko": user("k1"), "u.ko": user("u", "c1")},
		"below":    {"a.ko": user("a", "b"), "b.ko": user("b", "a", "c"), "c.ko": user("c", "d"), "d.ko": user("d")},
	} {
		t.Run(name, func(t *testing.T) { compareDepmod(t, tr.write(t, nil)) })
	}
}

// TestCycleBelowACycle is a tree on which kmod 30 never ends: a cycle that a
// module of another one leads to.
func TestCycleBelowACycle(t *testing.T) {
	root := tree{
		"a.ko": user("a", "b"), "b.ko": user("b", "a", "x"), "x.ko": user("x", "y"), "y.ko": user("y", "x"),
	}.write(t, nil)
	got := runOurs(t, "depmod", "-b", root, version)
	for _, line := range []string{
		"depmod: ERROR: Cycle detected: b -> a -> b\n", "depmod: ERROR: Cycle detected: y -> x -> y\n",
		"depmod: ERROR: Found 4 modules in dependency cycles!\n",
	} {
		if !strings.Contains(got.Err, line) {
			t.Errorf("no %q in\n%s", line, got.Err)
		}
	}
	if got.Status != 1 {
		t.Errorf("status %d", got.Status)
	}
}

func TestDepmodPriorities(t *testing.T) {
	tr := sample()
	tr["updates/left.ko"] = user("left", "chain1")
	tr["extra/right.ko"] = user("right", "chain2")
	compareDepmod(t, tr.write(t, nil))
	tr["weird/skipped/chain1.ko"] = user("chain1", "right")
	root := tr.write(t, nil)
	external := t.TempDir()
	writeFile(t, filepath.Join(external, "top.ko"), string(user("top", "chain4").bytes()))
	for name, text := range map[string]string{
		"search":   "search extra built-in updates\nexclude skipped\n",
		"override": "override right * extra\noverride left 9.9 updates\nexclude skipped\n",
		"external": "external * " + external + "\nsearch external built-in\nexclude skipped\n",
		"wrong":    "exclude skipped\nfrobnicate\noverride x\n# comment\n\nsearch \\\n updates\n",
	} {
		conf := filepath.Join(t.TempDir(), name+".conf")
		writeFile(t, conf, text)
		compareDepmod(t, root, "-C", conf)
	}
}

func TestDepmodMisuse(t *testing.T) {
	root := sample().write(t, nil)
	compare(t, "depmod", "-b", root, "nonsense")
	compare(t, "depmod", "-b", root, "9.9.9")
	compare(t, "depmod", "-n", "-b", root, version, "relative.ko")
	compare(t, "depmod", "-n", "-b", root, version, versionDir(root)+"/kernel/fs/top.ko", versionDir(root)+"/kernel/fs/left.ko")
	writeFile(t, filepath.Join(versionDir(root), "kernel/text.ko"), "no module")
	compareDepmod(t, root)
	if err := os.Remove(filepath.Join(versionDir(root), "modules.order")); err != nil {
		t.Fatal(err)
	}
	compareDepmod(t, root)
}

// TestRandom compares trees nobody thought of, and what modprobe makes of them
// with random soft dependencies, in circles too. Modules that need each other
// are left out: kmod hangs on a circle that leads to another.
func TestRandom(t *testing.T) {
	r := rand.New(rand.NewPCG(86, 64))
	for n := range 40 {
		tr := tree{}
		count := 1 + r.IntN(30)
		var order, paths []string
		for i := range count {
			name := fmt.Sprintf("%s%d", []string{"mod-", "m_", "x"}[r.IntN(3)], i)
			path := []string{"kernel/", "kernel/a/", ""}[r.IntN(3)] + name + ".ko"
			o := object{info: []string{fmt.Sprintf("alias=a%d*", r.IntN(9))}, word32: r.IntN(2) == 0}
			for e := range r.IntN(4) {
				o.exports = append(o.exports, fmt.Sprintf("s%d_%d", i, e))
			}
			for range r.IntN(4) {
				if i > 0 {
					o.needs = append(o.needs, fmt.Sprintf("s%d_%d", r.IntN(i), r.IntN(4)))
				}
			}
			slices.Sort(o.needs)
			o.needs = slices.Compact(o.needs)
			tr[path] = o
			paths = append(paths, path)
			if r.IntN(3) == 0 {
				order = append(order, path)
			}
		}
		r.Shuffle(len(order), func(i, j int) { order[i], order[j] = order[j], order[i] })
		text := ""
		if len(order) > 0 {
			text = strings.Join(order, "\n") + "\n"
		}
		root := tr.write(t, map[string]string{"modules.order": text})
		compareDepmod(t, root)
		runTheirs(t, "depmod", "-b", root, version)
		var conf strings.Builder
		pick := func() string { return modlib.Name(paths[r.IntN(len(paths))]) }
		for range r.IntN(6) {
			fmt.Fprintf(&conf, "softdep %s pre: %s post: %s %s\n", pick(), pick(), pick(), pick())
			fmt.Fprintf(&conf, "install %s true\noptions %s p=%d\nblacklist %s\nalias z%d* %s\n", pick(), pick(), r.IntN(9), pick(), r.IntN(3), pick())
		}
		file := filepath.Join(t.TempDir(), "random.conf")
		writeFile(t, file, conf.String())
		for _, name := range []string{pick(), pick(), fmt.Sprintf("a%dx", r.IntN(9)), fmt.Sprintf("z%d", r.IntN(3))} {
			compare(t, "modprobe", "-d", root, "-S", version, "-C", file, "-D", name)
		}
		if t.Failed() {
			t.Fatalf("tree %d: %v", n, slices.Sorted(maps.Keys(tr)))
		}
	}
}
