package modtools

import (
	"bytes"
	"cmp"
	"strings"

	"golang.org/x/sys/unix"
)

// newestLine remembers where the kernel's log ends, so that a hint comes from
// what the kernel says next and not from an earlier attempt.
func newestLine() []byte {
	log := kernelLog()
	return log[bytes.LastIndexByte(bytes.TrimRight(log, "\n"), '\n')+1:]
}

func hintFor(module string, mark []byte) string {
	log := kernelLog()
	if len(mark) > 0 {
		if at := bytes.LastIndex(log, mark); at >= 0 {
			log = log[at+len(mark):]
		}
	}
	return hint(string(log), module)
}

// hintMark stands in the kernel's log between a module's name and the advice
// about its refusal: "NAME: hint: TEXT".
const hintMark = ": hint: "

// hint picks out of the kernel's log what it says about a refused module: its
// advice, or else the last line about the module, or else the last line of all,
// since a file that is not a module at all has no name.
func hint(log, module string) string {
	last, about, advice := "", "", ""
	for line := range strings.Lines(log) {
		text := messageOf(strings.TrimRight(line, "\n"))
		if text == "" {
			continue
		}
		last = text
		if name, rest, ok := strings.Cut(text, hintMark); ok && !strings.Contains(name, " ") {
			advice = rest
		}
		if strings.HasPrefix(text, module+":") || strings.HasPrefix(text, "module "+module+":") {
			about = text
		}
	}
	return cmp.Or(advice, about, last)
}

// messageOf strips "<6>[    0.123456] " from a line of the log.
func messageOf(line string) string {
	if strings.HasPrefix(line, "<") {
		if _, rest, ok := strings.Cut(line, ">"); ok {
			line = rest
		}
	}
	if strings.HasPrefix(line, "[") {
		if _, rest, ok := strings.Cut(line, "] "); ok {
			line = rest
		}
	}
	return strings.TrimSpace(line)
}

// kernelLog reads the kernel's whole log (syslog(2)).
func kernelLog() []byte {
	size, err := unix.Klogctl(unix.SYSLOG_ACTION_SIZE_BUFFER, nil)
	if err != nil || size <= 0 {
		return nil
	}
	buf := make([]byte, size)
	n, err := unix.Klogctl(unix.SYSLOG_ACTION_READ_ALL, buf)
	if err != nil {
		return nil
	}
	return buf[:n]
}
