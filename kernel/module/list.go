package module

import (
	"fmt"
	"slices"
	"sort"
	"strings"

	"rv86/kernel/abi"
	"rv86/kernel/lkm"
	"rv86/kernel/wait"
	"rv86/kmod"
)

// provided is an export of the kernel, whose owner is nil, or of a module.
type provided struct {
	*kmod.Export
	owner *Module
}

// exported finds what the kernel or a module exports. Preconditions: mu is held.
func (k *Kernel) exported(name string) (p provided, ok bool) {
	if p, ok = k.exports[name]; ok {
		return p, true
	}
	s, ok := k.base.find(name)
	if !ok {
		return provided{}, false
	}
	e := kmod.Export{Name: s.Name, Addr: s.Addr, Kind: s.Kind, GPL: s.Kind.GPLOnly(), Namespace: s.Namespace}
	if k.Version != nil {
		e.CRC, e.HasCRC = s.CRC, s.CRC != 0
	}
	return provided{&e, nil}, true
}

// find gives the module of a name. Preconditions: mu is held.
func (k *Kernel) find(name string) *Module { return k.names[name] }

// add puts a module on the list. Preconditions: mu is held.
func (k *Kernel) add(m *Module) {
	k.modules = append(k.modules, m)
	k.names[m.Name] = m
}

// unlink takes a module off the list, and its exports away.
func (k *Kernel) unlink(m *Module) {
	k.mu.Lock()
	if i := slices.Index(k.modules, m); i >= 0 {
		k.modules = slices.Delete(k.modules, i, i+1)
		delete(k.names, m.Name)
	}
	for i := range m.exports {
		delete(k.exports, m.exports[i].Name)
	}
	// A map never gives its room back.
	if len(k.exports) == 0 {
		k.exports = map[string]provided{}
	}
	if len(k.names) == 0 {
		k.names = map[string]*Module{}
	}
	m.exports = nil
	k.changed()
	k.mu.Unlock()
	k.states.Notify(wait.Readable)
}

// await sleeps until done, which is asked with mu held. It ends early with
// ETIMEDOUT at the deadline and with ERESTARTSYS for a signal.
func (k *Kernel) await(who *lkm.Caller, deadline int64, done func() bool) abi.Errno {
	w := wait.NewWaiter()
	if who.Thread != nil {
		w = who.Thread.NewWaiter()
	}
	k.states.Register(w, wait.Readable)
	defer k.states.Unregister(w)
	for {
		k.mu.Lock()
		ok := done()
		k.mu.Unlock()
		if ok {
			return 0
		}
		if who.Thread == nil {
			<-w.C
			continue
		}
		if e := who.Thread.Sleep(deadline); e != 0 {
			return e
		}
	}
}

// changed tells the machine what a panic report would list.
// Preconditions: mu is held.
func (k *Kernel) changed() { k.Machine.SetModules(k.linked(panicListMax)) }

const (
	// panicListMax is the text that a panic report has room for.
	panicListMax = 512
	noListMax    = int(^uint(0) >> 1)
)

// linked is the list after "Modules linked in:", each name after a space; it
// ends early after about most bytes. Preconditions: mu is held.
func (k *Kernel) linked(most int) string {
	b := k.text[:0]
	for _, m := range slices.Backward(k.modules) {
		if m.state == Unformed {
			continue
		}
		b = append(append(b, ' '), m.Name...)
		b = m.appendFlags(b)
		if len(b) >= most {
			break
		}
	}
	if k.lastUnloaded != "" {
		b = append(append(append(b, " [last unloaded: "...), k.lastUnloaded...), ']')
	}
	k.text = b
	return string(b)
}

// span is one region of a module.
type span struct {
	base, size uint64
	text       uint64 // of its beginning that is code
	m          *Module
}

// spans are regions by address; they do not overlap.
type spans []span

// find gives the region an address is in, or nil.
func (s spans) find(a uint64) *span {
	i := sort.Search(len(s), func(i int) bool { return s[i].base > a }) - 1
	if i < 0 || a-s[i].base >= s[i].size {
		return nil
	}
	return &s[i]
}

func (s *spans) add(r span) {
	i := sort.Search(len(*s), func(i int) bool { return (*s)[i].base > r.base })
	*s = slices.Insert(*s, i, r)
}

func (s *spans) remove(base uint64) {
	i := sort.Search(len(*s), func(i int) bool { return (*s)[i].base >= base })
	if i < len(*s) && (*s)[i].base == base {
		*s = slices.Delete(*s, i, i+1)
	}
}

// owner is the module an address is in, or nil.
func (k *Kernel) owner(addr uint64) *Module {
	k.mu.Lock()
	defer k.mu.Unlock()
	if s := k.spans.find(addr); s != nil {
		return s.m
	}
	return nil
}

// Code says whether an address is code of a module: what a call trace shows.
func (k *Kernel) Code(addr uint64) bool {
	k.mu.Lock()
	defer k.mu.Unlock()
	s := k.spans.find(addr)
	return s != nil && addr-s.base < s.text
}

// byStruct finds a module by its struct module. Preconditions: mu is held.
func (k *Kernel) byStruct(this uint64) *Module {
	if s := k.spans.find(this); s != nil && s.m.this == this {
		return s.m
	}
	return nil
}

// List is the text of /proc/modules:
//
//	dep_a 12288 1 dep_b, Live 0xffffffff80004000 (O)
func (k *Kernel) List() string {
	k.mu.Lock()
	defer k.mu.Unlock()
	var b strings.Builder
	for _, m := range slices.Backward(k.modules) {
		if m.state == Unformed {
			continue
		}
		fmt.Fprintf(&b, "%s %d %d %s %s 0x%0*x", m.Name, m.coreSize+m.initSize, m.refs, m.userList(), m.state, k.digits(), m.core)
		if m.taint != 0 {
			b.WriteString(" " + string(m.appendFlags(nil)))
		}
		b.WriteByte('\n')
	}
	return b.String()
}

// userList is the third column's names; a module that never meant to be
// removed says so.
func (m *Module) userList() string {
	list := ""
	for _, u := range m.users {
		list += u.Name + ","
	}
	if m.permanent() {
		list += "[permanent],"
	}
	if list == "" {
		return "-"
	}
	return list
}

// permanent says that the module has an init function but no exit: what it
// registered would stay.
func (m *Module) permanent() bool { return m.initFn != 0 && m.exitFn == 0 }

// LogList logs the names of the modules, as uCore+'s list_module does.
func (k *Kernel) LogList() {
	k.mu.Lock()
	text := k.linked(noListMax)
	k.mu.Unlock()
	k.infof("Modules linked in:%s", text)
}

// Users names who keeps a module from being removed.
func (k *Kernel) Users(name string) []string {
	k.mu.Lock()
	defer k.mu.Unlock()
	m := k.find(name)
	if m == nil {
		return nil
	}
	var names []string
	for _, u := range m.users {
		names = append(names, u.Name)
	}
	return names
}

// Live names the modules that can be used.
func (k *Kernel) Live() []string {
	k.mu.Lock()
	defer k.mu.Unlock()
	var names []string
	for _, m := range k.modules {
		if m.state == Live {
			names = append(names, m.Name)
		}
	}
	sort.Strings(names)
	return names
}
