package modtools

import (
	"fmt"

	"rv86/userland/box"
)

// level is how bad a message is, in syslog(3)'s numbers, as kmod has them.
type level int

const (
	quiet   level = 0 // a threshold below every message
	fatal   level = 2
	failure level = 3
	warning level = 4
)

var levelNames = map[level]string{fatal: "FATAL", failure: "ERROR", warning: "WARNING"}

// logger prints messages up to a threshold as "NAME: LEVEL: text".
type logger struct {
	c         *box.Context
	threshold level
}

func (l *logger) printf(at level, format string, args ...any) {
	if at <= l.threshold {
		l.c.Errorf("%s: %s", levelNames[at], fmt.Sprintf(format, args...))
	}
}

// Errorf and the two below make the logger a depmod.Log and a modlib.Warn.
func (l *logger) Errorf(format string, args ...any) { l.printf(failure, format, args...) }

// Warnf reports what does not stop the command.
func (l *logger) Warnf(format string, args ...any) { l.printf(warning, format, args...) }

// Verbosef prints what is only of interest with -v, on the output.
func (l *logger) Verbosef(format string, args ...any) {
	if l.threshold > warning {
		fmt.Fprintf(l.c.Out, format+"\n", args...)
	}
}

// withVerbose raises a threshold by one for each -v.
func withVerbose(c *box.Context, base level) level { return base + level(len(c.Values('v'))) }
