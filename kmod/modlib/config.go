package modlib

import (
	"fmt"
	"strings"
)

// Config is what the files of modprobe.d(5) and the kernel's command line say,
// in their order.
type Config struct {
	Aliases   []Rule // name: a pattern; value: a module
	Blacklist []string
	Options   []Rule // name: a module or alias; value: its parameters
	Install   []Rule // name: a pattern; value: a shell command
	Remove    []Rule
	Softdeps  []Softdep
}

// Rule is a line of the configuration: what it is about, and what it says.
type Rule struct{ Name, Value string }

// Softdep says what else to load before and after a module that can do without.
type Softdep struct {
	Name      string // a pattern
	Pre, Post []string
}

// Warn takes a sentence about a line that is ignored.
type Warn func(format string, args ...any)

// Parse adds the text of one file, whose name is for messages. What cannot be
// understood is reported and ignored.
func (c *Config) Parse(name, text string, warn Warn) {
	for _, l := range lines(text) {
		if l.text == "" || l.text[0] == '#' {
			continue
		}
		command, rest := cutWord(l.text)
		if command == "" {
			continue
		}
		if command == "include" || command == "config" {
			warn("%s: command %s is deprecated and not parsed anymore", name, command)
			continue
		}
		if !c.add(command, rest) {
			warn("%s line %d: ignoring bad line starting with '%s'", name, l.no, command)
		}
	}
}

// add takes one command. It reports false for one that makes no sense.
func (c *Config) add(command, rest string) bool {
	word, rest := cutWord(rest)
	name, ok := NormalizeAlias(word)
	if !ok || word == "" {
		return false
	}
	switch command {
	case "alias":
		word, _ := cutWord(rest)
		module, ok := NormalizeAlias(word)
		if !ok || word == "" {
			return false
		}
		c.Aliases = append(c.Aliases, Rule{name, module})
	case "blacklist":
		c.Blacklist = append(c.Blacklist, name)
	case "options":
		if rest == "" {
			return false
		}
		c.Options = append(c.Options, Rule{name, strings.ReplaceAll(rest, "\t", " ")})
	case "install", "remove":
		if rest == "" {
			return false
		}
		list := &c.Install
		if command == "remove" {
			list = &c.Remove
		}
		*list = append(*list, Rule{name, rest})
	case "softdep":
		if rest == "" {
			return false
		}
		c.Softdeps = append(c.Softdeps, parseSoftdep(name, rest))
	default:
		return false
	}
	return true
}

// parseSoftdep reads "pre: a b post: c". Words before the first of the two mean
// nothing.
func parseSoftdep(name, text string) Softdep {
	dep := Softdep{Name: name}
	var list *[]string
	for word := range strings.FieldsSeq(text) {
		switch {
		case word == "pre:":
			list = &dep.Pre
		case word == "post:":
			list = &dep.Post
		case list != nil:
			*list = append(*list, word)
		}
	}
	return dep
}

// String writes the lists as a line of the configuration has them.
func (d Softdep) String() string {
	var s string
	if len(d.Pre) > 0 {
		s = "pre: " + strings.Join(d.Pre, " ")
	}
	if len(d.Post) > 0 {
		s += "post: " + strings.Join(d.Post, " ")
	}
	return s
}

// Dump writes the configuration as modprobe --showconfig does: kind by kind.
func (c *Config) Dump() string {
	var b strings.Builder
	for _, name := range c.Blacklist {
		fmt.Fprintf(&b, "blacklist %s\n", name)
	}
	for _, kind := range []struct {
		command string
		rules   []Rule
	}{{"install", c.Install}, {"remove", c.Remove}, {"alias", c.Aliases}, {"options", c.Options}} {
		for _, r := range kind.rules {
			fmt.Fprintf(&b, "%s %s %s\n", kind.command, r.Name, r.Value)
		}
	}
	for _, d := range c.Softdeps {
		fmt.Fprintf(&b, "softdep %s %s\n", d.Name, d)
	}
	return b.String()
}

// blacklisted says whether a module's name is on the blacklist.
func (c *Config) blacklisted(name string) bool {
	for _, n := range c.Blacklist {
		if n == name {
			return true
		}
	}
	return false
}

// options joins all options of a module, by its name or by the alias it was
// asked for.
func (c *Config) options(name, alias string) string {
	var all []string
	for _, r := range c.Options {
		if r.Value != "" && (r.Name == name || alias != "" && r.Name == alias) {
			all = append(all, r.Value)
		}
	}
	return strings.Join(all, " ")
}

// command finds the first rule for a module.
func command(rules []Rule, name string) string {
	for _, r := range rules {
		if Match(r.Name, name) {
			return r.Value
		}
	}
	return ""
}

// softdep finds the first rule for a module.
func (c *Config) softdep(name string) Softdep {
	for _, d := range c.Softdeps {
		if Match(d.Name, name) {
			return d
		}
	}
	return Softdep{}
}
