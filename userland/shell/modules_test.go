package shell

import (
	"slices"
	"testing"
	"testing/fstest"
)

func TestModuleNames(t *testing.T) {
	entries, err := fstest.MapFS{"hello.ko": {}, "dep-a.ko.gz": {}, "mod.dep": {}, ".ko": {}}.ReadDir(".")
	if err != nil {
		t.Fatal(err)
	}
	if got, want := moduleStems(entries), []string{"dep-a", "hello"}; !slices.Equal(got, want) {
		t.Errorf("installed: %q, want %q", got, want)
	}
	if got, want := loadedNames("hello 12288 0 - Live 0x0\ndep_a 1 1 dep_b, Live 0x0 (O)\n"), []string{"dep_a", "hello"}; !slices.Equal(got, want) {
		t.Errorf("loaded: %q, want %q", got, want)
	}
	for command := range moduleArguments {
		from := moduleArguments[command]
		defer func() { moduleArguments[command] = from }()
		moduleArguments[command] = func() []string { return []string{command + "-1", command + "-2", "other"} }
	}
	for _, c := range []struct {
		before, word string
		want         []string
	}{
		{"insmod", "", []string{"insmod-1", "insmod-2", "other"}},
		{"ls; modprobe -v", "modprobe-2", []string{"modprobe-2"}},
		{"true && rmmod a", "o", []string{"other"}},
		{"ls", "o", nil},
		{"rmmod x; ls", "o", nil},
		{"", "o", nil},
	} {
		if got := moduleNames(c.before, c.word); !slices.Equal(got, c.want) {
			t.Errorf("moduleNames(%q, %q) = %q, want %q", c.before, c.word, got, c.want)
		}
	}
}
