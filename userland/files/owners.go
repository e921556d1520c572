package files

import (
	"os"
	"strconv"
	"strings"
)

// owners turns user and group numbers into names by /etc/passwd and
// /etc/group. Package os/user would do the same at the price of a much slower
// start.
type owners struct{ users, groups map[uint32]string }

func newOwners(numeric bool) *owners {
	if numeric {
		return &owners{}
	}
	return &owners{idNames("/etc/passwd"), idNames("/etc/group")}
}

func (o *owners) user(id uint32) string  { return nameOr(o.users, id) }
func (o *owners) group(id uint32) string { return nameOr(o.groups, id) }

func nameOr(names map[uint32]string, id uint32) string {
	if name, ok := names[id]; ok {
		return name
	}
	return strconv.FormatUint(uint64(id), 10)
}

// idNames reads the first and third fields of passwd(5) or group(5).
func idNames(path string) map[uint32]string {
	data, err := os.ReadFile(path)
	if err != nil {
		return nil
	}
	names := map[uint32]string{}
	for line := range strings.Lines(string(data)) {
		fields := strings.Split(strings.TrimSpace(line), ":")
		if len(fields) < 3 {
			continue
		}
		if id, err := strconv.ParseUint(fields[2], 10, 32); err == nil {
			names[uint32(id)] = fields[0]
		}
	}
	return names
}
