package kbuild

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/tools/txtar"

	"rv86/kmod"
	"rv86/kmod/kapi"
	"rv86/kmod/modpost"
	"rv86/kmod/symvers"
	"rv86/tests/lab"
)

// toolchain finds a compiler, or leaves the test out loudly; in CI nothing may
// be left out.
func toolchain(t *testing.T, target *Target, cc string) *Toolchain {
	t.Helper()
	tc, err := target.Toolchain(cc)
	if err == nil {
		return tc
	}
	lab.Skip(t, "%v", err)
	return nil
}

// unpack writes the files of an archive.
func unpack(t *testing.T, a *txtar.Archive) (dir string) {
	t.Helper()
	dir = t.TempDir()
	for _, f := range a.Files {
		if err := os.WriteFile(filepath.Join(dir, f.Name), f.Data, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

func archive(t *testing.T, name string) *txtar.Archive {
	t.Helper()
	a, err := txtar.ParseFile(filepath.Join("testdata", name))
	if err != nil {
		t.Fatal(err)
	}
	return a
}

// buildDir builds the modules of a directory.
func buildDir(t *testing.T, tc *Toolchain, dir string, opts Options) ([]Built, error) {
	t.Helper()
	mods, err := Sources(dir, tc.Arch)
	if err != nil {
		t.Fatal(err)
	}
	if opts.Out == "" {
		opts.Out = dir
	}
	return Build(tc, mods, opts)
}

// TestScripts builds each directory in testdata with each compiler and compares
// what modpost says with want.log and the tables with want.ARCH.
func TestScripts(t *testing.T) {
	scripts, _ := filepath.Glob("testdata/*.txtar")
	for _, script := range scripts {
		for _, target := range Targets {
			for _, cc := range []string{"", "clang"} {
				name := filepath.Base(script)
				t.Run(strings.TrimSuffix(name, ".txtar")+"/"+target.Arch+cc, func(t *testing.T) {
					a := archive(t, name)
					dir := unpack(t, a)
					var log bytes.Buffer
					_, err := buildDir(t, toolchain(t, target, cc), dir, Options{Log: &log})
					if err != nil && !errors.Is(err, ErrFindings) {
						t.Fatal(err)
					}
					rows, _ := os.ReadFile(filepath.Join(dir, symvers.FileName))
					// gcc keeps cold code apart, riscv64 small data, and clang does not
					// keep a name that has an alias.
					words := bytes.ReplaceAll(log.Bytes(), []byte(".text.unlikely"), []byte(".text"))
					words = bytes.ReplaceAll(words, []byte(".sdata"), []byte(".data"))
					words = bytes.ReplaceAll(words, []byte("sections_init"), []byte("init_module"))
					words = bytes.ReplaceAll(words, []byte("sections_exit"), []byte("cleanup_module"))
					compare(t, a, "want.log", words)
					if err == nil {
						compare(t, a, "want."+target.Arch, rows)
					}
					if lab.Update() {
						if err := os.WriteFile(script, txtar.Format(a), 0o644); err != nil {
							t.Fatal(err)
						}
					}
				})
			}
		}
	}
}

// compare holds what came out against a file of the archive, or puts it there.
func compare(t *testing.T, a *txtar.Archive, name string, got []byte) {
	t.Helper()
	for i := range a.Files {
		if f := &a.Files[i]; f.Name == name {
			if lab.Update() {
				f.Data = got
			} else if diff := cmp.Diff(string(f.Data), string(got)); diff != "" {
				t.Errorf("%s\n%s", name, diff)
			}
			return
		}
	}
	if !lab.Update() {
		t.Errorf("the script has no %s", name)
	}
	a.Files = append(a.Files, txtar.File{Name: name, Data: got})
}

// TestKernelTable compares the embedded table with kapi's rows and the headers;
// tests/symvers does so with all that a running kernel exports. The compilers
// must agree.
func TestKernelTable(t *testing.T) {
	for _, target := range Targets {
		for _, cc := range []string{"", "clang"} {
			t.Run(target.Arch+cc, func(t *testing.T) {
				rows, err := KernelTable(toolchain(t, target, cc), FromRows(kapi.Funcs, kapi.Vars))
				if err != nil {
					t.Fatal(err)
				}
				table := symvers.Of(target.Machine)
				for _, row := range rows {
					if got := table.Lookup(row.Symbol); got == nil || *got != row {
						t.Errorf("the table is stale, run `make modules`: it has %+v, want %+v", got, row)
					}
				}
			})
		}
	}
}

func TestParseExports(t *testing.T) {
	es, err := ParseExports("f\tEXPORT_SYMBOL_GPL\tint f(void)\r\nv\tEXPORT_SYMBOL\t\n")
	want := []Export{{"f", kmod.ExportGPL, "int f(void)"}, {"v", kmod.ExportAny, ""}}
	if diff := cmp.Diff(want, es); err != nil || diff != "" {
		t.Error(err, diff)
	}
	for _, bad := range []string{"f\n", "f\tEXPORT\tint f(void)\n"} {
		if _, err := ParseExports(bad); err == nil || !strings.Contains(err.Error(), "is no line of /proc/exports") {
			t.Errorf("%q: %v", bad, err)
		}
	}
}

// TestBuilt looks into the modules that were built.
func TestBuilt(t *testing.T) {
	for _, target := range Targets {
		for _, strip := range []bool{false, true} {
			tc := toolchain(t, target, "")
			dir := unpack(t, archive(t, "chain.txtar"))
			built, err := buildDir(t, tc, dir, Options{Strip: strip})
			if err != nil {
				t.Fatal(err)
			}
			var deps []string
			for _, b := range built {
				deps = append(deps, b.Name+": "+strings.Join(b.Depends, " "))
			}
			if diff := cmp.Diff([]string{"top: middle", "bottom: ", "middle: bottom"}, deps); diff != "" {
				t.Error(diff)
			}
			specs := map[string]*kmod.Spec{}
			for _, b := range built {
				file, err := os.ReadFile(b.File)
				if err != nil {
					t.Fatal(err)
				}
				if specs[b.Name], err = kmod.Parse(file, target.Machine); err != nil {
					t.Fatal(err)
				}
			}
			checkChain(t, target, specs, strip)
		}
	}
}

// checkChain compares versions, debugging information and .modinfo.
func checkChain(t *testing.T, target *Target, specs map[string]*kmod.Spec, strip bool) {
	t.Helper()
	debug := false
	for _, s := range specs["middle"].Sections {
		debug = debug || s.Name == ".debug_info"
		if s.Name == ".export_symbol" {
			t.Error(".export_symbol is still there")
		}
	}
	if debug == strip {
		t.Errorf("debugging information: %v, with strip %v", debug, strip)
	}
	kernel := symvers.Of(target.Machine)
	for name, symbols := range map[string][]string{
		"top": {kmod.ModuleLayoutSymbol, "printk", "middle"}, "middle": {kmod.ModuleLayoutSymbol, "bottom_get", "bottom_data"},
	} {
		if len(specs[name].Versions) != len(symbols) {
			t.Errorf("%s: versions %+v", name, specs[name].Versions)
		}
		for _, s := range symbols {
			crc, ok := specs[name].Version(s)
			if row := kernel.Lookup(s); !ok || crc == 0 || row != nil && row.CRC != crc {
				t.Errorf("%s: version of %s is %#x", name, s, crc)
			}
		}
	}
	if info := specs["top"].Info; info.Get("depends") != "middle" || !info.Imports("SPACE") || len(info.Get("srcversion")) != srcVersionDigits {
		t.Errorf("%+v", info)
	}
}

// TestCRCs changes a header and sees which exports change.
func TestCRCs(t *testing.T) {
	crcs := func(t *testing.T, tc *Toolchain, from, to string) map[string]uint32 {
		a := archive(t, "chain.txtar")
		for i := range a.Files {
			if name := a.Files[i].Name; name != "shared.h" && name != "one.c" {
				continue // a definition may name its parameters as it likes
			}
			a.Files[i].Data = bytes.ReplaceAll(a.Files[i].Data, []byte(from), []byte(to))
		}
		dir := unpack(t, a)
		if _, err := buildDir(t, tc, dir, Options{}); err != nil {
			t.Fatal(err)
		}
		text, err := os.ReadFile(filepath.Join(dir, symvers.FileName))
		if err != nil {
			t.Fatal(err)
		}
		rows, err := symvers.Parse(string(text))
		if err != nil {
			t.Fatal(err)
		}
		m := map[string]uint32{}
		for _, r := range rows {
			m[r.Symbol] = r.CRC
		}
		return m
	}
	for _, target := range Targets {
		tc := toolchain(t, target, "")
		before := crcs(t, tc, "", "")
		for _, c := range []struct{ from, to, changed string }{
			{"const char *name)", "const char *title)", ""},
			{"int size;", "typeof(int) size;", ""},
			{"int size;", "int length;\n#define size length\n", "bottom_data bottom_get"},
			{"int size;", "int size; int more;", "bottom_data bottom_get"},
			{"int size;", "unsigned int size;", "bottom_data bottom_get"},
			{"low : 3, high : 5", "low : 4, high : 4", "bottom_data bottom_get"},
			{"LARGE = 7", "LARGE = 8", "bottom_data bottom_get"},
			{"int middle(int n)", "int middle(long long n)", "middle"},
		} {
			after := crcs(t, tc, c.from, c.to)
			var changed []string
			for _, s := range []string{"bottom_data", "bottom_get", "middle"} {
				if before[s] != after[s] {
					changed = append(changed, s)
				}
			}
			if got := strings.Join(changed, " "); got != c.changed {
				t.Errorf("%s: %q to %q changes %q, want %q", target.Arch, c.from, c.to, got, c.changed)
			}
		}
	}
}

// TestReproducible builds the same sources in two places.
func TestReproducible(t *testing.T) {
	for _, target := range Targets {
		tc := toolchain(t, target, "")
		var first []byte
		for range 2 {
			dir := unpack(t, archive(t, "chain.txtar"))
			if _, err := buildDir(t, tc, dir, Options{Strip: true}); err != nil {
				t.Fatal(err)
			}
			b, err := os.ReadFile(filepath.Join(dir, "top.ko"))
			if err != nil {
				t.Fatal(err)
			}
			if first != nil && !bytes.Equal(first, b) {
				t.Errorf("%s: two builds differ", target.Arch)
			}
			first = b
		}
	}
}

// TestOwnLinker joins with package modpost what clang compiled, and compares
// with what the linker makes of it: the loader must see the same, section by
// section, wherever they lie in the file.
func TestOwnLinker(t *testing.T) {
	for _, target := range Targets {
		t.Run(target.Arch, func(t *testing.T) {
			var images [2]map[string]string
			for i := range images {
				tc := toolchain(t, target, "clang")
				if i == 1 {
					tc.ld = nil
				} else if tc.ownLinker() {
					lab.Skip(t, "no linker to compare with: install lld")
				}
				dir := unpack(t, archive(t, "chain.txtar"))
				built, err := buildDir(t, tc, dir, Options{})
				if err != nil {
					t.Fatal(err)
				}
				images[i] = map[string]string{}
				for _, b := range built {
					linkImage(t, target.Machine, b, images[i])
				}
			}
			if diff := cmp.Diff(images[0], images[1]); diff != "" {
				t.Error(diff)
			}
		})
	}
}

// linkImage links a module at an address and notes the names and values of what
// its relocations compute, by section.
func linkImage(t *testing.T, m *kmod.Machine, b Built, out map[string]string) {
	t.Helper()
	file, err := os.ReadFile(b.File)
	if err != nil {
		t.Fatal(err)
	}
	spec, err := kmod.Parse(file, m)
	if err != nil {
		t.Fatal(err)
	}
	lay, err := spec.Place()
	if err != nil {
		t.Fatal(err)
	}
	const base, init = 0xa0000000, 0xa1000000
	im, err := spec.Link(lay, kmod.Memory{
		Core: make([]byte, lay.Regions[kmod.Core].Size), CoreBase: base,
		Init: make([]byte, lay.Regions[kmod.Init].Size), InitBase: init,
	}, addresses{}, nil)
	if err != nil {
		t.Fatal(err)
	}
	// Code depends on where sections lie; tables and strings do not, once
	// what they point to is followed.
	exports, err := im.Exports()
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range exports {
		out[b.Name+" exports "+e.Name] = fmt.Sprintf("%s %s %#x", e.Kind, e.Namespace, e.CRC)
	}
	for _, v := range spec.Versions {
		out[b.Name+" uses "+v.Name] = fmt.Sprintf("%#x", v.CRC)
	}
	for i := range spec.Sections {
		s := &spec.Sections[i]
		if mem, _ := im.SectionMem(i); len(mem) > 0 {
			out[b.Name+s.Name] = fmt.Sprint(len(mem))
		}
	}
	for _, rs := range spec.Relocs {
		for _, r := range rs.Relocs {
			out[fmt.Sprintf("%s%s+%#x", b.Name, spec.Sections[rs.Target].Name, r.Offset)] += r.Type.Name + " "
		}
	}
	if _, _, _, err := im.This(); err != nil {
		t.Error(err)
	}
}

// addresses gives every outside symbol the same one.
type addresses struct{}

func (addresses) Resolve(string) (uint64, error) { return 0xa2000000, nil }

// TestBuiltBefore: a module uses one that was built by an earlier call, whose
// table lies in the same directory or is named.
func TestBuiltBefore(t *testing.T) {
	tc := toolchain(t, Targets[0], "")
	dir := unpack(t, archive(t, "chain.txtar"))
	if _, err := buildDir(t, tc, dir, Options{}); err != nil {
		t.Fatal(err)
	}
	for _, opts := range []Options{
		{Out: dir},
		{Out: t.TempDir(), Symvers: []string{filepath.Join(dir, symvers.FileName)}},
	} {
		built, err := Build(tc, Files([]string{filepath.Join(dir, "top.c")}), opts)
		if err != nil || len(built) != 1 || len(built[0].Depends) != 1 || built[0].Depends[0] != "middle" {
			t.Errorf("%+v: %+v, %v", opts, built, err)
		}
	}
	var log bytes.Buffer
	_, err := Build(tc, Files([]string{filepath.Join(dir, "top.c")}), Options{Out: t.TempDir(), Log: &log})
	if !errors.Is(err, ErrFindings) || !strings.Contains(log.String(), `ERROR: modpost: "middle" [top.ko] undefined!`) {
		t.Errorf("%v: %s", err, &log)
	}
	if _, err := Build(tc, Files([]string{filepath.Join(dir, "top.c")}), Options{Out: t.TempDir(), AllowUndefined: true}); err != nil {
		t.Error(err)
	}
}

// TestKeepGoing builds what can be built and explains the rest.
func TestKeepGoing(t *testing.T) {
	for _, cc := range []string{"", "clang"} {
		tc := toolchain(t, Targets[0], cc)
		dir := unpack(t, txtar.Parse([]byte(`
-- good.c --
#include <linux/module.h>
MODULE_LICENSE("GPL");
-- header.c --
#include <linux/nothing.h>
-- include.c --
#include <linux/module.h>
int f(void) { return kstrtoint_from_nowhere(); }
MODULE_LICENSE("GPL");
-- needs.c --
#include <linux/types.h>
int g(void) { return strlen_of("x") + strcmp("a", "b"); }
-- string.c --
#include <linux/types.h>
int g(void) { return strcmp("a", "b"); }
-- program.c --
#include <stdio.h>
-- undefined.c --
#include <linux/module.h>
int strange(void);
int h(void) { return strange(); }
MODULE_LICENSE("GPL");
`)))
		var log bytes.Buffer
		built, err := buildDir(t, tc, dir, Options{KeepGoing: true, Log: &log})
		if !errors.Is(err, ErrFindings) || len(built) != 1 || built[0].Name != "good" {
			t.Errorf("%s: %+v, %v", tc.CC, built, err)
		}
		for _, want := range []string{
			"hint: this kernel has no linux/nothing.h: it does not offer that part of Linux's interface to modules\n",
			"hint: this kernel has no function kstrtoint_from_nowhere for modules\n",
			"hint: this kernel has no function strlen_of for modules\n",
			"hint: stdio.h is of the C library, which kernel code cannot use: what there is instead is in <linux/...>, as pr_info in <linux/printk.h>\n",
			"hint: strcmp is declared in <linux/string.h>: include it\n",
			"ERROR: modpost: \"strange\" [undefined.ko] undefined!\n",
		} {
			if !strings.Contains(log.String(), want) {
				t.Errorf("%s: the log lacks %q:\n%s", tc.CC, want, &log)
			}
		}
		if _, err := os.Stat(filepath.Join(dir, "undefined.ko")); err == nil {
			t.Errorf("%s: undefined.ko was built", tc.CC)
		}
	}
}

// TestDeviceTable: tables of devices become aliases, on both machines.
func TestDeviceTable(t *testing.T) {
	for _, target := range Targets {
		for _, cc := range []string{"", "clang"} {
			tc := toolchain(t, target, cc)
			dir := unpack(t, txtar.Parse([]byte(`
-- driver.c --
#include <linux/module.h>
#include <linux/mod_devicetable.h>
static const struct of_device_id nodes[] = {
	{ .compatible = "vendor,one", .data = "x" },
	{ .name = "n", .type = "t", .compatible = "two" },
	{ },
};
MODULE_DEVICE_TABLE(of, nodes);
static const struct platform_device_id names[] = { { "board-led", 1 }, { } };
MODULE_DEVICE_TABLE(platform, names);
MODULE_LICENSE("GPL");
`)))
			built, err := buildDir(t, tc, dir, Options{})
			if err != nil {
				t.Fatal(err)
			}
			b, err := os.ReadFile(built[0].File)
			if err != nil {
				t.Fatal(err)
			}
			spec, err := kmod.Parse(b, target.Machine)
			if err != nil {
				t.Fatal(err)
			}
			got := spec.Info.All("alias")
			slices.Sort(got)
			want := []string{"of:N*T*Cvendor,one", "of:N*T*Cvendor,oneC*", "of:NnTtCtwo", "of:NnTtCtwoC*", "platform:board-led"}
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("%s with %s\n%s", target.Arch, tc.CC, diff)
			}
		}
	}
}

// TestMissingCompiler says what to install.
func TestMissingCompiler(t *testing.T) {
	t.Setenv("PATH", t.TempDir())
	for _, target := range Targets {
		_, err := target.Toolchain("")
		var missing *MissingError
		if !errors.As(err, &missing) || !strings.Contains(err.Error(), "no C compiler for "+target.Arch+" is installed (on Debian: apt-get install gcc-") {
			t.Errorf("%v", err)
		}
		if _, err = target.Toolchain("gcc -m32"); err == nil || !strings.Contains(err.Error(), ": give its name only, the flags") {
			t.Errorf("%s: %v", target.Arch, err)
		}
		if _, err = target.Toolchain("tcc"); err == nil || !strings.Contains(err.Error(), "the compiler tcc cannot build modules for "+target.Arch+": it is not installed") {
			t.Errorf("%v", err)
		}
	}
}

// TestTypeText shows what a CRC is made of.
func TestTypeText(t *testing.T) {
	tc := toolchain(t, Targets[0], "")
	dir := unpack(t, archive(t, "chain.txtar"))
	b := &build{tc: tc, tmp: t.TempDir(), opts: Options{Log: os.Stderr}, include: "../include"}
	abs, err := filepath.Abs(b.include)
	if err != nil {
		t.Fatal(err)
	}
	b.include = abs
	obj := filepath.Join(b.tmp, "x.o")
	if _, err := b.compile(filepath.Join(dir, "bottom.c"), obj, "bottom", "-DSIZE=4"); err != nil {
		t.Fatal(err)
	}
	object, err := os.ReadFile(obj)
	if err != nil {
		t.Fatal(err)
	}
	texts, err := modpost.TypeTexts(object, []string{"bottom_get", "nothing"})
	want := map[string]string{
		"bottom_get": "func(*struct shared/24{size@0 s32; next@8 *struct shared; low@16.0:3 u32; high@16.3:5 u32; " +
			"kind@20 enum kind/4{SMALL=0; LARGE=7; }; }, *const uchar) s32",
		"nothing": "",
	}
	if diff := cmp.Diff(want, texts); err != nil || diff != "" {
		t.Error(err, diff)
	}
}
