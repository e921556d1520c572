package system

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"time"

	"golang.org/x/sys/unix"

	"rv86/userland/box"
)

var sleepCommand = box.Command{
	Name: "sleep", Usage: "NUMBER[smhd]...", Help: "Wait for as long as the operands add up to.",
	Run: sleep,
}

// sleepUnits are the suffixes of a duration.
var sleepUnits = map[byte]time.Duration{'s': time.Second, 'm': time.Minute, 'h': time.Hour, 'd': 24 * time.Hour}

func parseDuration(text string) (time.Duration, error) {
	unit := time.Second
	number := text
	if n := len(text); n > 0 {
		if u, ok := sleepUnits[text[n-1]]; ok {
			unit, number = u, text[:n-1]
		}
	}
	value, err := strconv.ParseFloat(number, 64)
	if err != nil || value < 0 || value != value {
		return 0, fmt.Errorf("invalid time interval '%s'", text)
	}
	const longest = float64(1<<63 - 1)
	if ns := value * float64(unit); ns < longest {
		return time.Duration(ns), nil
	}
	return 1<<63 - 1, nil
}

func sleep(c *box.Context) int {
	if len(c.Args) == 0 {
		return c.MissingOperand()
	}
	total := time.Duration(0)
	for _, arg := range c.Args {
		d, err := parseDuration(arg)
		if err != nil {
			return c.Fail("%s", err)
		}
		total += d
	}
	time.Sleep(total)
	return box.OK
}

var dateCommand = box.Command{
	Name: "date", Usage: "[+FORMAT]", Help: "Print or set the time.",
	Options: []box.Option{
		box.Param('d', "date", "TIME", "print TIME: @SECONDS or YYYY-MM-DD[ HH:MM:SS]"),
		box.Param('s', "set", "TIME", "set the clock to TIME"),
		box.Flag('u', "utc", "universal time"),
	},
	Run: date,
}

func date(c *box.Context) int {
	now := time.Now()
	for _, letter := range []byte{'d', 's'} {
		if !c.Has(letter) {
			continue
		}
		t, err := box.ParseTime(c.Value(letter, ""))
		if err != nil {
			return c.Fail("invalid date '%s'", c.Value(letter, ""))
		}
		now = t
	}
	if c.Has('s') {
		tv := unix.NsecToTimeval(now.UnixNano())
		if err := unix.Settimeofday(&tv); err != nil {
			return c.Fail("cannot set date: %s", box.Reason(err))
		}
	}
	if c.Has('u') {
		now = now.UTC()
	}
	format := "+%a %b %e %H:%M:%S %Z %Y"
	if len(c.Args) > 0 {
		if format = c.Args[0]; !strings.HasPrefix(format, "+") {
			return c.Fail("invalid date '%s'", format)
		}
	}
	fmt.Fprintln(c.Out, strftime(format[1:], now))
	return box.OK
}

// dateLayouts maps strftime's letters to Go's layouts.
var dateLayouts = map[byte]string{
	'a': "Mon", 'A': "Monday", 'b': "Jan", 'B': "January", 'd': "02", 'e': "_2", 'H': "15", 'I': "03", 'm': "01",
	'M': "04", 'p': "PM", 'S': "05", 'y': "06", 'Y': "2006", 'Z': "MST", 'z': "-0700",
	'F': "2006-01-02", 'T': "15:04:05", 'R': "15:04", 'D': "01/02/06", 'N': "000000000",
}

func strftime(format string, t time.Time) string {
	var out strings.Builder
	for i := 0; i < len(format); i++ {
		if format[i] != '%' || i+1 == len(format) {
			out.WriteByte(format[i])
			continue
		}
		i++
		switch letter := format[i]; letter {
		case 's':
			out.WriteString(strconv.FormatInt(t.Unix(), 10))
		case 'j':
			fmt.Fprintf(&out, "%03d", t.YearDay())
		case 'u':
			fmt.Fprint(&out, (int(t.Weekday())+6)%7+1)
		case 'N': // a fraction needs a point in a layout of its own
			fmt.Fprintf(&out, "%09d", t.Nanosecond())
		case 'n':
			out.WriteByte('\n')
		case 't':
			out.WriteByte('\t')
		case '%':
			out.WriteByte('%')
		default:
			if layout, ok := dateLayouts[letter]; ok {
				out.WriteString(t.Format(layout))
			} else {
				out.WriteString(format[i-1 : i+1])
			}
		}
	}
	return out.String()
}

var timeCommand = box.Command{
	Name: "time", Usage: "COMMAND [ARG]...", Help: "Run a command and print how long it took.",
	Raw: true, Run: timeRun,
}

func timeRun(c *box.Context) int {
	if len(c.Args) == 0 {
		return c.MissingOperand()
	}
	start := time.Now()
	cmd := exec.Command(c.Args[0], c.Args[1:]...)
	cmd.Stdin, cmd.Stdout, cmd.Stderr = os.Stdin, os.Stdout, os.Stderr
	status := runStatus(c, cmd)
	var user, system time.Duration
	if cmd.ProcessState != nil {
		user, system = cmd.ProcessState.UserTime(), cmd.ProcessState.SystemTime()
	}
	for _, row := range []struct {
		name string
		d    time.Duration
	}{{"real", time.Since(start)}, {"user", user}, {"sys", system}} {
		fmt.Fprintf(c.Err, "%s\t%dm%.3fs\n", row.name, int(row.d.Minutes()), (row.d % time.Minute).Seconds())
	}
	return status
}

// Exit statuses of a command that runs another (XCU env, time).
const (
	notExecutable = 126
	notFound      = 127
)

// runStatus runs a command and returns its status as a shell would.
func runStatus(c *box.Context, cmd *exec.Cmd) int {
	err := cmd.Run()
	if exit, ok := errors.AsType[*exec.ExitError](err); ok {
		if code := exit.ExitCode(); code >= 0 {
			return code
		}
		if ws, ok := exit.Sys().(interface{ Signal() unix.Signal }); ok {
			return 128 + int(ws.Signal())
		}
		return box.Failure
	}
	switch {
	case err == nil:
		return box.OK
	case errors.Is(err, exec.ErrNotFound), errors.Is(err, os.ErrNotExist):
		c.Errorf("'%s': No such file or directory", cmd.Args[0])
		return notFound
	}
	c.Errorf("'%s': %s", cmd.Args[0], box.Reason(err))
	return notExecutable
}
