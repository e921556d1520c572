package shell

import (
	"os"
	"slices"
	"strings"
)

// Where the names of modules are found.
const (
	moduleDir    = "/lib/modules"
	moduleSuffix = ".ko"
	moduleList   = "/proc/modules"
)

// moduleArguments says for each command that takes names of modules where these
// come from.
var moduleArguments = map[string]func() []string{
	"insmod": installedModules, "modinfo": installedModules, "modprobe": installedModules, "rmmod": loadedModules,
}

// moduleNames lists the modules that word may become, for the command that a
// line before it calls; nil if that takes no modules.
func moduleNames(before, word string) []string {
	command := before[strings.LastIndexAny(before, "|;&(")+1:]
	args := strings.Fields(command)
	if len(args) == 0 {
		return nil
	}
	list := moduleArguments[args[0]]
	if list == nil {
		return nil
	}
	if args[0] == "modprobe" && slices.Contains(args, "-r") {
		list = loadedModules
	}
	var names []string
	for _, name := range list() {
		if strings.HasPrefix(name, word) {
			names = append(names, name)
		}
	}
	return names
}

// installedModules lists the modules of /lib/modules.
func installedModules() []string {
	entries, err := os.ReadDir(moduleDir)
	if err != nil {
		return nil
	}
	return moduleStems(entries)
}

func moduleStems(entries []os.DirEntry) []string {
	var names []string
	for _, e := range entries {
		if stem, _, ok := strings.Cut(e.Name(), moduleSuffix); ok && stem != "" {
			names = append(names, stem)
		}
	}
	return names
}

// loadedModules lists the modules in the kernel.
func loadedModules() []string {
	text, err := os.ReadFile(moduleList)
	if err != nil {
		return nil
	}
	return loadedNames(string(text))
}

func loadedNames(text string) []string {
	var names []string
	for line := range strings.Lines(text) {
		name, _, _ := strings.Cut(line, " ")
		names = append(names, name)
	}
	slices.Sort(names)
	return names
}
