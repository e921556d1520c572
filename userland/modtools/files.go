package modtools

import (
	"cmp"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"golang.org/x/sys/unix"

	"rv86/kmod/modlib"
	"rv86/userland/box"
)

// Where the configuration is looked for: of two files of one name the first
// counts.
var (
	modprobeDirs = []string{"/etc/modprobe.d", "/run/modprobe.d", "/usr/local/lib/modprobe.d", "/lib/modprobe.d"}
	depmodDirs   = []string{"/etc/depmod.d", "/run/depmod.d", "/usr/local/lib/depmod.d", "/lib/depmod.d"}
)

// bootArgs is the kernel's command line.
const bootArgs = "/proc/cmdline"

// release is the kernel's version, as uname -r prints it.
func release() string {
	var u unix.Utsname
	if err := unix.Uname(&u); err != nil {
		return ""
	}
	return unix.ByteSliceToString(u.Release[:])
}

// versionDir is /lib/modules/VERSION below a root. An empty version is the
// running kernel's.
func versionDir(root, version string) string {
	return root + moduleDir + "/" + cmp.Or(version, release())
}

// configFiles lists the configuration files of directories (or single files),
// sorted by their bare names.
func configFiles(warn modlib.Warn, paths []string, suffixes ...string) []string {
	byName := map[string]string{}
	add := func(file string) {
		if name := filepath.Base(file); byName[name] == "" {
			byName[name] = file
		}
	}
	for _, p := range paths {
		entries, err := os.ReadDir(p)
		if err != nil {
			if info, err := os.Stat(p); err == nil && !info.IsDir() {
				add(p)
			}
			continue
		}
		for _, e := range entries {
			if strings.HasPrefix(e.Name(), ".") || !hasSuffix(e.Name(), suffixes) {
				continue
			}
			file := filepath.Join(p, e.Name())
			if info, err := os.Stat(file); err == nil && info.IsDir() {
				warn("Directories inside directories are not supported: %s/%s", p, e.Name())
				continue
			}
			add(file)
		}
	}
	files := make([]string, 0, len(byName))
	for _, file := range byName {
		files = append(files, file)
	}
	slices.SortFunc(files, func(a, b string) int { return strings.Compare(filepath.Base(a), filepath.Base(b)) })
	return files
}

func hasSuffix(name string, suffixes []string) bool {
	for _, s := range suffixes {
		if len(name) > len(s) && strings.HasSuffix(name, s) {
			return true
		}
	}
	return false
}

// readConfig reads modprobe's configuration: the given files or directories, or
// the usual ones, with the soft dependencies that depmod found, and the
// kernel's command line. What is wrong with it is reported even with -q, and as
// the library's: kmod's modprobe sets its messages up later.
func readConfig(c *box.Context, dir string, paths []string) *modlib.Config {
	if len(paths) == 0 {
		paths = modprobeDirs
	}
	paths = append([]string{filepath.Join(dir, modlib.SoftdepFile)}, paths...)
	warn := func(format string, args ...any) {
		fmt.Fprintf(c.Err, "libkmod: ERROR: "+format+"\n", args...)
	}
	config := &modlib.Config{}
	for _, file := range configFiles(warn, paths, ".conf", ".alias") {
		text, err := os.ReadFile(file)
		if err != nil {
			continue
		}
		config.Parse(file, string(text), warn)
	}
	if text, err := os.ReadFile(bootArgs); err == nil {
		config.ParseCommandLine(string(text), warn)
	}
	return config
}

// readIndex reads what depmod wrote in a directory.
func readIndex(dir string) *modlib.Index {
	return modlib.ReadIndex(dir, func(name string) string {
		text, err := os.ReadFile(filepath.Join(dir, name))
		if err != nil {
			return "" // depmod has not been here
		}
		return string(text)
	})
}

// absolute makes a path absolute without tidying it, as kmod does.
func absolute(path string) string {
	if filepath.IsAbs(path) {
		return path
	}
	dir, err := os.Getwd()
	if err != nil {
		return path
	}
	return dir + "/" + path
}

// isModuleFile says whether an argument is a module's file and not its name.
func isModuleFile(name string) bool {
	info, err := os.Stat(name)
	return err == nil && info.Mode().IsRegular() && modlib.IsModuleFile(name)
}
