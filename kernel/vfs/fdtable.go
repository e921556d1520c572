package vfs

import (
	"sync"

	"rv86/kernel/abi"
)

// FDTable maps descriptor numbers to open files. Threads made with
// CLONE_FILES share one; it is reference counted, and starts with one
// reference.
type FDTable struct {
	mu    sync.Mutex
	slots []fdSlot
	limit int // RLIMIT_NOFILE: no number at or above it is given out
	refs  int
}

type fdSlot struct {
	d       *Description
	cloexec bool
}

// NewFDTable returns an empty table with the default limit.
func NewFDTable() *FDTable { return &FDTable{limit: abi.DefaultNOFILE, refs: 1} }

// SetLimit sets RLIMIT_NOFILE; open descriptors above it stay open.
func (t *FDTable) SetLimit(n int) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.limit = n
}

// Share takes another reference (CLONE_FILES).
func (t *FDTable) Share() *FDTable {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.refs++
	return t
}

// Drop gives a reference back; the last one closes every descriptor. c is who
// closes, here and below; nil if that is nobody in particular.
func (t *FDTable) Drop(c *Caller) {
	t.mu.Lock()
	t.refs--
	if t.refs > 0 {
		t.mu.Unlock()
		return
	}
	slots := t.slots
	t.slots = nil
	t.mu.Unlock()
	t.closeSlots(c, slots)
}

// Fork returns a copy whose descriptors share their descriptions.
func (t *FDTable) Fork() *FDTable {
	t.mu.Lock()
	defer t.mu.Unlock()
	n := &FDTable{limit: t.limit, refs: 1, slots: append([]fdSlot(nil), t.slots...)}
	for _, s := range n.slots {
		if s.d != nil {
			s.d.Get()
		}
	}
	return n
}

// Unshare returns a table that nobody else uses: t itself, or a copy of it in
// exchange for the caller's reference (execve, close_range).
func (t *FDTable) Unshare(c *Caller) *FDTable {
	t.mu.Lock()
	shared := t.refs > 1
	t.mu.Unlock()
	if !shared {
		return t
	}
	n := t.Fork()
	t.Drop(c)
	return n
}

// CloseOnExec closes the descriptors that carry FD_CLOEXEC.
func (t *FDTable) CloseOnExec(c *Caller) {
	t.closeIf(c, func(_ int, s *fdSlot) bool { return s.cloexec })
}

// Get returns the open file of fd with a reference of its own; Put it.
func (t *FDTable) Get(fd int) (*Description, abi.Errno) {
	t.mu.Lock()
	defer t.mu.Unlock()
	s := t.slot(fd)
	if s == nil {
		return nil, abi.EBADF
	}
	return s.d.Get(), 0
}

// slot returns fd's slot if it is open. Preconditions: t.mu is held.
func (t *FDTable) slot(fd int) *fdSlot {
	if fd < 0 || fd >= len(t.slots) || t.slots[fd].d == nil {
		return nil
	}
	return &t.slots[fd]
}

// Install puts d on the lowest free number that is at least min. The table
// takes over the caller's reference; on an error it is still the caller's.
func (t *FDTable) Install(d *Description, min int, cloexec bool) (int, abi.Errno) {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.install(d, min, cloexec)
}

func (t *FDTable) install(d *Description, min int, cloexec bool) (int, abi.Errno) {
	fd := min
	for fd < len(t.slots) && t.slots[fd].d != nil {
		fd++
	}
	if fd >= t.limit {
		return 0, abi.EMFILE
	}
	t.grow(fd)
	t.slots[fd] = fdSlot{d, cloexec}
	return fd, 0
}

func (t *FDTable) grow(fd int) {
	for len(t.slots) <= fd {
		t.slots = append(t.slots, fdSlot{})
	}
}

