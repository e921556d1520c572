package main

import (
	"bytes"
	"strings"
	"testing"
)

// TestModNewNames: a name that cannot become a module is refused before
// anything is written.
func TestModNewNames(t *testing.T) {
	t.Chdir(t.TempDir())
	for name, want := range map[string]string{
		"1st":                   "cannot name a module: letters",
		"a.b":                   "cannot name a module: letters",
		"":                      "cannot name a module: letters",
		"dir/module":            "\"module\" cannot name a module: its functions would be module_init",
		strings.Repeat("x", 56): "at most 55",
		"fine":                  "",
	} {
		var out, errs bytes.Buffer
		status := execute([]string{"mod", "new", name}, streams{strings.NewReader(""), &out, &errs})
		if want == "" && status != 0 || want != "" && (status != statusUsage || !strings.Contains(errs.String(), want)) {
			t.Errorf("%q: status %d, %s", name, status, &errs)
		}
	}
}
