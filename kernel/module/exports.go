package module

import (
	"fmt"
	"strings"

	"rv86/kmod"
)

// Exported is the text of /proc/exports: what the kernel itself exports, a line
// for each symbol with its kind and, of a function, its C prototype, separated
// by tabs. The table of the exports' versions is made from it.
func (k *Kernel) Exported() string {
	var b strings.Builder
	for i := range k.funcs {
		f := &k.funcs[i]
		kind := kmod.ExportAny
		if f.GPL {
			kind = kmod.ExportGPL
		}
		fmt.Fprintf(&b, "%s\t%s\t%s\n", f.Name, kind, f.Proto)
	}
	for i := range k.vars {
		fmt.Fprintf(&b, "%s\t%s\t\n", k.vars[i].Name, kmod.ExportAny)
	}
	return b.String()
}
