package system

import (
	"fmt"
	"os"
	"strconv"
	"strings"

	"golang.org/x/sys/unix"

	"rv86/userland/box"
)

var sttyCommand = box.Command{
	Name: "stty", Usage: "[-a | size | sane | raw | -raw | [-]SETTING | rows N | cols N]...",
	Help: "Print or change the settings of the terminal on the standard input.",
	// Settings begin with a minus sign to turn them off.
	Raw: true, Run: stty,
}

// terminalFlag is one bit of the settings.
type terminalFlag struct {
	name  string
	word  func(t *unix.Termios) *uint32
	bit   uint32
	usual bool // on in a sane terminal
}

func input(t *unix.Termios) *uint32   { return &t.Iflag }
func output(t *unix.Termios) *uint32  { return &t.Oflag }
func local(t *unix.Termios) *uint32   { return &t.Lflag }
func control(t *unix.Termios) *uint32 { return &t.Cflag }

var terminalFlags = []terminalFlag{
	{"cread", control, unix.CREAD, true},
	{"icrnl", input, unix.ICRNL, true},
	{"inlcr", input, unix.INLCR, false},
	{"igncr", input, unix.IGNCR, false},
	{"ixon", input, unix.IXON, true},
	{"istrip", input, unix.ISTRIP, false},
	{"opost", output, unix.OPOST, true},
	{"onlcr", output, unix.ONLCR, true},
	{"isig", local, unix.ISIG, true},
	{"icanon", local, unix.ICANON, true},
	{"iexten", local, unix.IEXTEN, true},
	{"echo", local, unix.ECHO, true},
	{"echoe", local, unix.ECHOE, true},
	{"echok", local, unix.ECHOK, true},
	{"echonl", local, unix.ECHONL, false},
	{"echoctl", local, unix.ECHOCTL, true},
	{"echoke", local, unix.ECHOKE, true},
	{"noflsh", local, unix.NOFLSH, false},
	{"tostop", local, unix.TOSTOP, false},
}

func stty(c *box.Context) int {
	fd := 0
	if f, ok := c.In.(*os.File); ok {
		fd = int(f.Fd())
	}
	t, err := unix.IoctlGetTermios(fd, unix.TCGETS)
	if err != nil {
		return c.Fail("'standard input': %s", box.Reason(err))
	}
	if len(c.Args) == 0 || c.Args[0] == "-a" {
		printTerminal(c, t, len(c.Args) > 0)
		return box.OK
	}
	for args := c.Args; len(args) > 0; args = args[1:] {
		switch word := args[0]; word {
		case "size":
			size, err := unix.IoctlGetWinsize(fd, unix.TIOCGWINSZ)
			if err != nil {
				return c.Fail("'standard input': %s", box.Reason(err))
			}
			fmt.Fprintln(c.Out, size.Row, size.Col)
		case "rows", "cols", "columns":
			if len(args) < 2 {
				return c.Fail("missing argument to '%s'", word)
			}
			args = args[1:]
			if err := setSize(fd, word, args[0]); err != nil {
				return c.Fail("%s", err)
			}
		default:
			if err := setTerminal(t, word); err != nil {
				return c.Fail("%s", err)
			}
		}
	}
	if err := unix.IoctlSetTermios(fd, unix.TCSETSW, t); err != nil {
		return c.Fail("'standard input': %s", box.Reason(err))
	}
	return box.OK
}

func setSize(fd int, word, value string) error {
	n, err := strconv.ParseUint(value, 10, 16)
	if err != nil {
		return fmt.Errorf("invalid integer argument '%s'", value)
	}
	size, err := unix.IoctlGetWinsize(fd, unix.TIOCGWINSZ)
	if err != nil {
		return fmt.Errorf("'standard input': %s", box.Reason(err))
	}
	if word == "rows" {
		size.Row = uint16(n)
	} else {
		size.Col = uint16(n)
	}
	return unix.IoctlSetWinsize(fd, unix.TIOCSWINSZ, size)
}

func setTerminal(t *unix.Termios, word string) error {
	name, off := strings.CutPrefix(word, "-")
	switch {
	case name == "sane", name == "raw" && off, name == "cooked" && !off:
		for _, f := range terminalFlags {
			f.set(t, f.usual)
		}
		t.Cc[unix.VEOF], t.Cc[unix.VINTR], t.Cc[unix.VQUIT] = 4, 3, 0x1c // ^D ^C ^\
		t.Cc[unix.VERASE], t.Cc[unix.VKILL], t.Cc[unix.VSUSP] = 0x7f, 0x15, 0x1a
		return nil
	case name == "raw", name == "cooked":
		for _, f := range terminalFlags {
			if strings.Contains(" icrnl inlcr igncr ixon istrip opost isig icanon ", " "+f.name+" ") {
				f.set(t, false)
			}
		}
		t.Cc[unix.VMIN], t.Cc[unix.VTIME] = 1, 0
		return nil
	}
	for _, f := range terminalFlags {
		if f.name == name {
			f.set(t, !off)
			return nil
		}
	}
	return fmt.Errorf("invalid argument '%s'", word)
}

func (f terminalFlag) set(t *unix.Termios, on bool) {
	if on {
		*f.word(t) |= f.bit
	} else {
		*f.word(t) &^= f.bit
	}
}

// printTerminal prints the settings that are not the usual ones, or all.
func printTerminal(c *box.Context, t *unix.Termios, all bool) {
	var words []string
	for _, f := range terminalFlags {
		on := *f.word(t)&f.bit != 0
		if on == f.usual && !all {
			continue
		}
		word := f.name
		if !on {
			word = "-" + word
		}
		words = append(words, word)
	}
	if len(words) > 0 {
		fmt.Fprintln(c.Out, strings.Join(words, " "))
	}
}

var clearCommand = box.Command{
	Name: "clear", Help: "Clear the screen.",
	Run: func(c *box.Context) int {
		c.Out.WriteString("\x1b[H\x1b[2J\x1b[3J") // home, erase, erase what scrolled off
		return box.OK
	},
}
