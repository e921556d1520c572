package modtools

import (
	"io"
	"os"

	"rv86/userland/box"
)

// Options that have no letter, and the options every tool has.
const (
	optDryRun byte = iota + 1
	optFirstTime
	optForceModversion
	optForceVermagic
	optHolders
	optDependencies
	optIgnoreRemove
	optShowConfig
	optShowModversions
	optDumpModversions
	optShowExports
)

var (
	versionOption = box.Flag('V', "version", "print which version of kmod this behaves like")
	helpOption    = box.Flag('h', "help", "print this help")
)

// versionText names what the tools follow, in the form that scripts look for.
const versionText = "kmod version 30\n"

// versionOrHelp serves -V and -h.
func versionOrHelp(c *box.Context, cmd *box.Command) (status int, done bool) {
	switch {
	case c.Has('h'):
		cmd.WriteHelp(c.Out)
	case c.Has('V'):
		c.Out.WriteString(versionText)
	default:
		return 0, false
	}
	return box.OK, true
}

// kernelLogFile takes lines for the kernel's log, which is the system's only
// one: no daemon collects messages.
const kernelLogFile = "/dev/kmsg"

// kernelMessages is where messages go with --syslog.
func kernelMessages() io.Writer {
	f, err := os.OpenFile(kernelLogFile, os.O_WRONLY, 0)
	if err != nil {
		return io.Discard // as a message to a daemon that is not there
	}
	return syslogWriter{f}
}

// syslogWriter marks each message as one about an error (syslog(3)).
type syslogWriter struct{ to io.Writer }

func (w syslogWriter) Write(p []byte) (int, error) {
	if _, err := w.to.Write(append([]byte("<3>"), p...)); err != nil {
		return 0, err
	}
	return len(p), nil
}
