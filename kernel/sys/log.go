//go:build riscv64 || 386

package sys

import (
	"rv86/kernel/abi"
	"rv86/kernel/klog"
	"rv86/kernel/task"
	"rv86/kernel/wait"
)

var logCalls = []row{
	{abi.SYS_SYSLOG, "syslog", sysSyslog},
}

// logQueue wakes readers that wait for a message.
var logQueue wait.Queue

func init() { klog.Kernel.SetNotify(func() { logQueue.Notify(wait.Readable) }) }

// logReadMax bounds the buffer of one read; the whole ring is smaller.
const logReadMax = 4 * klog.RingSize

// sysSyslog performs syslog(2). Reading all messages and their size is allowed
// to everybody (dmesg_restrict = 0), the rest to root.
func sysSyslog(t *task.Thread, a *args) (uintptr, abi.Errno) {
	action, buf, size := int(int32(a[0])), a[1], int(int32(a[2]))
	if action != klog.ActionReadAll && action != klog.ActionSizeBuffer && t.Cred().EUID != 0 {
		return 0, abi.EPERM
	}
	l := klog.Kernel
	switch action {
	case klog.ActionClose, klog.ActionOpen:
		return 0, 0
	case klog.ActionRead, klog.ActionReadAll, klog.ActionReadClear:
		if buf == 0 || size < 0 {
			return 0, abi.EINVAL
		}
		if size == 0 {
			return 0, 0
		}
		return syslogRead(t, action, buf, min(size, logReadMax))
	case klog.ActionClear:
		l.Clear()
		return 0, 0
	case klog.ActionConsoleOff, klog.ActionConsoleOn, klog.ActionConsoleLevel:
		return 0, l.Console(action, size)
	case klog.ActionSizeUnread:
		return uintptr(l.Unread()), 0
	case klog.ActionSizeBuffer:
		return klog.RingSize, 0
	}
	return 0, abi.EINVAL
}

func syslogRead(t *task.Thread, action int, buf uintptr, size int) (uintptr, abi.Errno) {
	var text string
	if action == klog.ActionRead {
		e := t.Block(&logQueue, wait.Readable, task.Never, func() (bool, abi.Errno) {
			text = klog.Kernel.Read(size)
			return text != "", 0
		})
		if e != 0 {
			return 0, e
		}
	} else {
		text = klog.Kernel.ReadAll(size, action == klog.ActionReadClear)
	}
	return uintptr(len(text)), t.CopyOut(buf, []byte(text))
}
