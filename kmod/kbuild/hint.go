package kbuild

import (
	"fmt"
	"io/fs"
	"regexp"
	"slices"

	"rv86/kmod"
	"rv86/kmod/include"
	"rv86/kmod/symvers"
)

var (
	// What gcc and clang say.
	noHeader      = regexp.MustCompile(`fatal error: '?([\w./-]+\.h)'?(?:: No such file| file not found)`)
	noDeclaration = regexp.MustCompile(`implicit declaration of function '(\w+)'`)
)

// libraryHeaders are those of the C library (C11 clause 7) and of POSIX that
// programs usually begin with.
var libraryHeaders = []string{
	"assert.h", "ctype.h", "errno.h", "fcntl.h", "inttypes.h", "limits.h", "math.h", "pthread.h", "signal.h", "stdbool.h", "stdint.h",
	"stdio.h", "stdlib.h", "string.h", "sys/ioctl.h", "sys/mman.h", "sys/stat.h", "sys/types.h", "time.h", "unistd.h",
}

// hint explains a compiler's refusal where the reason is that this kernel has
// less than Linux, or that a header was not included.
func hint(words string, m *kmod.Machine) string {
	if why := droppedHint(words); why != "" {
		return why
	}
	if found := noHeader.FindStringSubmatch(words); found != nil {
		if slices.Contains(libraryHeaders, found[1]) {
			return fmt.Sprintf("%s is of the C library, which kernel code cannot use: what there is instead is in <linux/...>, as pr_info in <linux/printk.h>", found[1])
		}
		return fmt.Sprintf("this kernel has no %s: it does not offer that part of Linux's interface to modules", found[1])
	}
	found := noDeclaration.FindStringSubmatch(words)
	switch {
	case found == nil:
		return ""
	case portFunctions.MatchString(found[1]) && m.Name != "i386":
		return fmt.Sprintf("%s: this machine has no I/O ports, only the PC (i386) has", found[1])
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
