//go:build riscv64 || 386

package module

import (
	"strconv"

	"rv86/kernel/vfs"
)

// Register adds modules, exports, kallsyms and sys/kernel/tainted to /proc.
func (k *Kernel) Register(proc *vfs.Dir) {
	proc.Add("modules", vfs.Text(0o444, func() []byte { return []byte(k.List()) }))
	proc.Add("exports", vfs.Text(0o444, func() []byte { return []byte(k.Exported()) }))
	proc.Add("kallsyms", vfs.Text(0o444, func() []byte { return []byte(k.Kallsyms()) }))
	proc.Sub("sys").Sub("kernel").Add("tainted", vfs.Text(0o444, func() []byte {
		return append(strconv.AppendUint(nil, uint64(k.Taint()), 10), '\n')
	}))
}
