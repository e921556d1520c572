package modtools

import (
	"fmt"
	"io"
	"strings"

	"rv86/userland/box"
)

var lsmodCommand = box.Command{Name: "lsmod", Help: "Print the loaded modules.", Run: lsmod}

func lsmod(c *box.Context) int {
	if len(c.Args) > 0 {
		fmt.Fprintf(c.Err, "Usage: %s\n", c.Name)
		return box.Failure
	}
	list, err := readLoaded()
	if err != nil {
		fmt.Fprintf(c.Err, "Error: could not get list of modules: %s\n", box.Reason(err))
		return box.Failure
	}
	printLoaded(c.Out, list)
	return box.OK
}

// printLoaded prints the table.
func printLoaded(w io.Writer, list []loaded) {
	fmt.Fprintln(w, "Module                  Size  Used by")
	for _, m := range list {
		fmt.Fprintf(w, "%-19s %8d  %d", m.name, m.size, m.refs)
		if len(m.users) > 0 {
			fmt.Fprint(w, " ", strings.Join(m.users, ","))
		}
		fmt.Fprintln(w)
	}
}
