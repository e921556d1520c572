package kbuild

import (
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/tools/txtar"
)

// modules describes what a Makefile asks for: NAME: SOURCE FLAG... for each.
func modules(t *testing.T, text string) (string, error) {
	t.Helper()
	dir := unpack(t, txtar.Parse([]byte("-- a.c --\n-- b.c --\n-- start.c --\n-- stop.c --\n-- head.S --\n")))
	mk, err := parseMakefile(text, dir, "riscv64")
	if err != nil {
		return "", err
	}
	mods, err := mk.modules(dir, "riscv64")
	var out []string
	for _, m := range mods {
		line := m.Name + ":"
		for i, s := range m.Sources {
			line += strings.Join(append([]string{" " + filepath.Base(s)}, m.Flags[i]...), " ")
		}
		out = append(out, strings.ReplaceAll(line, dir, "DIR"))
	}
	return strings.Join(out, "; "), err
}

func TestMakefile(t *testing.T) {
	for _, c := range []struct{ what, text, want string }{
		{"plain", "obj-m += a.o\nobj-m += b.o\n", "a: a.c; b: b.c"},
		{"one line", "obj-m := a.o b.o # two\n", "a: a.c; b: b.c"},
		{"files", "obj-m += startstop.o\nstartstop-objs := start.o stop.o\n", "startstop: start.c stop.c"},
		{"files with y", "obj-m += m.o\nm-y = start.o\nm-y += \\\n head.o\n", "m: start.c head.S"},
		{"flags", "ccflags-y := -DX -I$(src)/inc\nCFLAGS_a.o = -O1\nobj-m = a.o b.o\n", "a: a.c -DX -IDIR/inc -O1; b: b.c -DX -IDIR/inc"},
		{"include nothing", "ccflags-y := -I$(INC) -DX -I inc -I$(INC)\nobj-m = a.o\n", "a: a.c -DX -I inc"},
		{"twice", "obj-m += a.o\nobj-m += a.o\n", "a: a.c"},
		{"two parts", "ifneq ($(KERNELRELEASE),)\nobj-m := a.o\nelse\nobj-m := b.o\nall:\n\t$(MAKE) X=1\nendif\n", "a: a.c"},
		{"two parts, other way", "ifeq ($(KERNELRELEASE),)\nKDIR ?= /lib\nelse\n obj-m := a.o\nendif\n", "a: a.c"},
		{"ifdef", "ifdef KERNELRELEASE\nobj-m := a.o\nendif\nifndef CONFIG_X\nobj-m += b.o\nendif\n", "a: a.c; b: b.c"},
		{"nested", "ifdef NONE\nifdef KERNELRELEASE\nobj-m := a.o\nelse\nobj-m := b.o\nendif\nelse\nobj-m += b.o\nendif\n", "b: b.c"},
		{"else if", "ifeq ($(ARCH), i386)\nobj-m := a.o\nelse ifeq \"$(ARCH)\" \"riscv64\"\nobj-m := b.o\nelse\nobj-m := c.o\nendif\n", "b: b.c"},
		{"variables", "NAME = a\nLIST := $(NAME).o ${NAME}2.o\nobj-m := $(firstword x) $(NAME).o\nPWD := $(CURDIR)\n", "a: a.c"},
		{"rules", "obj-m += a.o\nall: obj-m = b.o\n\tobj-m += b.o\nx := $(shell date)\n", "a: a.c"},
	} {
		got, err := modules(t, c.text)
		if diff := cmp.Diff(c.want, got); err != nil || diff != "" {
			t.Errorf("%s: %v\n%s", c.what, err, diff)
		}
	}
}

func TestMakefileRefusals(t *testing.T) {
	for _, c := range []struct{ text, want string }{
		{"obj-m += c.o\n", "module c: there is neither c.c nor c.S in "},
		{"obj-m += a.c\n", `"a.c", which is no object file NAME.o`},
		{"ifdef X\n", "1 ifs have no endif"},
		{"endif\n", "line 1: endif without if"},
		{"\nelse\n", "line 2: else without if"},
		{"ifeq a b\nendif\n", "line 1: ifeq a b is not understood"},
	} {
		if got, err := modules(t, c.text); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%q: %s, %v, want %q", c.text, got, err, c.want)
		}
	}
	dir := t.TempDir()
	if _, err := Sources(dir, "riscv64"); err == nil || !strings.Contains(err.Error(), "has neither a Makefile nor C files") {
		t.Error(err)
	}
}

// FuzzMakefile: no text makes the parser fail otherwise than with an error.
func FuzzMakefile(f *testing.F) {
	f.Add("ifeq ($(A),b)\nobj-m += $(x\nelse\nendif\n")
	f.Add("a-objs := b.o \\\n c.o\nobj-m := a.o $")
	f.Fuzz(func(_ *testing.T, text string) {
		if m, err := parseMakefile(text, "dir", "i386"); err == nil {
			_, _ = m.modules("dir", "i386")
		}
	})
}

func TestTokens(t *testing.T) {
	for text, want := range map[string]string{
		"int a; /* x\n */ int b;// y\nc": "inta;intb;c",
		`s = "a // \" b"; 'x' ' '`:       `s="a // \" b";'x'' '`,
		"/* open":                        "",
		`"open`:                          `"open`,
	} {
		if got := string(tokens([]byte(text))); got != want {
			t.Errorf("%q: %q, want %q", text, got, want)
		}
	}
}

func TestDependencies(t *testing.T) {
	got := dependencies("x.o: a.c \\\n /inc/linux/module.h my\\ file.h\n")
	if diff := cmp.Diff([]string{"a.c", "/inc/linux/module.h", "my file.h"}, got); diff != "" {
		t.Error(diff)
	}
}
