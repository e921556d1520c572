package sys

import (
	"rv86/kernel/abi"
	"rv86/kernel/task"
)

// socketCalls386: i386 had one call for all of the sockets' (socketcall(2)).
var socketCalls386 = []row{{abi.SYS_SOCKETCALL, "socketcall", socketcall}}

// socketFunctions are the functions of socketcall by number, with how many
// arguments each takes from memory (include/uapi/linux/net.h). send and recv
// are sendto and recvfrom without an address, accept is accept4 without flags.
var socketFunctions = map[uintptr]struct {
	args int
	fn   handler
}{
	1:  {3, sysSocket},
	2:  {3, sysBind},
	3:  {3, sysConnect},
	4:  {2, sysListen},
	5:  {3, sysAccept4},
	6:  {3, sysGetsockname},
	7:  {3, sysGetpeername},
	8:  {4, sysSocketpair},
	9:  {4, sysSendto},
	10: {4, sysRecvfrom},
	11: {6, sysSendto},
	12: {6, sysRecvfrom},
	13: {2, sysShutdown},
	14: {5, sysSetsockopt},
	15: {5, sysGetsockopt},
	16: {3, sysSendmsg},
	17: {3, sysRecvmsg},
	18: {4, sysAccept4},
}

// socketcall: what is missing are the calls of several messages at once.
func socketcall(t *task.Thread, a *args) (uintptr, abi.Errno) {
	f, ok := socketFunctions[a[0]]
	if !ok {
		return 0, abi.EOPNOTSUPP
	}
	b, e := argsInMemory(t, a[1], f.args)
	if e != 0 {
		return 0, e
	}
	return f.fn(t, &b)
}
