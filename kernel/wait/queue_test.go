package wait

import "testing"

func woken(w *Waiter) bool {
	select {
	case <-w.C:
		return true
	default:
		return false
	}
}

func TestNotifyMatchesMask(t *testing.T) {
	var q Queue
	in, out := NewWaiter(), NewWaiter()
	q.Register(in, POLLIN)
	q.Register(out, POLLOUT)
	for _, c := range []struct {
		events  Events
		in, out bool
	}{
		{POLLIN, true, false},
		{POLLOUT, false, true},
		{Readable | Writable, true, true},
		{POLLHUP, true, true},
		{POLLERR, true, true},
		{POLLPRI, false, false},
	} {
		q.Notify(c.events)
		if i, o := woken(in), woken(out); i != c.in || o != c.out {
			t.Errorf("Notify(%#x) woke in=%v out=%v, want %v %v", c.events, i, o, c.in, c.out)
		}
	}
}

// A token survives until it is taken, and two notifications make one token.
func TestTokenIsKept(t *testing.T) {
	var q Queue
	w := NewWaiter()
	q.Register(w, POLLIN)
	q.Notify(POLLIN)
	q.Notify(POLLIN)
	q.Unregister(w)
	if !woken(w) {
		t.Error("token lost by Unregister")
	}
	if woken(w) {
		t.Error("two tokens")
	}
	q.Notify(POLLIN)
	if woken(w) {
		t.Error("woken after Unregister")
	}
}

func TestUnregisterKeepsOrder(t *testing.T) {
	for gone := range 3 {
		var q Queue
		var order []int
		ws := make([]Waiter, 3)
		for i := range ws {
			ws[i].Callback = func(Events) { order = append(order, i) }
			q.Register(&ws[i], POLLIN)
		}
		q.Unregister(&ws[gone])
		q.Unregister(&ws[gone]) // a second time does nothing
		q.Register(&ws[gone], POLLIN)
		q.Notify(POLLIN)
		if len(order) != 3 || order[2] != gone || order[0] > order[1] {
			t.Errorf("without %d: order %v", gone, order)
		}
		for i := range ws {
			q.Unregister(&ws[i])
		}
		if !q.Empty() {
			t.Error("queue not empty")
		}
	}
}
