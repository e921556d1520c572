package shell

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// complete is the Tab key: the word before the cursor becomes the longest
// prefix that all candidates share, and the candidate itself when there is one.
func (e *editor) complete(line string, pos int, key rune) (string, int, bool) {
	if key != '\t' {
		return "", 0, false
	}
	start := strings.LastIndexAny(line[:pos], " \t|;&<>(") + 1
	word := line[start:pos]
	var names []string
	before := strings.TrimRight(line[:start], " \t")
	isCommand := before == "" || strings.ContainsAny(before[len(before)-1:], "|;&(")
	if isCommand && !strings.Contains(word, "/") {
		names = e.sh.commandNames(word)
	} else {
		names = append(moduleNames(before, word), e.sh.fileNames(word)...)
	}
	if len(names) == 0 {
		return line, pos, true
	}
	full := commonPrefix(names)
	if len(names) == 1 && !strings.HasSuffix(full, "/") {
		full += " "
	}
	if len(full) < len(word) {
		return line, pos, true
	}
	return line[:start] + full + line[pos:], start + len(full), true
}

// commandNames lists the programs in PATH that begin with prefix.
func (sh *shell) commandNames(prefix string) []string {
	var names []string
	for _, dir := range filepath.SplitList(sh.runner.Env.Get("PATH").String()) {
		entries, err := os.ReadDir(dir)
		if err != nil {
			continue
		}
		for _, entry := range entries {
			if strings.HasPrefix(entry.Name(), prefix) {
				names = append(names, entry.Name())
			}
		}
	}
	slices.Sort(names)
	return slices.Compact(names)
}

// fileNames lists the files that word may become; directories end in a slash.
func (sh *shell) fileNames(word string) []string {
	dir, base := filepath.Split(word)
	entries, err := os.ReadDir(absolute(sh.runner.Dir, dir))
	if err != nil {
		return nil
	}
	var names []string
	for _, entry := range entries {
		name := entry.Name()
		if !strings.HasPrefix(name, base) || (base == "" && strings.HasPrefix(name, ".")) {
			continue
		}
		if info, err := os.Stat(filepath.Join(absolute(sh.runner.Dir, dir), name)); err == nil && info.IsDir() {
			name += "/"
		}
		names = append(names, dir+name)
	}
	return names
}

func commonPrefix(names []string) string {
	prefix := names[0]
	for _, name := range names[1:] {
		for !strings.HasPrefix(name, prefix) {
			prefix = prefix[:len(prefix)-1]
		}
	}
	return prefix
}
