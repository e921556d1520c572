package klog

import "fmt"

// Level is a severity (Linux include/linux/kern_levels.h). Lower is graver.
type Level int8

const (
	Emerg Level = iota
	Alert
	Crit
	Err
	Warning
	Notice
	Info
	Debug

	// Cont continues the message that has no newline yet.
	Cont Level = -1
	// DefaultLevel is that of a message which names none
	// (CONFIG_MESSAGE_LOGLEVEL_DEFAULT).
	DefaultLevel = Warning
)

// The console level is the first level that is NOT shown.
const (
	ConsoleLevelMin     = 1 // still shows Emerg
	ConsoleLevelDefault = 7 // everything but Debug
	ConsoleLevelMax     = 8
)

// soh starts a level prefix in the text of a printk (KERN_SOH): "\x016text".
const soh = '\x01'

// SplitLevel takes the KERN_* prefixes off a printk text. Several may follow
// each other (KERN_CONT before a level, say); the last one that names a level
// counts, as in Linux's printk_parse_prefix.
func SplitLevel(text string) (Level, string) {
	level, cont := DefaultLevel, false
	for len(text) >= 2 && text[0] == soh {
		switch c := text[1]; {
		case c >= '0' && c <= '7':
			level = Level(c - '0')
		case c == 'c':
			cont = true
		case c == 'd': // KERN_DEFAULT
		default:
			return level, text
		}
		text = text[2:]
	}
	if cont {
		level = Cont
	}
	return level, text
}

// Printk logs a text at a level. The text of a whole message ends in a newline.
func Printk(level Level, text string) { Kernel.Printk(level, text) }

// Emergf and its kin format as fmt does and log one whole message; a missing
// final newline is added.
func Emergf(format string, args ...any) { Kernel.logf(Emerg, format, args) }
func Critf(format string, args ...any)  { Kernel.logf(Crit, format, args) }
func Errf(format string, args ...any)   { Kernel.logf(Err, format, args) }
func Warnf(format string, args ...any)  { Kernel.logf(Warning, format, args) }
func Noticef(format string, args ...any) {
	Kernel.logf(Notice, format, args)
}
func Infof(format string, args ...any)  { Kernel.logf(Info, format, args) }
func Debugf(format string, args ...any) { Kernel.logf(Debug, format, args) }

func (l *Log) logf(level Level, format string, args []any) {
	text := fmt.Sprintf(format, args...)
	if n := len(text); n == 0 || text[n-1] != '\n' {
		text += "\n"
	}
	l.Printk(level, text)
}
