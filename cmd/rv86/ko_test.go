package main

import (
	"bytes"
	"encoding/json"
	"encoding/xml"
	"errors"
	"io"
	"os"
	"path/filepath"
	"reflect"
	"regexp"
	"strings"
	"testing"

	"rv86/tests/lab"

	"github.com/google/go-cmp/cmp"
)

const koModules = "../../images/modules/"

func ko(args ...string) (out, errs string, status int) {
	var o, e bytes.Buffer
	status = execute(append([]string{"ko"}, args...), streams{strings.NewReader(""), &o, &e})
	return o.String(), e.String(), status
}

// TestKoGolden compares text and JSON with files that were read once; `go test
// ./cmd/rv86 -run TestKoGolden -update` writes them again.
func TestKoGolden(t *testing.T) {
	for _, arch := range []string{"riscv64", "i386"} {
		for _, name := range []string{"dep-a", "dep-b"} {
			for _, form := range []string{"txt", "json"} {
				args := []string{koModules + arch + "/" + name + ".ko"}
				if form == "json" {
					args = append(args, "--json")
				}
				out, errs, status := ko(args...)
				if status != 0 || errs != "" {
					t.Fatalf("%v: status %d, %s", args, status, errs)
				}
				golden := filepath.Join("testdata", "ko", arch+"-"+name+"."+form)
				if lab.Update() {
					if err := os.WriteFile(golden, []byte(out), 0o644); err != nil {
						t.Fatal(err)
					}
				}
				want, err := os.ReadFile(golden)
				if diff := cmp.Diff(string(want), out); err != nil || diff != "" {
					t.Errorf("%s: %v\n%s", golden, err, diff)
				}
			}
		}
	}
}

func TestKoTables(t *testing.T) {
	out, _, _ := ko(koModules + "riscv64/params.ko")
	for _, want := range []string{
		"\nparameters\n  count          int              0644 How many times to greet\n  list           array of short   0444 ",
		"  param_ops_int              the kernel: EXPORT_SYMBOL, version 0x",
	} {
		if !strings.Contains(out, want) {
			t.Errorf("the report lacks %q", want)
		}
	}
}

// TestKoOtherVersion: a module that was built for another printk is told from
// one that was not.
func TestKoOtherVersion(t *testing.T) {
	b, err := os.ReadFile(koModules + "riscv64/hello.ko")
	if err != nil {
		t.Fatal(err)
	}
	i := bytes.Index(b, []byte("\x00\x00\x00\x00printk\x00"))
	b[i-1] ^= 1
	b = bytes.Replace(b, []byte("structcrc="), []byte("xtructxrc="), 1)
	file := filepath.Join(t.TempDir(), "other.ko")
	if err := os.WriteFile(file, b, 0o600); err != nil {
		t.Fatal(err)
	}
	out, _, _ := ko(file)
	if want := "printk                     the kernel: EXPORT_SYMBOL, built for version 0x"; !strings.Contains(out, want) || !strings.Contains(out, ": the load would fail\n") {
		t.Errorf("no warning in\n%s", out)
	}
}

// TestKoJSONFields: every field is described in the guide.
func TestKoJSONFields(t *testing.T) {
	doc, err := os.ReadFile("../../docs/howto/read-a-module.md")
	if err != nil {
		t.Fatal(err)
	}
	seen := map[reflect.Type]bool{}
	var walk func(typ reflect.Type)
	walk = func(typ reflect.Type) {
		for typ.Kind() == reflect.Slice {
			typ = typ.Elem()
		}
		if typ.Kind() != reflect.Struct || seen[typ] {
			return
		}
		seen[typ] = true
		for i := range typ.NumField() {
			name, _, _ := strings.Cut(typ.Field(i).Tag.Get("json"), ",")
			if name != "" && !bytes.Contains(doc, []byte("`"+name+"`")) {
				t.Errorf("docs/howto/read-a-module.md does not describe `%s`", name)
			}
			walk(typ.Field(i).Type)
		}
	}
	walk(reflect.TypeFor[koReport]())
	if len(seen) < 10 {
		t.Errorf("only %d structures: the search is broken", len(seen))
	}
}

// TestKoHTML: the page is well formed and whole, every relocation has its mark
// and leads to something on it.
func TestKoHTML(t *testing.T) {
	for _, arch := range []string{"riscv64", "i386"} {
		out, _, status := ko("--html", koModules+arch+"/params.ko")
		text, _, _ := ko("--json", koModules+arch+"/params.ko")
		var r koReport
		if err := json.Unmarshal([]byte(text), &r); err != nil || status != 0 {
			t.Fatal(status, err)
		}
		body, _, _ := strings.Cut(out, "<script>")
		d := xml.NewDecoder(strings.NewReader(body + "</body></html>"))
		d.Strict, d.AutoClose, d.Entity = false, []string{"meta", "br"}, xml.HTMLEntity
		ids, leads := map[string]bool{}, map[string]bool{}
		marks, bars := 0, 0
		for {
			token, err := d.Token()
			if errors.Is(err, io.EOF) {
				break
			}
			if err != nil {
				t.Fatalf("%s: the page is not well formed: %v", arch, err)
			}
			start, ok := token.(xml.StartElement)
			if !ok {
				continue
			}
			for _, a := range start.Attr {
				switch {
				case a.Name.Local == "id" && ids[a.Value]:
					t.Errorf("%s: two elements have the id %s", arch, a.Value)
				case a.Name.Local == "id":
					ids[a.Value] = true
				case a.Name.Local == "data-to" && a.Value != "":
					leads[a.Value] = true
				case a.Name.Local == "class" && a.Value == "mark":
					marks++
				case a.Name.Local == "class" && a.Value == "sec":
					bars++
				case a.Name.Local == "src" || a.Name.Local == "href":
					t.Errorf("%s: the page needs %s", arch, a.Value)
				}
			}
		}
		if marks != len(r.Relocations) || marks == 0 {
			t.Errorf("%s: %d marks for %d relocations", arch, marks, len(r.Relocations))
		}
		if bars < 5 || len(leads) < 5 {
			t.Errorf("%s: %d bars, %d places that relocations lead to", arch, bars, len(leads))
		}
		for id := range leads {
			if !ids[id] {
				t.Errorf("%s: a relocation leads to %s, which is not there", arch, id)
			}
		}
		outside := regexp.MustCompile(`(?i)https?://[^"]*|@import|url\(`).FindAllString(out, -1)
		if len(outside) != 1 || outside[0] != "http://www.w3.org/2000/svg" {
			t.Errorf("%s: the page refers to %q", arch, outside)
		}
	}
}

// TestKoRefuses: one sentence on stderr, nothing on stdout, status 2.
func TestKoRefuses(t *testing.T) {
	dir := t.TempDir()
	good, err := os.ReadFile(koModules + "riscv64/hello.ko")
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

func TestBytesText(t *testing.T) {
	for n, want := range map[uint64]string{
		0: "0 bytes", 1023: "1023 bytes", 1024: "1 KiB", 1536: "1.5 KiB", 20<<10 + 1: "20 KiB", 1 << 20: "1 MiB", 1<<31 - 1: "1.9 GiB",
	} {
		if got := bytesText(n); got != want {
			t.Errorf("%d: %s, want %s", n, got, want)
		}
	}
}
