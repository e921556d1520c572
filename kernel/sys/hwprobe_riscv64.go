package sys

import (
	"encoding/binary"

	"rv86/kernel/abi"
	"rv86/kernel/task"
)

// Keys and values of riscv_hwprobe(2) (Linux Documentation/arch/riscv/hwprobe.rst).
const (
	hwMVendorID     = 0
	hwMArchID       = 1
	hwMImpID        = 2
	hwBaseBehaviour = 3
	hwIMAExt0       = 4
	hwCPUPerf0      = 5

	hwBaseIMA        = 1 << 0
	hwExtFD          = 1 << 0
	hwExtC           = 1 << 1
	hwMisalignedFast = 3

	maxProbes = 64
)

// hwprobe fills in the values of an array of {key int64, value uint64}; a key
// that is not known becomes -1.
func hwprobe(t *task.Thread, a *args) (uintptr, abi.Errno) {
	if a[4] != 0 || a[1] > maxProbes {
		return 0, abi.EINVAL
	}
	le := binary.LittleEndian
	const pair = 16
	b := make([]byte, pair*a[1])
	if e := t.CopyIn(a[0], b); e != 0 {
		return 0, e
	}
	for p := b; len(p) > 0; p = p[pair:] {
		v := uint64(0)
		switch int64(le.Uint64(p)) {
		case hwMVendorID, hwMArchID, hwMImpID:
		case hwBaseBehaviour:
			v = hwBaseIMA
		case hwIMAExt0:
			v = hwExtFD | hwExtC
		case hwCPUPerf0:
			v = hwMisalignedFast
		default:
			le.PutUint64(p, ^uint64(0))
		}
		le.PutUint64(p[8:], v)
	}
	return 0, t.CopyOut(a[0], b)
}