// Dup performs dup(2) and F_DUPFD: the lowest free number from min on.
func (t *FDTable) Dup(fd, min int, cloexec bool) (int, abi.Errno) {
	t.mu.Lock()
	defer t.mu.Unlock()
	s := t.slot(fd)
	if s == nil {
		return 0, abi.EBADF
	}
	if min < 0 || min >= t.limit {
		return 0, abi.EINVAL
	}
	n, e := t.install(s.d, min, cloexec)
	if e == 0 {
		t.slots[n].d.Get()
	}
	return n, e
}

// Dup3 performs dup3(2): newfd, closed first if open, becomes a copy of fd.
func (t *FDTable) Dup3(c *Caller, fd, newfd int, cloexec bool) abi.Errno {
	t.mu.Lock()
	s := t.slot(fd)
	if s == nil || newfd < 0 || newfd >= t.limit {
		t.mu.Unlock()
		return abi.EBADF
	}
	if fd == newfd {
		t.mu.Unlock()
		return abi.EINVAL
	}
	d := s.d.Get()
	t.grow(newfd)
	old := t.slots[newfd].d
	t.slots[newfd] = fdSlot{d, cloexec}
	t.mu.Unlock()
	if old != nil {
		t.release(c, old)
	}
	return 0
}

// Close performs close(2).
func (t *FDTable) Close(c *Caller, fd int) abi.Errno {
	t.mu.Lock()
	s := t.slot(fd)
	if s == nil {
		t.mu.Unlock()
		return abi.EBADF
	}
	d := s.d
	*s = fdSlot{}
	t.mu.Unlock()
	t.release(c, d)
	return 0
}

// CloseRange closes first..last, or marks them close-on-exec.
func (t *FDTable) CloseRange(c *Caller, first, last int, cloexec bool) {
	if !cloexec {
		t.closeIf(c, func(fd int, _ *fdSlot) bool { return fd >= first && fd <= last })
		return
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	for fd := first; fd <= last && fd < len(t.slots); fd++ {
		t.slots[fd].cloexec = true
	}
}

func (t *FDTable) closeIf(c *Caller, match func(int, *fdSlot) bool) {
	var gone []fdSlot
	t.mu.Lock()
	for fd := range t.slots {
		if s := &t.slots[fd]; s.d != nil && match(fd, s) {
			gone = append(gone, *s)
			*s = fdSlot{}
		}
	}
	t.mu.Unlock()
	t.closeSlots(c, gone)
}

func (t *FDTable) closeSlots(c *Caller, slots []fdSlot) {
	for _, s := range slots {
		if s.d != nil {
			t.release(c, s.d)
		}
	}
}

// release gives up a descriptor's reference, and with it the table's record
// locks on the file. Preconditions: mu is not held.
func (t *FDTable) release(c *Caller, d *Description) {
	if f, ok := d.file.(Flusher); ok {
		f.Flush(c)
	}
	d.path.Dent.inode.dropRecords(t)
	d.PutFor(c)
}

// CloExec and SetCloExec perform F_GETFD and F_SETFD.
func (t *FDTable) CloExec(fd int) (bool, abi.Errno) {
	t.mu.Lock()
	defer t.mu.Unlock()
	s := t.slot(fd)
	if s == nil {
		return false, abi.EBADF
	}
	return s.cloexec, 0
}

// SetCloExec sets or clears FD_CLOEXEC.
func (t *FDTable) SetCloExec(fd int, on bool) abi.Errno {
	t.mu.Lock()
	defer t.mu.Unlock()
	s := t.slot(fd)
	if s == nil {
		return abi.EBADF
	}
	s.cloexec = on
	return 0
}

// Numbers returns the open descriptors in ascending order (/proc/PID/fd).
func (t *FDTable) Numbers() []int {
	t.mu.Lock()
	defer t.mu.Unlock()
	var l []int
	for fd := range t.slots {
		if t.slots[fd].d != nil {
			l = append(l, fd)
		}
	}
	return l
}
