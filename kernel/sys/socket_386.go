package sys

import (
	"rv86/kernel/abi"
	"rv86/kernel/task"
)

// socketCalls386: i386 had one call for all of the sockets' (socketcall(2)).
var socketCalls386 = []row{{abi.SYS_SOCKETCALL, "socketcall", socketcall}}

// socketFunctions are the functions of socketcall by number, with how many
// arguments each takes from memory (include/uapi/linux/net.h). send and recv
// are sendto and recvfrom without an address.
var socketFunctions = map[uintptr]struct {
	args int
	fn   handler
}{
	1:  {3, sysSocket},
	8:  {4, sysSocketpair},
	9:  {4, sysSendto},
	10: {4, sysRecvfrom},
	11: {6, sysSendto},
	12: {6, sysRecvfrom},
	13: {2, sysShutdown},
}

// socketcall: what is missing are the functions of sockets with names, which
// do not exist here.
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
