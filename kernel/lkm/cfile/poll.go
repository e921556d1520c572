package cfile

import (
	"rv86/kernel/vfs"
	"rv86/kernel/wait"
	"rv86/kmod/kapi"
)

// Queue implements vfs.File. What the driver's wait queues tell is passed on to
// it, from the first poll on.
func (f *File) Queue() *wait.Queue { return &f.queue }

// always is what a file without poll reports (DEFAULT_POLLMASK).
const always = wait.Readable | wait.Writable

// PollUser implements vfs.UserIO.
func (f *File) PollUser(c *vfs.Caller) wait.Events {
	who := f.fs.CallerOf(c)
	if !f.enter(who) {
		return always
	}
	defer f.leave(who)
	fn, e := f.op(who, "poll")
	if e != 0 {
		return wait.POLLERR
	}
	table := f.pollTable()
	if fn == 0 || table == 0 {
		return always
	}
	r, e := f.fs.Run(who, fn, f.view.Addr, table)
	if e != 0 {
		return wait.POLLERR
	}
	return wait.Events(uint32(r))
}

// pollTable gives the table that poll hands to poll_wait; 0 if there is no
// memory.
func (f *File) pollTable() uint64 {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.table != 0 {
		return f.table
	}
	core := f.fs.Core
	size := PollTable.Size(core)
	if f.table = core.Alloc(size); f.table == 0 {
		return 0
	}
	clear(core.Slice(f.table, size))
	PollTable.At(core, f.table).Set("_key", uint64(^uint32(0)))
	f.fs.mu.Lock()
	f.fs.tables[f.table] = f
	f.fs.mu.Unlock()
	return f.table
}

// pollWait serves poll_wait(file, head, table): from now on the file's pollers
// hear what the driver's queue hears. A NULL table means that nobody waits.
func (fs *Files) pollWait(c *kapi.Call) uint64 {
	c.Ptr()
	head, table := c.Ptr(), c.Ptr()
	fs.mu.Lock()
	f := fs.tables[table]
	fs.mu.Unlock()
	if f == nil || head == 0 || fs.Watch == nil {
		return 0
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	for _, h := range f.heads {
		if h.head == head {
			return 0
		}
	}
	w := &wait.Waiter{Callback: f.queue.Notify}
	f.heads = append(f.heads, watchedHead{head, fs.Watch(head, w, ^wait.Events(0))})
	return 0
}

// forgetQueues ends what pollTable and pollWait began.
func (f *File) forgetQueues() {
	f.mu.Lock()
	defer f.mu.Unlock()
	for _, h := range f.heads {
		h.unwatch()
	}
	f.heads = nil
	if f.table == 0 {
		return
	}
	f.fs.mu.Lock()
	delete(f.fs.tables, f.table)
	f.fs.mu.Unlock()
	f.fs.Core.Free(f.table)
	f.table = 0
}
