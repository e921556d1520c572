//go:build riscv64 || 386

package sys

import (
	"strings"
	"sync"

	"rv86/kernel/abi"
	"rv86/kernel/klog"
	"rv86/kernel/vfs"
	"rv86/kernel/wait"
)

// AddKmsg makes /dev/kmsg (Linux Documentation/ABI/testing/dev-kmsg): each read
// gives one message, each write logs one. Left out: seeking in it.
func AddKmsg(ns *vfs.Namespace) {
	ns.AddDevice("kmsg", abi.S_IFCHR|0o644, vfs.MemMajor, vfs.MinorKmsg, func(*vfs.Caller, int) (vfs.File, abi.Errno) {
		return &kmsgFile{}, 0
	})
}

// kmsgFile is one open /dev/kmsg, with its own place in the log.
type kmsgFile struct {
	vfs.Base
	mu   sync.Mutex
	next uint64 // sequence number of the record to read
}

// Read gives the next record; EPIPE, once, if records between were overwritten.
func (f *kmsgFile) Read(p []byte, _ int64) (int, abi.Errno) {
	f.mu.Lock()
	defer f.mu.Unlock()
	r, lost, ok := klog.Kernel.Next(f.next)
	if !ok {
		return 0, abi.EAGAIN
	}
	if lost && f.next > 0 {
		f.next = r.Seq
		return 0, abi.EPIPE
	}
	text := r.Kmsg()
	if len(p) < len(text) {
		return 0, abi.EINVAL
	}
	f.next = r.Seq + 1
	return copy(p, text), 0
}

// Write logs a line, whose level may stand before it as <N>.
func (f *kmsgFile) Write(p []byte, _ int64) (int, abi.Errno) {
	if len(p) > klog.LineMax {
		return 0, abi.EINVAL
	}
	text, level := string(p), klog.DefaultLevel
	if len(text) > 2 && text[0] == '<' && text[2] == '>' && text[1] >= '0' && text[1] <= '7' {
		level, text = klog.Level(text[1]-'0'), text[3:]
	}
	klog.Printk(level, strings.TrimSuffix(text, "\n")+"\n")
	return len(p), 0
}

// Poll says whether there is a record to read.
func (f *kmsgFile) Poll() wait.Events {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.next < klog.Kernel.End() {
		return wait.Readable | wait.Writable
	}
	return wait.Writable
}

func (f *kmsgFile) Queue() *wait.Queue { return &logQueue }
