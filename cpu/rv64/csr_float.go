package rv64

// fflags, frm and fcsr (I 11.2). Writing one makes the floating-point state
// dirty, even if it changes nothing.

var csrsFloat = []csr{
	{num: 0x001, name: "fflags", ref: "I 11.2", allow: floatAllowed, read: func(h *Hart) uint64 { return uint64(h.fflags) }, write: func(h *Hart, v uint64) {
		h.setFcsr(uint64(h.frm)<<frmShift | v&fflagMask)
	}},
	{num: 0x002, name: "frm", ref: "I 11.2", allow: floatAllowed, read: func(h *Hart) uint64 { return uint64(h.frm) }, write: func(h *Hart, v uint64) {
		h.setFcsr(v&frmMask<<frmShift | uint64(h.fflags))
	}},
	{num: 0x003, name: "fcsr", ref: "I 11.2", allow: floatAllowed, read: func(h *Hart) uint64 {
		return uint64(h.frm)<<frmShift | uint64(h.fflags)
	}, write: (*Hart).setFcsr},
}

func floatAllowed(h *Hart) bool { return !h.fsOff() }

func (h *Hart) setFcsr(v uint64) {
	h.fflags = uint8(v & fflagMask)
	h.frm = uint8(v >> frmShift & frmMask)
	h.dirtyFS()
	h.contextChanged()
}
