package vfs

import (
	"rv86/kernel/abi"
	"rv86/kernel/wait"
)

// fileLocks are the locks on an inode. Those of flock(2) belong to a
// Description: one exclusive holder, or any number of shared ones. The two
// kinds do not see each other. Inode.mu guards it.
type fileLocks struct {
	exclusive *Description
	shared    map[*Description]bool
	records   []RecordLock // fcntl's
	queue     wait.Queue
}

// Flock performs flock(2) without waiting: EAGAIN where it would have to.
// Sleep on FlockQueue for wait.POLLIN then.
func (d *Description) Flock(op int) abi.Errno {
	in := d.path.Dent.inode
	in.mu.Lock()
	defer in.mu.Unlock()
	l := &in.locks
	switch op &^ abi.LOCK_NB {
	case abi.LOCK_UN:
		l.drop(d)
		return 0
	case abi.LOCK_SH:
		if l.exclusive != nil && l.exclusive != d {
			return abi.EAGAIN
		}
		l.drop(d)
		if l.shared == nil {
			l.shared = map[*Description]bool{}
		}
		l.shared[d] = true
		return 0
	case abi.LOCK_EX:
		others := len(l.shared)
		if l.shared[d] {
			others--
		}
		if others > 0 || l.exclusive != nil && l.exclusive != d {
			return abi.EAGAIN
		}
		l.drop(d)
		l.exclusive = d
		return 0
	}
	return abi.EINVAL
}

// FlockQueue is notified with POLLIN when a lock on d's file is given up.
func (d *Description) FlockQueue() *wait.Queue { return &d.path.Dent.inode.locks.queue }

// drop gives up what d holds.
func (l *fileLocks) drop(d *Description) {
	if l.exclusive == d {
		l.exclusive = nil
	} else if !l.shared[d] {
		return
	}
	delete(l.shared, d)
	l.queue.Notify(wait.POLLIN)
}

// unlockAll is for the last close of d.
func (in *Inode) unlockAll(d *Description) {
	in.dropRecords(d)
	in.mu.Lock()
	defer in.mu.Unlock()
	in.locks.drop(d)
}
