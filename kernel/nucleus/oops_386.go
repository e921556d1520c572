package nucleus

// regNames labels Frame.R in reports.
var regNames = [19]string{
	" gs", " fs", " es", " ds", "edi", "esi", "ebp", "   ", "ebx", "edx",
	"ecx", "eax", "vec", "err", "eip", " cs", "efl", "esp", " ss",
}

// putCause begins a report on f.
func putCause(f *frame) {
	putHex("\nOops: vector ", f.R[RegTrapNo])
	putHex(" error ", f.R[RegErr])
	putHex(" cr2 ", f.Tval)
}

// RegName is the name of R[i].
func RegName(i int) string { return regNames[i] }
