package nucleus

// regNames labels Frame.R in reports.
var regNames = [32]string{
	" pc", " ra", " sp", " gp", " tp", " t0", " t1", " t2",
	" s0", " s1", " a0", " a1", " a2", " a3", " a4", " a5",
	" a6", " a7", " s2", " s3", " s4", " s5", " s6", " s7",
	" s8", " s9", "s10", "s11", " t3", " t4", " t5", " t6",
}

// putCause begins a report on f.
func putCause(f *frame) {
	putHex("\nOops: cause ", f.Cause)
	putHex(" tval ", f.Tval)
	putHex(" status ", f.Status)
}

// RegName is the ABI name of R[i].
func RegName(i int) string { return regNames[i] }
