package kbuild

import (
	"bytes"
	"crypto/sha256"
	"fmt"
	"os"
	"slices"
	"strings"
)

// srcVersionDigits is the length of srcversion; Linux's has as many.
const srcVersionDigits = 24

// sourceVersion is the checksum of a module's source files (Linux: srcversion),
// without comments and white space: it changes when the program does.
func sourceVersion(files []string) (string, error) {
	h := sha256.New()
	slices.Sort(files)
	for _, f := range slices.Compact(files) {
		text, err := os.ReadFile(f)
		if err != nil {
			return "", err
		}
		h.Write(tokens(text))
		h.Write([]byte{0})
	}
	return strings.ToUpper(fmt.Sprintf("%x", h.Sum(nil)))[:srcVersionDigits], nil
}

// tokens leaves out what the compiler does not see. Strings stay as they are.
func tokens(text []byte) []byte {
	var out []byte
	for len(text) > 0 {
		switch c := text[0]; {
		case bytes.HasPrefix(text, []byte("/*")):
			_, text, _ = bytes.Cut(text[2:], []byte("*/"))
		case bytes.HasPrefix(text, []byte("//")):
			_, text, _ = bytes.Cut(text, []byte("\n"))
		case c == '"' || c == '\'':
			n := 1
			for n < len(text) && text[n] != c && text[n] != '\n' {
				if text[n] == '\\' {
					n++
				}
				n++
			}
			n = min(n+1, len(text))
			out, text = append(out, text[:n]...), text[n:]
		case c == ' ' || c >= '\t' && c <= '\r':
			text = text[1:]
		default:
			out, text = append(out, c), text[1:]
		}
	}
	return out
}

// dependencies reads the rule that a compiler writes with -MMD.
func dependencies(rule string) []string {
	_, list, _ := strings.Cut(rule, ": ")
	list = strings.ReplaceAll(list, "\\\n", " ")
	const space = "\x00" // stands for an escaped one
	list = strings.ReplaceAll(list, "\\ ", space)
	files := strings.Fields(list)
	for i := range files {
		files[i] = strings.ReplaceAll(files[i], space, " ")
	}
	return files
}
