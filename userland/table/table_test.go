package table

import (
	"bytes"
	"os"
	"strings"
	"testing"

	"rv86/tests/lab"
)

// commandList is read by the image builder, which makes a link for each name.
const commandList = "../../images/initramfs/commands"

func TestCommandListIsCurrent(t *testing.T) {
	var want bytes.Buffer
	for _, cmd := range Commands() {
		want.WriteString(cmd.Name + "\n")
	}
	if lab.Update() {
		if err := os.WriteFile(commandList, want.Bytes(), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	got, err := os.ReadFile(commandList)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(got, want.Bytes()) {
		t.Errorf("%s is stale; run go test ./userland/table -update", commandList)
	}
}

// TestRows holds every row to what its help promises.
func TestRows(t *testing.T) {
	seen := map[string]bool{}
	for _, cmd := range Commands() {
		if seen[cmd.Name] {
			t.Errorf("%s: two rows", cmd.Name)
		}
		seen[cmd.Name] = true
		if Find(cmd.Name) != cmd {
			t.Errorf("%s: Find does not find it", cmd.Name)
		}
		if !strings.HasSuffix(cmd.Help, ".") || cmd.Run == nil {
			t.Errorf("%s: the row lacks a sentence or a function", cmd.Name)
		}
		letters := map[byte]bool{}
		for _, o := range cmd.Options {
			if o.Short != 0 && letters[o.Short] {
				t.Errorf("%s: -%c twice", cmd.Name, o.Short)
			}
			letters[o.Short] = true
			if o.Help == "" {
				t.Errorf("%s: -%c has no help", cmd.Name, o.Short)
			}
		}
		var out, errw bytes.Buffer
		if status := cmd.Main(cmd.Name, []string{"--help"}, strings.NewReader(""), &out, &errw); status != 0 ||
			!strings.HasPrefix(out.String(), "Usage: "+cmd.Name) {
			t.Errorf("%s --help: status %d, %q %q", cmd.Name, status, out.String(), errw.String())
		}
	}
}
