package device

import (
	"container/list"
	"sync"
)

// roster lists devices in the order of their registration. Taking one out costs
// the same with many as with few.
type roster struct{ list list.List }

// place is where a device stands in a roster; the zero value is nowhere.
type place struct {
	in *roster
	at *list.Element
}

func (r *roster) add(d *device) place { return place{r, r.list.PushBack(d)} }

// leave takes the device out of the roster it stands in.
func (p *place) leave() {
	if p.in != nil {
		p.in.list.Remove(p.at)
		*p = place{}
	}
}

// copy gives the devices, for use without the lock mu.
func (r *roster) copy(mu *sync.Mutex) []*device {
	mu.Lock()
	defer mu.Unlock()
	out := make([]*device, 0, r.list.Len())
	for e := r.list.Front(); e != nil; e = e.Next() {
		out = append(out, e.Value.(*device))
	}
	return out
}
