package klog

import (
	"strings"
	"sync"
)

const (
	// RingSize is the text the ring holds, in bytes (CONFIG_LOG_BUF_SHIFT 17).
	RingSize = 128 << 10
	// LineMax is the longest message; what goes beyond is cut off
	// (PRINTKRB_RECORD_MAX).
	LineMax = 1024
	// recordCost is what a record occupies beside its text, so that many
	// short messages are bounded too.
	recordCost = 64
)

// Record is one finished message.
type Record struct {
	Seq   uint64 // counts messages since boot
	Nanos int64  // when it was begun, since boot
	Level Level
	Text  string // without the final newline; inner newlines are possible
}

// Log is a ring of records. The zero value works, with a clock that stands
// still and no console.
type Log struct {
	mu      sync.Mutex
	records []Record // oldest first
	bytes   int      // what the records occupy
	next    uint64   // sequence number of the next record
	open    *Record  // the message that has no newline yet
	clear   uint64   // first record READ_ALL shows (SYSLOG_ACTION_CLEAR)
	readSeq uint64   // first record READ has not delivered...
	readOff int      // ...and how many formatted bytes of it it has
	clock   func() int64
	notify  func()

	// consoleMu keeps the sink's calls in the order of the messages. Lock
	// order: consoleMu before mu.
	consoleMu sync.Mutex
	sink      func(text string)
	level     int // console level; 0 means ConsoleLevelDefault
	saved     int // what CONSOLE_ON restores
}

// Kernel is the kernel's one log.
var Kernel = &Log{}

// SetClock says where time stamps come from: nanoseconds since boot.
func (l *Log) SetClock(clock func() int64) {
	l.mu.Lock()
	l.clock = clock
	l.mu.Unlock()
}

// SetNotify registers what is called, without locks, after a record was added.
func (l *Log) SetNotify(f func()) {
	l.mu.Lock()
	l.notify = f
	l.mu.Unlock()
}

// SetSink registers the console: sink writes one message, which ends in a
// newline. Messages logged before are shown at once.
func (l *Log) SetSink(sink func(text string)) {
	l.consoleMu.Lock()
	defer l.consoleMu.Unlock()
	l.sink = sink
	l.mu.Lock()
	early := append([]Record(nil), l.records...)
	l.mu.Unlock()
	l.show(early)
}

// Printk adds text at a level. See the package comment for open messages.
func (l *Log) Printk(level Level, text string) {
	l.consoleMu.Lock()
	l.mu.Lock()
	var done []Record
	if level == Cont && l.open != nil {
		l.open.Text = cut(l.open.Text + text)
	} else {
		done = l.finish(done)
		if level == Cont {
			level = DefaultLevel
		}
		l.open = &Record{Nanos: l.now(), Level: level, Text: cut(text)}
	}
	if strings.HasSuffix(text, "\n") {
		done = l.finish(done)
	}
	notify := l.notify
	l.mu.Unlock()
	l.show(done)
	l.consoleMu.Unlock()
	if notify != nil && len(done) > 0 {
		notify()
	}
}

// Flush closes the open message, if there is one, so that it is not lost.
func (l *Log) Flush() {
	l.consoleMu.Lock()
	defer l.consoleMu.Unlock()
	l.mu.Lock()
	done := l.finish(nil)
	l.mu.Unlock()
	l.show(done)
}

// cut limits a message to LineMax bytes.
func cut(text string) string {
	if len(text) > LineMax {
		return text[:LineMax]
	}
	return text
}

func (l *Log) now() int64 {
	if l.clock == nil {
		return 0
	}
	return l.clock()
}

// finish moves the open message into the ring and appends it to done.
// Preconditions: mu is held.
func (l *Log) finish(done []Record) []Record {
	if l.open == nil {
		return done
	}
	r := *l.open
	l.open = nil
	r.Text = strings.TrimSuffix(r.Text, "\n")
	r.Seq = l.next
	l.next++
	l.bytes += len(r.Text) + recordCost
	drop := 0
	for l.bytes > RingSize {
		l.bytes -= len(l.records[drop].Text) + recordCost
		drop++
	}
	// What was dropped stays in the array until append has to move the rest to
	// a new one: that is rare, and moving at every message would not be.
	clear(l.records[:drop])
	l.records = append(l.records[drop:], r)
	return append(done, r)
}

// show passes records to the console.
// Preconditions: consoleMu is held, mu is not.
func (l *Log) show(records []Record) {
	if l.sink == nil {
		return
	}
	for _, r := range records {
		if int(r.Level) < l.consoleLevel() {
			l.sink(r.Text + "\n")
		}
	}
}

func (l *Log) consoleLevel() int {
	if l.level == 0 {
		return ConsoleLevelDefault
	}
	return l.level
}
