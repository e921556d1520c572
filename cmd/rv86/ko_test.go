package main

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

const koModules = "../../images/modules/riscv64/"

func ko(args ...string) (out, errs string, status int) {
	var o, e bytes.Buffer
	status = execute(append([]string{"ko"}, args...), streams{strings.NewReader(""), &o, &e})
	return o.String(), e.String(), status
}

// TestKoText looks for a line of each step.
func TestKoText(t *testing.T) {
	out, errs, status := ko(koModules + "dep-b.ko")
	if status != 0 || errs != "" {
		t.Fatalf("status %d, %s", status, errs)
	}
	for _, want := range []string{
		": module dep_b for riscv64, ",
		"  depends        dep_a\n",
		"  init  at 0xffffffff80400000: 4096 bytes r-x, 0 r--, 0 rw-\n",
		"  printk                     the kernel (function)\n",
		"  dep_a_add                  another module (depends on dep_a)\n",
		"  init_module                global  .init.text+0x0, ",
		"R_RISCV_CALL_PLT printk\n      S + A - P: S=0xffffffff8000600",
		"lw x12,0(x12) -> lw x12,-20(x12)\n",
	} {
		if !strings.Contains(out, want) {
			t.Errorf("the report lacks %q", want)
		}
	}
}

func TestKoTables(t *testing.T) {
	out, _, _ := ko(koModules + "dep-a.ko")
	if !strings.Contains(out, "\nsymbols it exports\n  dep_a_calls\n  dep_a_add                  GPL only\n") {
		t.Error("the exports are missing")
	}
	out, _, _ = ko(koModules + "params.ko")
	if !strings.Contains(out, "\nparameters\n  list\n  where\n  whom\n  loud\n  mask\n  count\n\n") {
		t.Error("the parameters are missing")
	}
}

func TestKoJSON(t *testing.T) {
	out, _, status := ko("--json", koModules+"hello.ko")
	var r koReport
	if err := json.Unmarshal([]byte(out), &r); err != nil || status != 0 {
		t.Fatal(status, err)
	}
	if r.Module != "hello" || r.Machine != "riscv64" || len(r.Relocations) != 8 || len(r.Needs) != 1 {
		t.Errorf("report %+v", r)
	}
}

// TestKoRefuses: one sentence on stderr, nothing on stdout, status 2.
func TestKoRefuses(t *testing.T) {
	dir := t.TempDir()
	good, err := os.ReadFile(koModules + "hello.ko")
	if err != nil {
		t.Fatal(err)
	}
	file := func(name string, b []byte) string {
		p := filepath.Join(dir, name)
		if err := os.WriteFile(p, b, 0o600); err != nil {
			t.Fatal(err)
		}
		return p
	}
	x86 := append([]byte(nil), good...)
	x86[18], x86[19] = 62, 0
	for _, c := range []struct{ file, want string }{
		{filepath.Join(dir, "none.ko"), "rv86: cannot read the module: open "},
		{file("text.ko", []byte("hello, this is text and no module at all, long enough to have a header\n")), "this is no ELF file"},
		{file("short.ko", good[:500]), "truncated?"},
		{file("x86.ko", x86), "module for ELF machine 62 (x86-64), but this is riscv64 (243)"},
		{file("empty.ko", nil), "the file is empty"},
	} {
		out, errs, status := ko(c.file)
		if status != statusUsage || out != "" || !strings.Contains(errs, c.want) || strings.Count(errs, "\n") != 1 {
			t.Errorf("%s: status %d, stdout %q, stderr %q; want %q", filepath.Base(c.file), status, out, errs, c.want)
		}
	}
}
