package kbuild

import (
	"fmt"
	"io/fs"
	"regexp"

	"rv86/kmod"
	"rv86/kmod/include"
	"rv86/kmod/symvers"
)

var (
	// What gcc and clang say.
	noHeader      = regexp.MustCompile(`fatal error: '?([\w./-]+\.h)'?(?:: No such file| file not found)`)
	noDeclaration = regexp.MustCompile(`implicit declaration of function '(\w+)'`)
)

// hint explains a compiler's refusal where the reason is that this kernel has
// less than Linux, or that a header was not included.
func hint(words string, m *kmod.Machine) string {
	if found := noHeader.FindStringSubmatch(words); found != nil {
		return fmt.Sprintf("this kernel has no %s: it does not offer that part of Linux's interface to modules", found[1])
	}
	found := noDeclaration.FindStringSubmatch(words)
	switch {
	case found == nil:
		return ""
	case declaredIn(found[1]) != "":
		return fmt.Sprintf("%s is declared in <%s>: include it", found[1], declaredIn(found[1]))
	case symvers.Of(m).Lookup(found[1]) != nil:
		return fmt.Sprintf("the kernel exports %s, but no header declares it", found[1])
	}
	return fmt.Sprintf("this kernel has no function %s for modules", found[1])
}

// declaredIn finds the first header that says name(, not as a call in it.
func declaredIn(name string) string {
	declaration := regexp.MustCompile(`(?m)^(?:#define\s+|[\w][\w\s*(),]*[\s*])` + name + `\(`)
	where := ""
	err := fs.WalkDir(include.FS, "linux", func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || where != "" {
			return err
		}
		text, err := fs.ReadFile(include.FS, path)
		if err == nil && declaration.Match(text) {
			where = path
		}
		return err
	})
	if err != nil {
		return ""
	}
	return where
}
