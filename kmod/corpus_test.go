package kmod

import (
	"bytes"
	"debug/elf"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"runtime"
	"slices"
	"sort"
	"strings"
	"sync"
	"testing"

	"rv86/tests/kofile"
)

// The corpus: every module of a Debian kernel for each machine, linked by this
// package and by GNU ld at the same addresses. All sections must be equal, or
// the module must be refused with a reason that is known here.

// corpora say where the modules are from. Debian 12 is the last release with a
// kernel for i386, and 13 the first with one for riscv64.
var corpora = []struct {
	machine *Machine
	arch    string // Debian's name of it
	suite   string
	image   *regexp.Regexp // the package
	ld      string
	tools   string // the package that has ld
	core    uint64
	init    uint64
	extern  uint64
}{
	{
		RISCV64, "riscv64", "trixie", regexp.MustCompile(`^linux-image-[0-9][^ ]*-riscv64$`),
		oracleLD, "gcc-riscv64-linux-gnu", coreBase, initBase + 0x4000000, externBase,
	},
	{
		I386, "i386", "bookworm", regexp.MustCompile(`^linux-image-[0-9][^ ]*-[0-9]+-686$`),
		"i686-linux-gnu-ld", "gcc-i686-linux-gnu", i386Base, i386Base + 0x8000000, 0xc0100000,
	},
}

// The packages have 165 MB: they are fetched in CI, or when RV86_CORPUS is "all".
func wholeCorpus() bool { return os.Getenv("CI") != "" || os.Getenv("RV86_CORPUS") == "all" }

// corpusSample: of packages that are there already, every so many-th module is
// taken, which is a matter of seconds.
const corpusSample = 24

func TestDebianModules(t *testing.T) {
	if testing.Short() {
		t.Skip("fetches and links the modules of two kernels")
	}
	for _, c := range corpora {
		t.Run(c.machine.Name, func(t *testing.T) {
			if _, err := exec.LookPath(c.ld); err != nil {
				leaveOut(t, c.ld+" is missing: install "+c.tools)
			}
			files := debianModules(t, c.arch, c.suite, c.image)
			if !wholeCorpus() {
				var some []string
				for i := 0; i < len(files); i += corpusSample {
					some = append(some, files[i])
				}
				files = some
			}
			sum := corpusSum{refused: map[string]int{}}
			work := make(chan string)
			var group sync.WaitGroup
			for range runtime.NumCPU() {
				group.Go(func() {
					dir := t.TempDir()
					for file := range work {
						sum.add(corpusModule(dir, file, c.machine, c.ld, c.core, c.init, c.extern))
					}
				})
			}
			for _, file := range files {
				work <- file
			}
			close(work)
			group.Wait()
			sum.report(t, len(files))
		})
	}
}

// leaveOut skips a test loudly; in CI nothing may be left out.
func leaveOut(t *testing.T, why string) {
	t.Helper()
	if os.Getenv("CI") != "" {
		t.Fatal(why)
	}
	t.Skip("SKIPPED: " + why)
}

// corpusSum collects the outcomes.
type corpusSum struct {
	mu       sync.Mutex
	equal    int
	relocs   int
	sections int
	refused  map[string]int
	wrong    []string
}

// outcome of one module: how much was equal, or why it was refused, or what
// differs.
type outcome struct {
	relocs, sections int
	refused          error
	wrong            error
}

var digits = regexp.MustCompile(`0x[0-9a-f]+|[0-9]+|'[^']*'|\+`)

func (s *corpusSum) add(o outcome) {
	s.mu.Lock()
	defer s.mu.Unlock()
	switch {
	case o.wrong != nil:
		s.wrong = append(s.wrong, o.wrong.Error())
	case o.refused != nil:
		s.refused[digits.ReplaceAllString(o.refused.Error(), "N")]++
	default:
		s.equal++
		s.relocs += o.relocs
		s.sections += o.sections
	}
}

// refusable are the reasons for which a sound module may be refused.
var refusable = regexp.MustCompile(`out of the reach|^the file has`)

func (s *corpusSum) report(t *testing.T, files int) {
	t.Logf("%d modules: %d equal (%d sections, %d relocations), %d refused, %d wrong",
		files, s.equal, s.sections, s.relocs, files-s.equal-len(s.wrong), len(s.wrong))
	for why, n := range s.refused {
		if !refusable.MatchString(why) {
			t.Errorf("%d modules refused: %s", n, why)
		}
	}
	sort.Strings(s.wrong)
	const most = 20
	for _, w := range s.wrong[:min(most, len(s.wrong))] {
		t.Error(w)
	}
}

