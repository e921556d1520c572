package system

import (
	"errors"
	"fmt"
	"os"
	"slices"
	"strconv"
	"strings"

	"rv86/userland/box"
)

var psCommand = box.Command{
	Name: "ps", Usage: "[aux]", Help: "Print the processes.",
	Options: []box.Option{
		box.Flag('A', "", "accepted; all processes are printed"),
		box.Flag('e', "", "as -A"),
		box.Flag('f', "", "also the parents"),
		box.Param('o', "", "COLUMNS", "these columns: pid,ppid,pgid,sid,stat,vsz,rss,comm,args"),
	},
	Run: ps,
}

// processInfo is what /proc/PID says (proc_pid_stat(5)).
type processInfo struct {
	pid, ppid, pgid, sid int
	state                string
	vsz, rss             int64 // KiB
	comm, args           string
}

// Fields of /proc/PID/stat, counted from the state, which follows the name.
const (
	statState = iota
	statPPID
	statPGID
	statSID
	statVSize = 20
	statRSS   = 21
)

func readProcess(pid int) (p processInfo, err error) {
	dir := fmt.Sprintf("/proc/%d/", pid)
	data, err := os.ReadFile(dir + "stat")
	if err != nil {
		return p, err
	}
	// The name is in parentheses and may hold blanks and parentheses itself.
	text := string(data)
	open, end := strings.IndexByte(text, '('), strings.LastIndexByte(text, ')')
	if open < 0 || end < open {
		return p, errors.New("malformed stat")
	}
	p.pid, p.comm = pid, text[open+1:end]
	f := strings.Fields(text[end+1:])
	if len(f) <= statRSS {
		return p, errors.New("malformed stat")
	}
	number := func(i int) int64 {
		n, perr := strconv.ParseInt(f[i], 10, 64)
		if perr != nil {
			err = errors.New("malformed stat")
		}
		return n
	}
	p.state = f[statState]
	p.ppid, p.pgid, p.sid = int(number(statPPID)), int(number(statPGID)), int(number(statSID))
	p.vsz, p.rss = number(statVSize)/1024, number(statRSS)*int64(os.Getpagesize())/1024
	if args, aerr := os.ReadFile(dir + "cmdline"); aerr == nil && len(args) > 0 {
		p.args = strings.TrimSpace(strings.ReplaceAll(string(args), "\x00", " "))
	} else {
		p.args = "[" + p.comm + "]"
	}
	return p, err
}

func allProcesses() ([]processInfo, error) {
	entries, err := os.ReadDir("/proc")
	if err != nil {
		return nil, err
	}
	var list []processInfo
	for _, e := range entries {
		pid, err := strconv.Atoi(e.Name())
		if err != nil {
			continue
		}
		p, err := readProcess(pid)
		if err != nil {
			continue // it ended meanwhile
		}
		list = append(list, p)
	}
	slices.SortFunc(list, func(a, b processInfo) int { return a.pid - b.pid })
	return list, nil
}

// psColumns are the columns that -o knows.
var psColumns = map[string]struct {
	title string
	left  bool
	text  func(p processInfo) string
}{
	"pid":  {"PID", false, func(p processInfo) string { return strconv.Itoa(p.pid) }},
	"ppid": {"PPID", false, func(p processInfo) string { return strconv.Itoa(p.ppid) }},
	"pgid": {"PGID", false, func(p processInfo) string { return strconv.Itoa(p.pgid) }},
	"sid":  {"SID", false, func(p processInfo) string { return strconv.Itoa(p.sid) }},
	"stat": {"STAT", true, func(p processInfo) string { return p.state }},
	"vsz":  {"VSZ", false, func(p processInfo) string { return strconv.FormatInt(p.vsz, 10) }},
	"rss":  {"RSS", false, func(p processInfo) string { return strconv.FormatInt(p.rss, 10) }},
	"comm": {"COMMAND", true, func(p processInfo) string { return p.comm }},
	"args": {"COMMAND", true, func(p processInfo) string { return p.args }},
}

func ps(c *box.Context) int {
	columns := "pid,stat,vsz,rss,args"
	switch {
	case c.Has('o'):
		columns = c.Value('o', "")
	case c.Has('f'):
		columns = "pid,ppid,pgid,stat,vsz,rss,args"
	}
	names := strings.Split(columns, ",")
	rows := [][]string{nil}
	for _, name := range names {
		column, ok := psColumns[name]
		if !ok {
			return c.Fail("error: unknown user-defined format specifier \"%s\"", name)
		}
		rows[0] = append(rows[0], column.title)
	}
	list, err := allProcesses()
	if err != nil {
		return c.FileError("/proc", err)
	}
	for _, p := range list {
		row := make([]string, len(names))
		for i, name := range names {
			row[i] = psColumns[name].text(p)
		}
		rows = append(rows, row)
	}
	width := make([]int, len(names))
	for _, row := range rows {
		for i, cell := range row {
			width[i] = max(width[i], len(cell))
		}
	}
	for _, row := range rows {
		for i, cell := range row {
			last := i == len(row)-1
			switch {
			case last:
				fmt.Fprintln(c.Out, cell)
			case psColumns[names[i]].left:
				fmt.Fprintf(c.Out, "%-*s ", width[i], cell)
			default:
				fmt.Fprintf(c.Out, "%*s ", width[i], cell)
			}
		}
	}
	return box.OK
}
