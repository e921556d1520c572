package module

import (
	"fmt"

	"rv86/kmod/kapi"
	"rv86/kmod/vmlinux"
)

// exports is what the kernel itself offers to modules: the names, addresses and
// CRCs are the image's, in __ksymtab* and __kcrctab*; what a stub does is Go's.
type exports struct {
	*vmlinux.Ksymtab
	calls []*kapi.Func // by the number of the stub
}

// read joins the image's tables to the rows of kapi: each has what the other
// has.
func (x *exports) read(m Machine, b *vmlinux.Bounds) (err error) {
	if x.Ksymtab, err = vmlinux.ReadKsymtab(m.Target(), b, m.Slice); err != nil {
		return err
	}
	x.calls = make([]*kapi.Func, x.Stubs())
	for i := range kapi.Funcs {
		f := &kapi.Funcs[i]
		s, ok := x.Lookup(f.Name)
		if !ok {
			return fmt.Errorf("function %s is not in the image's export tables", f.Name)
		}
		if n := x.Stub(s.Addr); n >= 0 {
			x.calls[n] = f
		}
	}
	for _, v := range kapi.Vars {
		if s, ok := x.Lookup(v.Name); !ok || !x.Variable(s.Addr) {
			return fmt.Errorf("variable %s is not in the image's export tables", v.Name)
		}
	}
	for n, f := range x.calls {
		if f == nil {
			return fmt.Errorf("the image exports %s, which this kernel has no function for", x.stubName(n))
		}
	}
	return nil
}

// stubName is the export that a stub is for.
func (x *exports) stubName(n int) (name string) {
	if n == x.Stubs() {
		return vmlinux.ReturnStub
	}
	if f := x.calls[n]; f != nil {
		return f.Name
	}
	x.All(func(s vmlinux.Symbol) {
		if x.Stub(s.Addr) == n {
			name = s.Name
		}
	})
	return name
}

// Export says which export's stub is at pc: its number, -1 for none.
func (k *Kernel) Export(pc uint64) int { return k.base.Stub(pc) }

// Returns says that an export is none, but the stub to which C functions return.
func (k *Kernel) Returns(export int) bool { return export == k.base.Stubs() }
