package modtools

import (
	"os"
	"path/filepath"
	"strings"
)

// sysModules has a directory for each module (Linux ABI/testing/sysfs-module).
const sysModules = "/sys/module"

// state is what the kernel says about its modules at one moment.
type state struct{ list []loaded }

// readState asks the kernel. A kernel that does not answer has no modules.
func readState() state {
	list, err := readLoaded()
	if err != nil {
		return state{}
	}
	return state{list}
}

// live says whether a module is loaded. One that is being loaded or unloaded
// does not count: the kernel has its own answer for those.
func (s state) live(name string) bool {
	m := findLoaded(s.list, name)
	return m != nil && m.state == stateLive
}

// known is live for any state.
func (s state) known(name string) bool { return findLoaded(s.list, name) != nil }

// uses is the number of its users, those that are no modules included; -1 if
// it is not loaded.
func (s state) uses(name string) int {
	if m := findLoaded(s.list, name); m != nil {
		return m.refs
	}
	return -1
}

// holders lists the modules that use one: as /sys says, or else /proc.
func (s state) holders(name string) []string {
	if entries, err := os.ReadDir(filepath.Join(sysModules, name, "holders")); err == nil {
		var names []string
		for _, e := range entries {
			names = append(names, strings.ReplaceAll(e.Name(), "-", "_"))
		}
		return names
	}
	if m := findLoaded(s.list, name); m != nil {
		return m.users
	}
	return nil
}
