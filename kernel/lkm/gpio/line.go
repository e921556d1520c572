package gpio

// Line is a pin as an interrupt line. It implements irq.Pin.
type Line struct {
	c *Chip
	n int
}

// Line gives a pin's.
func (c *Chip) Line(n int) *Line { return &Line{c, n} }

// Start makes the pin an input that raises interrupts (IRQF_TRIGGER_*; none
// raises none). What happened before is forgotten.
func (l *Line) Start(trigger uint32) {
	c := l.c
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.parent == nil {
		c.parent = c.open()
		go c.serve()
	}
	p := &c.pins[l.n]
	p.trigger = trigger
	c.change(regOutputEn, l.n, false)
	c.change(regInputEn, l.n, true)
	c.acknowledge(l.n, kinds[:])
	c.unmask(l.n)
}

// Stop ends the pin's interrupts.
func (l *Line) Stop() {
	c := l.c
	c.mu.Lock()
	defer c.mu.Unlock()
	p := &c.pins[l.n]
	p.trigger = 0
	c.mask(l.n)
	select {
	case <-p.fired:
	default:
	}
}

// Wait blocks until the pin has fired.
func (l *Line) Wait() bool {
	<-l.c.pins[l.n].fired
	return true
}

// Done lets the pin fire again. A level that its handlers have ended is still
// noted in the chip; it is there again if it has not ended.
func (l *Line) Done() {
	c := l.c
	c.mu.Lock()
	defer c.mu.Unlock()
	c.acknowledge(l.n, levels[:])
	c.unmask(l.n)
}

// mask, unmask and acknowledge act on one pin. Preconditions: mu is held.
func (c *Chip) mask(n int) {
	for _, ie := range kinds {
		c.change(ie, n, false)
	}
}

func (c *Chip) unmask(n int) {
	for i, ie := range kinds {
		c.change(ie, n, c.pins[n].trigger>>i&1 != 0)
	}
}

func (c *Chip) acknowledge(n int, which []uint32) {
	for _, ie := range which {
		c.regs.Store(ie+regPending, 1<<n)
	}
}

// serve is the goroutine of the board's line.
func (c *Chip) serve() {
	for c.parent.Wait() {
		c.dispatch()
		c.parent.Done()
	}
}

// dispatch masks the pins that have fired and tells their lines. Edges are
// acknowledged before the handlers run, so that one during them is seen.
func (c *Chip) dispatch() {
	c.mu.Lock()
	defer c.mu.Unlock()
	var fired uint32
	for _, ie := range kinds {
		fired |= c.regs.Load(ie) & c.regs.Load(ie+regPending)
	}
	for n := range c.pins {
		if fired>>n&1 == 0 {
			continue
		}
		c.mask(n)
		c.acknowledge(n, kinds[:])
		select {
		case c.pins[n].fired <- struct{}{}:
		default:
		}
	}
}
