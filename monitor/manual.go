package monitor

import (
	"fmt"
	"strings"
)

// Manual is the manual page, in Markdown, made from the command rows.
func Manual() string {
	var b strings.Builder
	b.WriteString("# The monitor's commands\n\n" +
		"Generated from the rows in package `monitor`; `go test ./monitor -update` writes it again.\n\n" +
		"A command may be cut short as long as it is clear which is meant; `s n c b p x i l u f d q` are the ones of gdb.\n" +
		"An empty line repeats the last command that can go on. Lines that begin with `#` are comments.\n")
	for _, g := range groups {
		fmt.Fprintf(&b, "\n## %s\n", g)
		for i := range commands {
			c := &commands[i]
			if c.group != g {
				continue
			}
			fmt.Fprintf(&b, "\n### %s\n\n    %s\n\n%s\n", c.names[0], c.usage(), c.help)
			if c.more != "" {
				fmt.Fprintf(&b, "\n%s\n", markdown(c.more))
			}
			if t := c.title(); t != c.names[0] {
				fmt.Fprintf(&b, "\nNames: %s\n", t)
			}
			fmt.Fprintf(&b, "\nExample:\n\n    %s\n", strings.ReplaceAll(c.example, "\n", "\n    "))
		}
	}
	return b.String()
}

// markdown sets lists as they are.
func markdown(s string) string {
	head, list, ok := strings.Cut(s, "\n  ")
	if !ok {
		return s
	}
	return head + "\n\n      " + strings.ReplaceAll(list, "\n  ", "\n      ")
}

// Example is a command and a script that shows it.
type Example struct {
	Command, Script string
}

// Examples lists one for each command and each subject of info that a machine
// has, from the rows.
func Examples(arch string) (out []Example) {
	for i := range commands {
		out = append(out, Example{commands[i].names[0], commands[i].example})
	}
	for _, r := range infoRows() {
		if r.only == "" || r.only == arch {
			out = append(out, Example{"info " + r.name, strings.TrimSpace("info " + r.name + " " + r.example)})
		}
	}
	return out
}
