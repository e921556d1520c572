// Package golden_test runs the golden scripts of this directory, as
// `rv86 test tests/golden/*.txtar` does.
package golden_test

import (
	"path/filepath"
	"testing"

	"rv86/machine/golden"
	"rv86/machine/session"
	"rv86/tests/lab"
)

func TestGolden(t *testing.T) {
	for _, arch := range session.Archs {
		t.Run(arch, func(t *testing.T) { runScripts(t, arch) })
	}
}

func runScripts(t *testing.T, arch string) {
	cfg := golden.Config{ImageDirs: []string{lab.Images(t, arch)}, Arch: arch}
	files, err := filepath.Glob("*.txtar")
	if err != nil || len(files) == 0 {
		t.Fatalf("no scripts: %v", err)
	}
	for _, f := range files {
		s, err := golden.Load(f)
		if err != nil {
			t.Error(err)
			continue
		}
		t.Run(s.Name, func(t *testing.T) {
			t.Parallel()
			_, diff, err := s.Run(t.Context(), cfg)
			if err != nil {
				t.Fatal(err)
			}
			if diff != "" {
				t.Errorf("not as expected; `make golden` stores what comes out\n%s", diff)
			}
		})
	}
}
