package importlaw

import (
	"encoding/json"
	"errors"
	"io"
	"io/fs"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

const module = "rv86/"

// law says for each package (a line "package: imports") which packages of this
// module it may import; those of the standard library and of others are not
// its matter. "x/..." stands for x and everything below it. The first line
// that fits a package counts, so exceptions stand before what they except.
// A line about a package that does not exist is an error, too.
const law = `
# The machine: cmd -> monitor, machine -> cpu/* -> mmu.
cpu/state:
cpu/softfloat:
cpu:            cpu/state
mmu:
mmu/...:        mmu
cpu/rv64:       cpu cpu/state cpu/softfloat mmu mmu/sv39
cpu/i386:       cpu cpu/state cpu/softfloat cpu/i386/internal/... mmu mmu/ia32
cpu/i386/internal/...: cpu/i386/internal/... cpu/softfloat
machine/fdt:
machine/image:
machine/bus:    cpu cpu/state machine/fdt
machine/dev/...: cpu/state machine/bus machine/fdt
machine/debug/point:
machine/debug:  cpu/... machine/... mmu/...
machine/...:    cpu/... machine/...
monitor/expr:
monitor/debuginfo:
monitor/gdb:    monitor machine/debug/point
monitor:        monitor/... machine/debug/point kmod/... kernel/abi
cmd/...:        cpu/... machine/... monitor/... kmod/... kernel/abi

# The guest's kernel, low to high. It shares with the host what is pure.
kernel/abi:
kmod/...:       kmod/... kernel/abi
kernel/nucleus: kernel/abi kmod/vmlinux
kernel/klog:    kernel/abi
kernel/wait:
kernel/fdt:
kernel/vfs:     kernel/abi kernel/wait
kernel/event:   kernel/abi kernel/wait kernel/vfs
kernel/net:     kernel/abi kernel/wait kernel/vfs
kernel/console: kernel/abi kernel/nucleus kernel/klog kernel/wait kernel/vfs
kernel/vm:      kernel/abi kernel/nucleus kernel/klog kernel/wait kernel/vfs
kernel/task:    kernel/abi kernel/nucleus kernel/klog kernel/wait kernel/vfs kernel/vm
kernel/lkm/...: kernel/abi kernel/wait kernel/vfs kernel/net kernel/lkm/... kmod/...
kernel/module/cstring:
kernel/module/unwind:
kernel/module/gofuncs:
kernel/module:  kernel/abi kernel/nucleus kernel/klog kernel/wait kernel/vfs kernel/vm kernel/task kernel/lkm kernel/module/... kmod/...
kernel/...:     kernel/... kmod/...

# Userland knows Linux and nothing else of ours, except what a module's file is.
userland/modtools: userland/... kmod/...
userland/...:   userland/...

# Tools that build what the guest boots.
images/...:     images/... kmod/... kernel/abi

# Here all sides meet.
tests/lab:
tests/...:      cmd/... cpu/... images/... kernel/... kmod/... machine/... mmu/... userland/... tests/...
`

// unsafeFree lists the packages in which any file may be unsafe: the ones
// whose very subject is raw memory, and the guest programs that try it.
var unsafeFree = []string{"kernel/nucleus", "tests/guest/..."}

type rule struct {
	pattern string
	allowed []string
}

func parseLaw(text string) []rule {
	var rules []rule
	for line := range strings.Lines(text) {
		line, _, _ = strings.Cut(line, "#")
		pattern, allowed, ok := strings.Cut(line, ":")
		if ok {
			rules = append(rules, rule{strings.TrimSpace(pattern), strings.Fields(allowed)})
		}
	}
	return rules
}

func fits(pattern, pkg string) bool {
	if root, ok := strings.CutSuffix(pattern, "/..."); ok {
		return pkg == root || strings.HasPrefix(pkg, root+"/")
	}
	return pkg == pattern
}

// violations applies the law to the import graph of this module.
func violations(rules []rule, graph map[string][]string) []string {
	var found []string
	used := map[string]bool{}
	for _, pkg := range slices.Sorted(maps.Keys(graph)) {
		at := slices.IndexFunc(rules, func(r rule) bool { return fits(r.pattern, pkg) })
		if at < 0 {
			found = append(found, pkg+": the law has no line for it")
			continue
		}
		used[rules[at].pattern] = true
		for _, imported := range graph[pkg] {
			if !slices.ContainsFunc(rules[at].allowed, func(p string) bool { return fits(p, imported) }) {
				found = append(found, pkg+" may not import "+imported)
			}
		}
	}
	for _, r := range rules {
		if !used[r.pattern] {
			found = append(found, "the law's line for "+r.pattern+" fits no package")
		}
	}
	return found
}

// importGraph asks the go command, for one target.
func importGraph(t *testing.T, goos, goarch string) map[string][]string {
	t.Helper()
	cmd := exec.Command("go", "list", "-e", "-json=ImportPath,Imports", "./...")
	cmd.Dir = "../.."
	cmd.Env = append(os.Environ(), "GOOS="+goos, "GOARCH="+goarch, "CGO_ENABLED=0")
	cmd.Stderr = os.Stderr
	out, err := cmd.Output()
	if err != nil {
		t.Fatal(err)
	}
	graph := map[string][]string{}
	for decoder := json.NewDecoder(strings.NewReader(string(out))); ; {
		var pkg struct {
			ImportPath string
			Imports    []string
		}
		if err := decoder.Decode(&pkg); errors.Is(err, io.EOF) {
			return graph
		} else if err != nil {
			t.Fatal(err)
		}
		name := strings.TrimPrefix(pkg.ImportPath, module)
		graph[name] = nil
		for _, imported := range pkg.Imports {
			if inside, ok := strings.CutPrefix(imported, module); ok {
				graph[name] = append(graph[name], inside)
			}
		}
	}
}

func TestImportLaw(t *testing.T) {
	graph := importGraph(t, "linux", "amd64")
	for pkg, imports := range importGraph(t, "linux", "riscv64") {
		graph[pkg] = append(graph[pkg], imports...)
	}
	for pkg, imports := range graph {
		slices.Sort(imports)
		graph[pkg] = slices.Compact(imports)
	}
	for _, v := range violations(parseLaw(law), graph) {
		t.Error(v)
	}
}

// TestLawBites shows that the checker finds what it is there to find.
func TestLawBites(t *testing.T) {
	rules := parseLaw("leaf:\nlow: leaf\nhigh/...: low # comment\ngone:\n")
	graph := map[string][]string{
		"leaf": nil, "low": {"leaf", "high"}, "high": {"low"}, "high/up": {"low", "leaf"}, "other": nil,
	}
	want := []string{
		"high/up may not import leaf",
		"low may not import high",
		"other: the law has no line for it",
		"the law's line for gone fits no package",
	}
	if diff := cmp.Diff(want, violations(rules, graph)); diff != "" {
		t.Error(diff)
	}
}

// unsafeRE finds what breaks the type system; asking for a size or an offset
// does not.
var unsafeRE = regexp.MustCompile(`unsafe\.(Pointer|Slice|SliceData|String|StringData|Add)\b|(?m)^//go:linkname`)

// TestUnsafeIsFenced looks for unsafe and linkname outside the files and
// packages that are named for them.
func TestUnsafeIsFenced(t *testing.T) {
	seen := 0
	err := filepath.WalkDir("../..", func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if d.IsDir() && (d.Name() == ".git" || d.Name() == "testdata") {
			return filepath.SkipDir
		}
		if filepath.Ext(path) != ".go" || strings.HasSuffix(path, "_test.go") {
			return nil
		}
		text, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		if !unsafeRE.Match(text) {
			return nil
		}
		seen++
		pkg := filepath.ToSlash(strings.TrimPrefix(filepath.Dir(path), filepath.FromSlash("../../")))
		free := slices.ContainsFunc(unsafeFree, func(pattern string) bool { return fits(pattern, pkg) })
		if !free && !strings.Contains(filepath.Base(path), "unsafe") {
			t.Errorf("%s/%s uses unsafe or linkname; move that to a file with unsafe in its name", pkg, filepath.Base(path))
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if seen == 0 {
		t.Error("no unsafe code found at all: the search is broken")
	}
}
