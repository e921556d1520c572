// Package files holds the commands that work on files and directories: ls, cp,
// mv, rm and their kin. Options, messages and exit statuses are those of GNU
// coreutils and findutils for the options that are there; what is left out
// (SELinux contexts, colours, interactive questions) is refused as an invalid
// option rather than ignored.
package files

import "rv86/userland/box"

// Commands are the rows of this package.
var Commands = []*box.Command{
	&basenameCommand, &chmodCommand, &chownCommand, &cpCommand, &ddCommand, &dfCommand, &dirnameCommand,
	&duCommand, &findCommand, &lnCommand, &lsCommand, &mkdirCommand, &mknodCommand, &mvCommand, &pwdCommand,
	&readlinkCommand, &rmCommand, &rmdirCommand, &statCommand, &touchCommand, &whichCommand,
}
