// Package golden runs golden scripts: what a guest is told to do, and exactly
// what must come out. A script is a txtar archive
// (golang.org/x/tools/txtar):
//
//	where this script comes from and what it is about (line 1 and following)
//	-- cmd --
//	echo hello
//	-- stdout --
//	hello
//
// Its files are
//
//	cmd          commands for the guest's shell, as with `rv86 run -c`
//	args         flags of `rv86 run`, one per line; "$WORK" stands for a
//	             directory that holds the archive's other files
//	stdin        console input (without cmd)
//	stdout       the console's bytes, exactly
//	stdout-open  the same for output that does not end with a line feed; the
//	             last line feed of the file is not part of it
//	status       the exit status, if it is not 0
//	stderr       a regular expression for the last line on stderr
//	mask         regular expressions, one per line: what they match in stdout, or
//	             their first group, counts as "(any)"
//	guest/PATH   a file to put into the guest at /PATH
//
// One script serves every machine. Where addresses, sizes or the machine's name
// must differ, stdout.ARCH (stdout-open.ARCH, status.ARCH, stderr.ARCH) is what
// is expected on that machine; the plain ones are the default machine's.
//
// Two runs of one script print the same bytes: see package machine about time.
package golden