// corpusModule links one module twice and compares.
func corpusModule(dir, file string, m *Machine, ld string, core, init, extern uint64) outcome {
	name := filepath.Base(file)
	fail := func(err error) outcome { return outcome{wrong: fmt.Errorf("%s: %w", name, err)} }
	b, err := os.ReadFile(file)
	if err != nil {
		return fail(err)
	}
	f, err := kofile.Read(b)
	if err != nil {
		return fail(err)
	}
	adopt(f, m)
	b = f.Bytes()
	spec, err := Parse(b, m)
	if err != nil {
		return outcome{refused: err}
	}
	l, err := spec.Place()
	if err != nil {
		return outcome{refused: err}
	}
	ext := farExterns{at: map[string]uint64{}, next: extern}
	o := outcome{}
	im, err := spec.Link(l, Memory{
		Core: make([]byte, l.Regions[Core].Size), CoreBase: core,
		Init: make([]byte, l.Regions[Init].Size), InitBase: init,
	}, &ext, func(Step) { o.relocs++ })
	if err != nil {
		return outcome{refused: err}
	}
	want, err := corpusLd(dir, f, im, ld, ext.at)
	if err != nil {
		return fail(err)
	}
	for i := range spec.Sections {
		mem, base := im.SectionMem(i)
		if len(mem) == 0 || spec.Sections[i].NoBits() {
			continue
		}
		o.sections++
		s := want[sectionNumber(i)]
		if s.addr != base || !bytes.Equal(mem, s.data) {
			n := 0
			for n < min(len(mem), len(s.data)) && mem[n] == s.data[n] {
				n++
			}
			return fail(fmt.Errorf("%s differs from byte %#x on: %x, ld has %x", spec.Sections[i].Name, n,
				mem[n:min(n+8, len(mem))], s.data[n:min(n+8, len(s.data))]))
		}
	}
	return o
}

// farExterns gives every unknown symbol an address of its own.
type farExterns struct {
	at   map[string]uint64
	next uint64
}

func (e *farExterns) Resolve(name string) (uint64, error) {
	if _, ok := e.at[name]; !ok {
		e.at[name] = e.next
		e.next += 64
	}
	return e.at[name], nil
}

// adopt makes a module of Linux one whose struct module has our size: its own
// becomes a data section like others.
func adopt(f *kofile.File, m *Machine) {
	s := f.Find(secThis)
	s.Name = ".data.their_module"
	own := &kofile.Section{Name: secThis, Type: shtProgbits, Flags: shfAlloc | shfWrite, Align: 64, Data: make([]byte, m.Module().Size)}
	copy(own.Data[modName:], f.Info("name"))
	f.Add(own)
}

func sectionNumber(i int) string { return fmt.Sprintf(".s%d", i) }

// corpusLd links a copy of the file in which every loaded section has a name of
// its own, so that a linker script can place it, and none is mergeable, since
// ld would move strings.
func corpusLd(dir string, f *kofile.File, im *Image, ld string, ext map[string]uint64) (map[string]ldSection, error) {
	var script bytes.Buffer
	script.WriteString("SECTIONS {\n")
	for i, s := range f.Sections {
		s.Flags &^= uint64(elf.SHF_MERGE | elf.SHF_STRINGS | elf.SHF_GROUP | elf.SHF_LINK_ORDER)
		if _, base := im.SectionMem(i); base != 0 { // empty ones too: symbols are there
			s.Name = sectionNumber(i)
			fmt.Fprintf(&script, " %s %#x : { KEEP(*(%s)) }\n", s.Name, base, s.Name)
		}
	}
	script.WriteString(" /DISCARD/ : { *(*) }\n}\n")
	for name, addr := range ext {
		fmt.Fprintf(&script, "%q = %#x;\n", name, addr)
	}
	in, ldFile, out := filepath.Join(dir, "in.o"), filepath.Join(dir, "in.ld"), filepath.Join(dir, "out")
	if err := errors.Join(os.WriteFile(in, f.Bytes(), 0o600), os.WriteFile(ldFile, script.Bytes(), 0o600)); err != nil {
		return nil, err
	}
	text, err := exec.Command(ld, "--no-relax", "-static", "-e", "0", "-T", ldFile, "-o", out, in).CombinedOutput()
	if err != nil {
		return nil, fmt.Errorf("ld: %w: %.300s", err, text)
	}
	linked, err := elf.Open(out)
	if err != nil {
		return nil, err
	}
	defer linked.Close()
	secs := map[string]ldSection{}
	for _, s := range linked.Sections {
		if s.Type == elf.SHT_NOBITS || s.Flags&elf.SHF_ALLOC == 0 {
			continue
		}
		data, err := s.Data()
		if err != nil {
			return nil, err
		}
		secs[s.Name] = ldSection{s.Addr, data}
	}
	return secs, nil
}

