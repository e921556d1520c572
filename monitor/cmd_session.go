package monitor

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"strings"
)

func sessionCommands() []command {
	return []command{
		{
			names: []string{"help"}, group: groupSession, args: "[COMMAND]", complete: completeCommand,
			help: "List the commands, or explain one.", example: "help break", fn: (*Monitor).cmdHelp,
		},
		{
			names: []string{"source"}, group: groupSession, args: "FILE", complete: completeFile,
			help: "Run the commands in a file.", example: "source $TMP/script", fn: (*Monitor).cmdRead,
		},
		{
			names: []string{"echo"}, group: groupSession, args: "TEXT",
			help: "Print a text.", example: "echo here we are",
			fn: func(m *Monitor, args string) error { m.out.printf("%s\n", args); return nil },
		},
		{
			names: []string{"detach"}, group: groupSession,
			help: "Leave the monitor and let the machine run on at full speed; Ctrl-A c comes back, with a new history.", example: "detach",
			fn: func(*Monitor, string) error { return ErrDetach },
		},
		{
			names: []string{"quit", "exit"}, group: groupSession,
			help: "End the monitor and the machine.", example: "quit",
			fn: func(*Monitor, string) error { return ErrQuit },
		},
	}
}

// usage is how a command is written.
func (c *command) usage() string { return strings.TrimSpace(c.names[0] + " " + c.args) }

// title is a command's names with its classic abbreviations.
func (c *command) title() string {
	names := c.names
	for short, full := range classic {
		if full == c.names[0] && len(short) == 1 {
			names = append(names[:len(names):len(names)], short)
		}
	}
	return strings.Join(names, ", ")
}

func (m *Monitor) cmdHelp(args string) error {
	if args != "" {
		word, _, _ := strings.Cut(args, " ")
		c, err := m.find(word)
		if err != nil {
			return err
		}
		m.out.printf("%s\n    %s\n", m.out.paint(colorName, c.usage()), c.help)
		for line := range strings.Lines(c.more) {
			m.out.printf("    %s\n", strings.TrimSuffix(line, "\n"))
		}
		if t := c.title(); t != c.names[0] {
			m.out.printf("    Names: %s\n", t)
		}
		m.out.printf("    Example: %s\n", strings.ReplaceAll(c.example, "\n", "; "))
		return nil
	}
	for _, g := range groups {
		m.out.printf("%s\n", m.out.paint(colorName, g))
		for i := range commands {
			if c := &commands[i]; c.group == g {
				m.out.printf("  %-14s %s\n", c.names[0], c.help)
			}
		}
	}
	m.out.printf("A command may be cut short as long as it is clear which is meant. Enter repeats the last one.\n" +
		"help COMMAND explains one. Ctrl-C stops the guest.\n")
	return nil
}

// script is a file of commands.
type script struct{ s *bufio.Scanner }

// NewScript reads commands line by line, without prompts.
func NewScript(r io.Reader) Lines { return script{bufio.NewScanner(r)} }

// ReadLine implements Lines.
func (s script) ReadLine(string) (string, error) {
	if s.s.Scan() {
		return s.s.Text(), nil
	}
	if err := s.s.Err(); err != nil {
		return "", err
	}
	return "", io.EOF
}

func (m *Monitor) cmdRead(args string) error {
	if args == "" {
		return errors.New("say which: source FILE")
	}
	f, err := os.Open(fileName(args))
	if err != nil {
		return fileError(err)
	}
	defer f.Close()
	return m.RunScript(f)
}

// fileError says what is wrong with a file, and which, and not how it was found.
func fileError(err error) error {
	if p := (*fs.PathError)(nil); errors.As(err, &p) {
		return fmt.Errorf("%s: %w", p.Path, p.Err)
	}
	return err
}

// RunScript runs a file of commands, each shown behind the prompt, up to the
// first that fails.
func (m *Monitor) RunScript(r io.Reader) error {
	if len(m.pushed) >= maxDepth {
		return errors.New("the files read each other without end")
	}
	m.pushed = append(m.pushed, NewScript(r))
	defer func() { m.pushed = m.pushed[:len(m.pushed)-1] }()
	for {
		line, err := m.readLine("")
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
		if line = strings.TrimSpace(line); line == "" || line[0] == '#' {
			continue
		}
		if !m.JSON {
			m.out.printf("%s%s\n", prompt, line)
		}
		if err := m.Execute(line); err != nil {
			if errors.Is(err, ErrQuit) || errors.Is(err, ErrDetach) {
				return err
			}
			return fmt.Errorf("%s: %w", line, err)
		}
	}
}
