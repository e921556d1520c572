package files

import (
	"fmt"
	"os"
	"strconv"
	"strings"
	"syscall"

	"rv86/userland/box"
)

var dfCommand = box.Command{
	Name: "df", Usage: "[FILE]...", Help: "Print the free space of file systems.",
	Options: []box.Option{
		box.Flag('a', "all", "also file systems without blocks"),
		box.Flag('h', "human-readable", "sizes like 1.2K 3.4M"),
	},
	Run: df,
}

// mounted is a line of /proc/mounts.
type mounted struct{ device, dir string }

func mountTable() ([]mounted, error) {
	data, err := os.ReadFile("/proc/mounts")
	if err != nil {
		return nil, err
	}
	var table []mounted
	for line := range strings.Lines(string(data)) {
		if f := strings.Fields(line); len(f) >= 2 {
			table = append(table, mounted{f[0], f[1]})
		}
	}
	return table, nil
}

func df(c *box.Context) int {
	table, err := mountTable()
	if err != nil {
		return c.FileError("/proc/mounts", err)
	}
	if len(c.Args) > 0 {
		if table, err = mountsOf(table, c.Args); err != nil {
			return c.Fail("%s", err)
		}
	}
	sizeTitle := "1K-blocks"
	if c.Has('h') {
		sizeTitle = "Size"
	}
	fmt.Fprintf(c.Out, "%-15s %10s %10s %10s %4s %s\n", "Filesystem", sizeTitle, "Used", "Available", "Use%", "Mounted on")
	for _, m := range table {
		var st syscall.Statfs_t
		if err := syscall.Statfs(m.dir, &st); err != nil || (st.Blocks == 0 && !c.Has('a') && len(c.Args) == 0) {
			continue
		}
		unit := int64(st.Bsize)
		used := int64(st.Blocks-st.Bfree) * unit
		free := int64(st.Bavail) * unit
		share := "-"
		if used+free > 0 {
			share = strconv.FormatInt((used*100+used+free-1)/(used+free), 10) + "%"
		}
		fmt.Fprintf(c.Out, "%-15s %10s %10s %10s %4s %s\n", m.device, dfSize(c, int64(st.Blocks)*unit), dfSize(c, used),
			dfSize(c, free), share, m.dir)
	}
	return box.OK
}

func dfSize(c *box.Context, bytes int64) string {
	if c.Has('h') {
		return box.HumanSize(bytes)
	}
	return strconv.FormatInt(bytes/1024, 10)
}

// mountsOf finds, for each file, the mount that holds it: the last one on the
// same device, since a later mount hides an earlier one.
func mountsOf(table []mounted, names []string) ([]mounted, error) {
	var found []mounted
	for _, name := range names {
		var st, at syscall.Stat_t
		if err := syscall.Stat(name, &st); err != nil {
			return nil, fmt.Errorf("%s: %s", name, box.Reason(err))
		}
		var best mounted
		for _, m := range table {
			if syscall.Stat(m.dir, &at) == nil && at.Dev == st.Dev {
				best = m
			}
		}
		found = append(found, best)
	}
	return found, nil
}
