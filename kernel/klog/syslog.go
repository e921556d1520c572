package klog

import (
	"fmt"
	"strconv"
	"strings"

	"rv86/kernel/abi"
)

// Actions of syslog(2) (Linux include/linux/syslog.h).
const (
	ActionClose        = 0
	ActionOpen         = 1
	ActionRead         = 2 // takes messages out; waits for one
	ActionReadAll      = 3
	ActionReadClear    = 4
	ActionClear        = 5
	ActionConsoleOff   = 6
	ActionConsoleOn    = 7
	ActionConsoleLevel = 8
	ActionSizeUnread   = 9
	ActionSizeBuffer   = 10
)

// appendRecord appends a record as syslog(2) shows it: every line of the
// message with its own prefix, "<6>[    1.234567] text\n". It is written by
// hand because insmod reads the whole log to explain an error.
func appendRecord(b []byte, r Record) []byte {
	const secondsWidth, microsWidth = 5, 6
	usec := r.Nanos / 1000
	for rest, more := r.Text, true; more; {
		var line string
		line, rest, more = strings.Cut(rest, "\n")
		b = append(b, '<', '0'+byte(r.Level), '>', '[')
		b = appendPadded(b, usec/1e6, secondsWidth, ' ')
		b = append(b, '.')
		b = appendPadded(b, usec%1e6, microsWidth, '0')
		b = append(b, ']', ' ')
		b = append(b, line...)
		b = append(b, '\n')
	}
	return b
}

// appendPadded appends a number of at least width characters.
func appendPadded(b []byte, n int64, width int, pad byte) []byte {
	var buf [20]byte
	digits := strconv.AppendInt(buf[:0], n, 10)
	for range width - len(digits) {
		b = append(b, pad)
	}
	return append(b, digits...)
}

// formattedSize is the length of what appendRecord appends.
func formattedSize(r Record) int {
	const prefix = len("<6>[    1.234567] ")
	wide := 0 // seconds beyond five digits
	for s := r.Nanos / 1e9; s >= 1e5; s /= 10 {
		wide++
	}
	lines := 1 + strings.Count(r.Text, "\n")
	return lines*(prefix+wide) + len(r.Text) + 1
}

func format(r Record) string { return string(appendRecord(nil, r)) }

// Read delivers up to max bytes that Read has not delivered yet and counts
// them as delivered; empty when there are none (SYSLOG_ACTION_READ without
// its waiting).
func (l *Log) Read(max int) string {
	l.mu.Lock()
	defer l.mu.Unlock()
	var b strings.Builder
	for _, r := range l.unread() {
		text := format(r)[l.readOff:]
		if room := max - b.Len(); len(text) > room {
			// A record may be delivered in pieces, but only when it is
			// the first: a whole line per call is what readers like.
			if b.Len() == 0 {
				b.WriteString(text[:room])
				l.readOff += room
			}
			break
		}
		b.WriteString(text)
		l.readSeq, l.readOff = r.Seq+1, 0
	}
	return b.String()
}

// Unread is the number of bytes that Read would deliver (SIZE_UNREAD).
func (l *Log) Unread() int {
	l.mu.Lock()
	defer l.mu.Unlock()
	n := 0
	for _, r := range l.unread() {
		n += formattedSize(r)
	}
	return n - l.readOff
}

// unread gives the records Read has not delivered, after it dropped its place
// in a record that fell out of the ring. Preconditions: mu is held.
func (l *Log) unread() []Record {
	rs := l.from(l.readSeq)
	if l.readOff > 0 && (len(rs) == 0 || rs[0].Seq != l.readSeq) {
		l.readOff = 0
	}
	return rs
}

// from gives the records from sequence number seq on.
func (l *Log) from(seq uint64) []Record {
	first := l.next - uint64(len(l.records))
	if seq < first {
		seq = first
	}
	return l.records[seq-first:]
}

// ReadAll gives the newest whole messages that fit into max bytes, oldest
// first, and with clear marks them as seen (READ_ALL, READ_CLEAR).
func (l *Log) ReadAll(max int, clear bool) string {
	l.mu.Lock()
	defer l.mu.Unlock()
	rs := l.from(l.clear)
	first, n := len(rs), 0
	for ; first > 0; first-- {
		size := formattedSize(rs[first-1])
		if n+size > max {
			break
		}
		n += size
	}
	if clear {
		l.clear = l.next
	}
	b := make([]byte, 0, n)
	for _, r := range rs[first:] {
		b = appendRecord(b, r)
	}
	return string(b)
}

// Clear hides the present messages from ReadAll.
func (l *Log) Clear() {
	l.mu.Lock()
	l.clear = l.next
	l.mu.Unlock()
}

// Console switches the console off (only Emerg is shown), on, or to a level
// (actions 6, 7, 8).
func (l *Log) Console(action, level int) abi.Errno {
	l.consoleMu.Lock()
	defer l.consoleMu.Unlock()
	switch action {
	case ActionConsoleOff:
		if l.saved == 0 {
			l.saved = l.consoleLevel()
		}
		l.level = ConsoleLevelMin
	case ActionConsoleOn:
		if l.saved != 0 {
			l.level, l.saved = l.saved, 0
		}
	case ActionConsoleLevel:
		if level < ConsoleLevelMin || level > ConsoleLevelMax {
			return abi.EINVAL
		}
		l.level, l.saved = level, 0
	default:
		return abi.EINVAL
	}
	return 0
}

// Next gives the first record whose number is at least seq, for a reader of
// /dev/kmsg, which keeps its own place. lost says that records between were
// overwritten (the reader gets EPIPE once); ok is false at the end.
func (l *Log) Next(seq uint64) (r Record, lost, ok bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	rs := l.from(seq)
	if len(rs) == 0 {
		return Record{}, false, false
	}
	return rs[0], rs[0].Seq > seq, true
}

// End is the number the next record will have.
func (l *Log) End() uint64 {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.next
}

// Kmsg gives a record as /dev/kmsg shows it (Linux
// Documentation/ABI/testing/dev-kmsg): "6,12,1234567,-;text\n", with control
// characters and the inner newlines escaped.
func (r Record) Kmsg() string {
	var b strings.Builder
	fmt.Fprintf(&b, "%d,%d,%d,-;", r.Level, r.Seq, r.Nanos/1000)
	for i := 0; i < len(r.Text); i++ {
		if c := r.Text[i]; c < ' ' || c >= 0x7f || c == '\\' {
			fmt.Fprintf(&b, `\x%02x`, c)
		} else {
			b.WriteByte(c)
		}
	}
	b.WriteByte('\n')
	return b.String()
}
