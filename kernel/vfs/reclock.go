package vfs

import (
	"math"

	"rv86/kernel/abi"
	"rv86/kernel/wait"
)

// LockEnd as the end of a RecordLock is the end of the file, however it grows.
const LockEnd = math.MaxInt64

// RecordLock is a lock of fcntl(2) on the bytes Start to End, both included.
type RecordLock struct {
	Start, End int64
	Exclusive  bool
	// Owner is who holds it: an FDTable (F_SETLK: all threads of a process) or
	// a Description (F_OFD_SETLK).
	Owner any
	PID   int // for F_GETLK; -1 with F_OFD_SETLK
}

func (r *RecordLock) overlaps(o *RecordLock) bool { return r.Start <= o.End && o.Start <= r.End }

// conflict finds a lock of somebody else's that keeps r from being taken.
func (l *fileLocks) conflict(r *RecordLock) *RecordLock {
	for i := range l.records {
		if o := &l.records[i]; o.Owner != r.Owner && o.overlaps(r) && (o.Exclusive || r.Exclusive) {
			return o
		}
	}
	return nil
}

// carve takes r's range out of what its owner holds, splitting locks that
// reach over its ends.
func (l *fileLocks) carve(r *RecordLock) {
	var rest []RecordLock
	for _, o := range l.records {
		if o.Owner != r.Owner || !o.overlaps(r) {
			rest = append(rest, o)
			continue
		}
		if o.Start < r.Start {
			left := o
			left.End = r.Start - 1
			rest = append(rest, left)
		}
		if o.End > r.End {
			right := o
			right.Start = r.End + 1
			rest = append(rest, right)
		}
	}
	l.records = rest
}

// TestLock performs F_GETLK: the lock in r's way, or nil.
func (d *Description) TestLock(r RecordLock) *RecordLock {
	in := d.path.Dent.inode
	in.mu.Lock()
	defer in.mu.Unlock()
	if o := in.locks.conflict(&r); o != nil {
		found := *o
		return &found
	}
	return nil
}

// SetLock performs F_SETLK: EAGAIN where it would have to wait; sleep on
// FlockQueue then. A wait that can never end is not noticed (no EDEADLK).
func (d *Description) SetLock(r RecordLock) abi.Errno {
	if r.Exclusive && !d.Writable() || !r.Exclusive && !d.Readable() {
		return abi.EBADF
	}
	in := d.path.Dent.inode
	in.mu.Lock()
	defer in.mu.Unlock()
	if in.locks.conflict(&r) != nil {
		return abi.EAGAIN
	}
	in.locks.carve(&r)
	in.locks.records = append(in.locks.records, r)
	in.locks.queue.Notify(wait.POLLIN) // a lock made weaker lets others in
	return 0
}

// Unlock performs F_SETLK with F_UNLCK.
func (d *Description) Unlock(r RecordLock) { d.path.Dent.inode.unlockRange(&r) }

func (in *Inode) unlockRange(r *RecordLock) {
	in.mu.Lock()
	defer in.mu.Unlock()
	if len(in.locks.records) == 0 {
		return
	}
	in.locks.carve(r)
	in.locks.queue.Notify(wait.POLLIN)
}

// dropRecords gives up all that owner holds. POSIX has it so that closing any
// descriptor of a file ends a process' locks on it.
func (in *Inode) dropRecords(owner any) {
	in.unlockRange(&RecordLock{End: LockEnd, Owner: owner})
}
