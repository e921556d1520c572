package main

import (
	"bytes"
	"compress/gzip"
	"os"
	"strings"
	"testing"
)

// TestModSignOnlyModules: what is no module stays as it is.
func TestModSignOnlyModules(t *testing.T) {
	t.Chdir(t.TempDir())
	const text = "obj-m += a.o\n"
	if err := os.WriteFile("Makefile", []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	run := func(args ...string) (errs string, status int) {
		var o, e bytes.Buffer
		status = execute(append([]string{"mod"}, args...), streams{strings.NewReader(""), &o, &e})
		return e.String(), status
	}
	if errs, status := run("key", "k"); status != 0 {
		t.Fatal(errs)
	}
	if errs, status := run("sign", "k", "Makefile"); status != statusUsage || !strings.Contains(errs, "Makefile is no module") {
		t.Errorf("status %d, %s", status, errs)
	}
	if b, err := os.ReadFile("Makefile"); err != nil || string(b) != text {
		t.Errorf("Makefile became %q, %v", b, err)
	}
}

// TestKoCompressed: what insmod loads, ko explains.
func TestKoCompressed(t *testing.T) {
	b, err := os.ReadFile(koModules + "riscv64/hello.ko")
	if err != nil {
		t.Fatal(err)
	}
	t.Chdir(t.TempDir())
	var packed bytes.Buffer
	z := gzip.NewWriter(&packed)
	z.Write(b)
	z.Close()
	for name, data := range map[string][]byte{"hello.ko.gz": packed.Bytes(), "cut.ko.gz": packed.Bytes()[:packed.Len()/2]} {
		if err := os.WriteFile(name, data, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if out, errs, status := ko("hello.ko.gz"); status != 0 || !strings.Contains(out, "module hello for riscv64") {
		t.Errorf("status %d, %s", status, errs)
	}
	if _, errs, status := ko("cut.ko.gz"); status != statusUsage || !strings.Contains(errs, "unpack: ") {
		t.Errorf("cut short: status %d, %s", status, errs)
	}
}
