// Package text holds the commands that read and write text and bytes: cat,
// grep, sort, hexdump and their kin, and the small ones that scripts are made
// of (echo, test, seq, xargs). They follow GNU coreutils and grep for the
// options that are there; hexdump follows util-linux. Sorting and classes are
// those of the C locale.
package text

import "rv86/userland/box"

// Commands are the rows of this package.
var Commands = []*box.Command{
	&bracketCommand, &catCommand, &cmpCommand, &cutCommand, &echoCommand, &falseCommand, &grepCommand, &headCommand,
	&hexdumpCommand, &seqCommand, &sha256sumCommand, &sortCommand, &tailCommand, &teeCommand, &testCommand,
	&trCommand, &trueCommand, &uniqCommand, &wcCommand, &xargsCommand, &yesCommand,
}