// debianModules fetches a kernel's package with apt, in a directory that has
// nothing to do with the machine's own packages, and gives its modules.
func debianModules(t *testing.T, arch, suite string, image *regexp.Regexp) []string {
	t.Helper()
	cache, err := os.UserCacheDir()
	if err != nil {
		leaveOut(t, err.Error())
	}
	dir := filepath.Join(cache, "rv86", "corpus-"+suite+"-"+arch)
	done := filepath.Join(dir, "modules", "complete")
	if _, err := os.Stat(done); err != nil {
		if !wholeCorpus() {
			t.Skip("SKIPPED: the modules of Debian's kernels are not compared; RV86_CORPUS=all go test ./kmod -run TestDebianModules fetches them (165 MB)")
		}
		if err := fetchModules(dir, arch, suite, image); err != nil {
			// Not for lack of a package that could be installed: CI may be
			// where there is no Debian archive.
			t.Skip("SKIPPED: no Debian kernel for " + arch + " to compare with: " + err.Error())
		}
		if err := os.WriteFile(done, nil, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	var files []string
	err = filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err == nil && strings.HasSuffix(path, ".ko") {
			files = append(files, path)
		}
		return err
	})
	if err != nil || len(files) < 1000 {
		t.Fatalf("%d modules in %s: %v", len(files), dir, err)
	}
	slices.Sort(files)
	return files
}

// debianKeys is where Debian keeps the keys of its archive.
const debianKeys = "/usr/share/keyrings/debian-archive-keyring.gpg"

// fetchModules unpacks the first package of a suite that image fits. The mirror
// is the one the machine's own apt uses.
func fetchModules(dir, arch, suite string, image *regexp.Regexp) error {
	list, err := exec.Command("apt-get", "indextargets", "--format", "$(REPO_URI) $(ORIGIN) $(LABEL)", "Created-By: Packages").Output()
	if err != nil {
		return fmt.Errorf("apt-get indextargets: %w", err)
	}
	source := ""
	for line := range strings.Lines(string(list)) {
		if f := strings.Fields(line); len(f) == 3 && f[1] == "Debian" && f[2] == "Debian" {
			source = fmt.Sprintf("deb [arch=%s signed-by=%s] %s %s main\n", arch, debianKeys, f[0], suite)
			break
		}
	}
	if source == "" {
		return errors.New("this machine's apt has no Debian archive")
	}
	for _, d := range []string{"etc/apt/apt.conf.d", "etc/apt/preferences.d", "var/lib/apt/lists/partial", "var/cache/apt/archives/partial", "var/lib/dpkg", "modules"} {
		if err := os.MkdirAll(filepath.Join(dir, d), 0o755); err != nil {
			return err
		}
	}
	conf := filepath.Join(dir, "apt.conf")
	text := fmt.Sprintf("Dir %q;\nDir::State::status %q;\nAPT::Architectures {%q;%q;};\nAPT::Sandbox::User \"\";\nAcquire::Languages \"none\";\n",
		dir+"/", filepath.Join(dir, "var/lib/dpkg/status"), "amd64", arch)
	err = errors.Join(
		os.WriteFile(conf, []byte(text), 0o600),
		os.WriteFile(filepath.Join(dir, "etc/apt/sources.list"), []byte(source), 0o600),
		os.WriteFile(filepath.Join(dir, "var/lib/dpkg/status"), nil, 0o600),
	)
	if err != nil {
		return err
	}
	command := func(name string, args ...string) (string, error) {
		cmd := exec.Command(name, args...)
		cmd.Dir = dir
		cmd.Env = append(os.Environ(), "APT_CONFIG="+conf)
		out, err := cmd.CombinedOutput()
		if err != nil {
			err = fmt.Errorf("%s: %w: %.300s", name, err, out)
		}
		return string(out), err
	}
	if _, err := command("apt-get", "update"); err != nil {
		return err
	}
	found, err := command("apt-cache", "search", "--names-only", "^linux-image-")
	if err != nil {
		return err
	}
	pkg := ""
	for line := range strings.Lines(found) {
		if name, _, _ := strings.Cut(line, " "); image.MatchString(name) {
			pkg = max(pkg, name)
		}
	}
	if pkg == "" {
		return fmt.Errorf("%s has no package like %s", suite, image)
	}
	_, err = command("sh", "-c", fmt.Sprintf(
		"rm -f *.deb && apt-get download %s:%s && dpkg-deb -x *.deb modules && rm -f *.deb && "+
			"find modules -name '*.ko.xz' -print0 | xargs -0 -r -n 64 xz -d", pkg, arch))
	return err
}
