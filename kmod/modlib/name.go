package modlib

import (
	"path"
	"strings"
)

const (
	// Suffix ends the name of a module's file.
	Suffix = ".ko"
	// GzipSuffix ends the name of a compressed one.
	GzipSuffix = ".ko.gz"
)

// IsModuleFile says whether a file of this name is a module.
func IsModuleFile(name string) bool {
	for _, suffix := range []string{Suffix, GzipSuffix} {
		if len(name) > len(suffix) && strings.HasSuffix(name, suffix) {
			return true
		}
	}
	return false
}

// Name is the name a module has once loaded, from its file's path or from what
// a user wrote: without directory, without what follows the first dot, dashes
// turned into underscores.
func Name(p string) string { return NormalizeName(path.Base(p)) }

// NormalizeName is Name for what is not a path.
func NormalizeName(name string) string {
	name, _, _ = strings.Cut(name, ".")
	return strings.ReplaceAll(name, "-", "_")
}

// NormalizeAlias turns the dashes of a name or pattern into underscores, except
// inside brackets ("[0-9]"). It reports false if the brackets do not match.
func NormalizeAlias(s string) (string, bool) {
	b := []byte(s)
	for i := 0; i < len(b); i++ {
		switch b[i] {
		case '-':
			b[i] = '_'
		case ']':
			return "", false
		case '[':
			end := strings.IndexByte(s[i:], ']')
			if end < 0 {
				return "", false
			}
			i += end
		}
	}
	return string(b), true
}
