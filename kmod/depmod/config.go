package depmod

import (
	"regexp"
	"strings"

	"rv86/kmod/modlib"
)

// Config is what depmod.d(5) says: which of several modules of one name counts.
type Config struct {
	version   string
	overrides []string // directory/module, relative; the last one first
	searches  []string // a directory, searchBuiltin or searchExternal
	Externals []string // absolute directories with more modules
	excludes  []string // names of directories that are not looked into
}

// Special words of "search".
const (
	searchBuiltin  = "built-in"
	searchExternal = "external"
	// searchDefault is searched first when the configuration does not say.
	searchDefault = "updates"
)

// NewConfig is an empty configuration for a kernel's version.
func NewConfig(version string) *Config { return &Config{version: version} }

// Parse adds the text of a file.
func (c *Config) Parse(name, text string, warn modlib.Warn) {
	for no, words := range modlib.ConfigLines(text) {
		if !c.add(words) {
			warn("%s:%d: ignoring bad line starting with '%s'", name, no, words[0])
		}
	}
}

// add takes one line. Later lines count before earlier ones, as in kmod.
func (c *Config) add(words []string) bool {
	args := words[1:]
	prepend := func(list *[]string, item string) { *list = append([]string{item}, *list...) }
	switch words[0] {
	case "search":
		for _, dir := range args {
			prepend(&c.searches, dir)
		}
	case "override":
		if len(args) < 3 {
			return false
		}
		if c.matches(args[1]) {
			prepend(&c.overrides, args[2]+"/"+args[0])
		}
	case "external":
		if len(args) < 2 {
			return false
		}
		if c.matches(args[0]) {
			prepend(&c.Externals, strings.TrimRight(args[1], "/"))
		}
	case "exclude":
		c.excludes = append(c.excludes, args...)
	case "include", "make_map_files":
	default:
		return false
	}
	return true
}

// matches compares the kernel's version with a pattern: a POSIX extended
// regular expression, or "*".
func (c *Config) matches(pattern string) bool {
	if pattern == "*" {
		return true
	}
	re, err := regexp.CompilePOSIX(pattern)
	return err == nil && re.MatchString(c.version)
}

// excluded says which directories hold no modules.
func (c *Config) excluded(name string) bool {
	if name == "build" || name == "source" {
		return true
	}
	for _, x := range c.excludes {
		if x == name {
			return true
		}
	}
	return false
}

// keeps says whether a module that is known stays when another of its name is
// found at a path: by the overrides, then by the place of their directories in
// the search order. Paths are relative to the version's directory, or absolute
// for external ones, and end in the module's name without suffix.
func (c *Config) keeps(old, found string) bool {
	for _, o := range c.overrides {
		if found == o {
			return false
		}
		if old == o {
			return true
		}
	}
	searches := c.searches
	if searches == nil {
		searches = []string{searchDefault}
	}
	builtin, oldRank, foundRank := -1, -1, -1
	rank := 0
	for _, s := range searches {
		switch {
		case s == searchBuiltin:
			builtin = rank
		case s == searchExternal:
			for _, dir := range c.Externals {
				if strings.HasPrefix(found, dir+"/") {
					foundRank = rank
				}
				if strings.HasPrefix(old, dir+"/") {
					oldRank = rank
				}
				rank++
			}
		case strings.HasPrefix(found, s+"/"):
			foundRank = rank
		case strings.HasPrefix(old, s+"/"):
			oldRank = rank
		}
		rank++
	}
	if foundRank < 0 {
		foundRank = builtin
	}
	if oldRank < 0 {
		oldRank = builtin
	}
	return foundRank <= oldRank
}
