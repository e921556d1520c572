package modtools

import (
	"fmt"
	"os"
	"strconv"
	"strings"
)

const (
	procModules = "/proc/modules"
	moduleDir   = "/lib/modules"
)

// loaded is one line of /proc/modules.
type loaded struct {
	name  string
	size  int64
	refs  int
	users []string // the modules that use it
	state string
}

// stateLive is the state of a module that has been loaded.
const stateLive = "Live"

func readLoaded() ([]loaded, error) {
	data, err := os.ReadFile(procModules)
	if err != nil {
		return nil, err
	}
	return parseLoaded(string(data))
}

// parseLoaded parses the text of /proc/modules: name, size, references, users
// joined by commas (or "-"), and more that is not needed here.
func parseLoaded(text string) ([]loaded, error) {
	var list []loaded
	for line := range strings.Lines(text) {
		f := strings.Fields(line)
		if len(f) < 4 {
			return nil, fmt.Errorf("a line of %s has %d fields", procModules, len(f))
		}
		size, err := strconv.ParseInt(f[1], 10, 64)
		if err != nil {
			return nil, fmt.Errorf("%s: size of %s: %q", procModules, f[0], f[1])
		}
		m := loaded{name: f[0], size: size}
		// A module that cannot be removed has "-" for a count.
		if f[2] != "-" {
			if m.refs, err = strconv.Atoi(f[2]); err != nil {
				return nil, fmt.Errorf("%s: count of %s: %q", procModules, f[0], f[2])
			}
		}
		for user := range strings.SplitSeq(f[3], ",") {
			if user != "" && user != "-" && user != "[permanent]" {
				m.users = append(m.users, user)
			}
		}
		if len(f) > 4 {
			m.state = f[4]
		}
		list = append(list, m)
	}
	return list, nil
}

func findLoaded(list []loaded, name string) *loaded {
	for i := range list {
		if list[i].name == name {
			return &list[i]
		}
	}
	return nil
}
