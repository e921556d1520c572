package debug

import (
	"fmt"
	"io"

	"rv86/machine/vmfile"
)

// SaveVM writes the machine's state to a file.
func (e *Engine) SaveVM(w io.Writer) error {
	if why := e.config.Irreproducible; why != nil {
		return fmt.Errorf("the machine cannot be saved: %w", why)
	}
	return vmfile.Save(w, e.r, e.header())
}

func (e *Engine) header() vmfile.Header {
	h := e.config.File
	h.Arch, h.Memory = e.Arch(), uint64(len(e.ram))
	return h
}

// LoadVM puts the machine into the state of a file. The history begins anew; on
// an error the machine is as it was.
func (e *Engine) LoadVM(r io.Reader) error {
	f, err := vmfile.Read(r)
	if err != nil {
		return err
	}
	if f.Header.Arch != e.Arch() {
		return fmt.Errorf("the file is of a machine of kind %s; this one is %s", f.Header.Arch, e.Arch())
	}
	e.points.quiet++
	defer func() { e.points.quiet-- }()
	if err := f.Load(e.r); err != nil {
		return err
	}
	e.r.Branch()
	e.points.stale = true
	if e.hist == nil {
		return nil
	}
	if e.hist, err = newHistory(e.r); err != nil {
		e.hist = nil
		e.lose(err)
	}
	return nil
}
