// Package initd is the guest's first process. It mounts the file systems that
// every program expects, takes the host name from /etc/hostname, and then does
// one of two things, as the kernel command line says:
//
//   - rv86.cmd="COMMANDS" (a Go string literal): run `sh -c COMMANDS` with no
//     input and with the console's NL-to-CRNL translation off, so that the
//     bytes on the wire are the bytes the commands wrote; then power off with
//     the shell's status.
//   - otherwise: greet, and run a login shell on the console as the leader of
//     its own session; power off with its status when it exits.
//
// Process 1 also reaps every orphan, as wait(2) and init(8) expect of it, and
// ends the machine when asked by signal (see signals.go).
//
// Omitted: run levels, services, several terminals.
package initd
