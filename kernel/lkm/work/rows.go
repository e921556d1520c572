package work

import (
	"rv86/kernel/lkm"
	"rv86/kernel/lkm/cstruct"
	"rv86/kmod/kapi"
)

// Exports are the rows of workqueues. A delayed_work begins with its
// work_struct, so both have the same address.
func (w *Work) Exports() []kapi.Func {
	wq := func(name, result, more string, f func(c *kapi.Call, q *queue) uint64) kapi.Func {
		return kapi.Func{Name: name, Proto: result + " " + name + "(struct workqueue_struct *wq" + more + ")", Call: func(c *kapi.Call) uint64 {
			if q := w.find(c, name, c.Ptr()); q != nil {
				return f(c, q)
			}
			return 0
		}}
	}
	item := func(name, typ string, f func(c *kapi.Call, addr uint64) bool) kapi.Func {
		return kapi.Func{Name: name, Proto: "bool " + name + "(struct " + typ + " *work)", Call: func(c *kapi.Call) uint64 {
			return truth(f(c, c.Ptr()))
		}}
	}
	return []kapi.Func{
		{Name: "alloc_workqueue", Proto: "struct workqueue_struct *alloc_workqueue(const char *fmt, unsigned int flags, int max_active, ...)", Call: func(c *kapi.Call) uint64 {
			format, flags, active := c.Ptr(), c.Uint(), c.Int()
			if flags&flagOrdered != 0 {
				active = 1
			}
			if q := w.newQueue(c, c.Format(format), flags&flagUnbound != 0, int(active)); q != nil {
				return q.addr
			}
			return 0
		}},
		wq("destroy_workqueue", "void", "", func(c *kapi.Call, q *queue) uint64 { w.destroy(c, q); return 0 }),
		wq("__flush_workqueue", "void", "", func(c *kapi.Call, q *queue) uint64 { w.flush(c, "flush_workqueue", q, false); return 0 }),
		wq("drain_workqueue", "void", "", func(c *kapi.Call, q *queue) uint64 { w.flush(c, "drain_workqueue", q, true); return 0 }),
		wq("queue_work", "bool", ", struct work_struct *work", func(c *kapi.Call, q *queue) uint64 {
			return truth(w.submit(c, "queue_work", q, c.Ptr()))
		}),
		wq("queue_delayed_work", "bool", ", struct delayed_work *dwork, unsigned long delay", func(c *kapi.Call, q *queue) uint64 {
			addr := c.Ptr()
			return truth(w.submitLater(c, "queue_delayed_work", q, addr, c.Long()))
		}),
		wq("mod_delayed_work", "bool", ", struct delayed_work *dwork, unsigned long delay", func(c *kapi.Call, q *queue) uint64 {
			addr := c.Ptr()
			was := w.cancel(addr)
			w.submitLater(c, "mod_delayed_work", q, addr, c.Long())
			return truth(was)
		}),
		item("flush_work", "work_struct", func(c *kapi.Call, a uint64) bool { return w.awaitItem(c, "flush_work", a, true) }),
		item("flush_delayed_work", "delayed_work", w.flushDelayed),
		item("cancel_work", "work_struct", func(_ *kapi.Call, a uint64) bool { return w.cancel(a) }),
		item("cancel_work_sync", "work_struct", func(c *kapi.Call, a uint64) bool { return w.cancelSync(c, "cancel_work_sync", a) }),
		item("cancel_delayed_work", "delayed_work", func(_ *kapi.Call, a uint64) bool { return w.cancel(a) }),
		item("cancel_delayed_work_sync", "delayed_work", func(c *kapi.Call, a uint64) bool { return w.cancelSync(c, "cancel_delayed_work_sync", a) }),
		{Name: "current_work", Proto: "struct work_struct *current_work(void)", Call: func(c *kapi.Call) uint64 {
			return w.current(lkm.From(c))
		}},
		{Name: "work_busy", Proto: "unsigned int work_busy(struct work_struct *work)", Call: func(c *kapi.Call) uint64 {
			addr := c.Ptr()
			w.mu.Lock()
			defer w.mu.Unlock()
			const running = 2 // WORK_BUSY_RUNNING
			v := cstruct.Word(w.s.Core, addr) & pendingBit
			if w.running[addr] != nil {
				v |= running
			}
			return v
		}},
	}
}

// current is the item that the caller's thread runs, 0 if it runs none.
func (w *Work) current(who *lkm.Caller) uint64 {
	w.mu.Lock()
	defer w.mu.Unlock()
	for addr, it := range w.running {
		if it.who == who {
			return addr
		}
	}
	return 0
}

func truth(b bool) uint64 {
	if b {
		return 1
	}
	return 0
}
