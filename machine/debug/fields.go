package debug

import "rv86/machine/debug/point"

// bits is a field of a register, as the manual draws it.
type bits struct {
	name   string
	hi, lo uint
	names  []string // of the values, from 0; nil for a number
}

// decode reads the fields of a value.
func decode(rows []bits, v uint64) []point.Field {
	var out []point.Field
	for _, r := range rows {
		f := point.Field{Name: r.name, Value: v >> r.lo & (1<<(r.hi-r.lo+1) - 1)}
		if f.Value < uint64(len(r.names)) {
			f.Text = r.names[f.Value]
		}
		out = append(out, f)
	}
	return out
}

var (
	privilegeNames = []string{"U", "S", "reserved", "M"}
	extensionState = []string{"off", "initial", "clean", "dirty"}
	widthNames     = []string{"", "32 bits", "64 bits", "128 bits"}
	tvecNames      = []string{"direct", "vectored"}
	roundNames     = []string{"nearest even", "to zero", "down", "up", "nearest away", "reserved", "reserved", "dynamic"}
	// Intel orders them otherwise (SDM 1 table 4-8).
	roundNames386 = []string{"nearest even", "down", "up", "to zero"}
)

// irqBits is the layout of mip, mie and their S-mode views (II 3.1.9, 4.1.3).
func irqBits(suffix string) []bits {
	return []bits{
		{"MEI" + suffix, 11, 11, nil},
		{"SEI" + suffix, 9, 9, nil},
		{"MTI" + suffix, 7, 7, nil},
		{"STI" + suffix, 5, 5, nil},
		{"MSI" + suffix, 3, 3, nil},
		{"SSI" + suffix, 1, 1, nil},
	}
}

// csrBits is the layout of RISC-V registers (The RISC-V Instruction Set Manual,
// volume II, 20211203; II 3.1.6, 4.1.1, 4.1.11 and so on).
var csrBits = map[string][]bits{
	"mstatus": {
		{"SD", 63, 63, nil},
		{"SXL", 35, 34, widthNames},
		{"UXL", 33, 32, widthNames},
		{"TSR", 22, 22, nil},
		{"TW", 21, 21, nil},
		{"TVM", 20, 20, nil},
		{"MXR", 19, 19, nil},
		{"SUM", 18, 18, nil},
		{"MPRV", 17, 17, nil},
		{"FS", 14, 13, extensionState},
		{"MPP", 12, 11, privilegeNames},
		{"SPP", 8, 8, privilegeNames},
		{"MPIE", 7, 7, nil},
		{"SPIE", 5, 5, nil},
		{"MIE", 3, 3, nil},
		{"SIE", 1, 1, nil},
	},
	"sstatus": {
		{"SD", 63, 63, nil},
		{"UXL", 33, 32, widthNames},
		{"MXR", 19, 19, nil},
		{"SUM", 18, 18, nil},
		{"FS", 14, 13, extensionState},
		{"SPP", 8, 8, privilegeNames},
		{"SPIE", 5, 5, nil},
		{"SIE", 1, 1, nil},
	},
	"satp":   {{"MODE", 63, 60, []string{0: "bare", 8: "Sv39", 9: "Sv48"}}, {"ASID", 59, 44, nil}, {"PPN", 43, 0, nil}},
	"mcause": {{"interrupt", 63, 63, nil}, {"code", 62, 0, nil}},
	"scause": {{"interrupt", 63, 63, nil}, {"code", 62, 0, nil}},
	"mtvec":  {{"BASE", 63, 2, nil}, {"MODE", 1, 0, tvecNames}},
	"stvec":  {{"BASE", 63, 2, nil}, {"MODE", 1, 0, tvecNames}},
	"mip":    irqBits("P"), "mie": irqBits("E"), "sip": irqBits("P"), "sie": irqBits("E"),
	"fcsr": {
		{"frm", 7, 5, roundNames}, {"NV", 4, 4, nil}, {"DZ", 3, 3, nil}, {"OF", 2, 2, nil}, {"UF", 1, 1, nil}, {"NX", 0, 0, nil},
	},
}

var ringNames = []string{"0", "1", "2", "3"}

// segmentBits is the attribute word of a segment register (SDM 3A 3.4.5).
var segmentBits = []bits{
	{"G", 15, 15, nil},
	{"D/B", 14, 14, []string{"16 bits", "32 bits"}},
	{"P", 7, 7, nil},
	{"DPL", 6, 5, ringNames},
	{"S", 4, 4, []string{"system", "code or data"}},
	{"type", 3, 0, nil},
}

// controlBits is the layout of i386 registers (SDM 1 3.4.3 and 8.1, 3A 2.5, 3B
// 17.2).
var controlBits = map[string][]bits{
	"eflags": {
		{"ID", 21, 21, nil},
		{"VIP", 20, 20, nil},
		{"VIF", 19, 19, nil},
		{"AC", 18, 18, nil},
		{"VM", 17, 17, nil},
		{"RF", 16, 16, nil},
		{"NT", 14, 14, nil},
		{"IOPL", 13, 12, ringNames},
		{"OF", 11, 11, nil},
		{"DF", 10, 10, nil},
		{"IF", 9, 9, nil},
		{"TF", 8, 8, nil},
		{"SF", 7, 7, nil},
		{"ZF", 6, 6, nil},
		{"AF", 4, 4, nil},
		{"PF", 2, 2, nil},
		{"CF", 0, 0, nil},
	},
	"cr0": {
		{"PG", 31, 31, nil},
		{"CD", 30, 30, nil},
		{"NW", 29, 29, nil},
		{"AM", 18, 18, nil},
		{"WP", 16, 16, nil},
		{"NE", 5, 5, nil},
		{"ET", 4, 4, nil},
		{"TS", 3, 3, nil},
		{"EM", 2, 2, nil},
		{"MP", 1, 1, nil},
		{"PE", 0, 0, nil},
	},
	"cr3": {{"base", 31, 12, nil}, {"PCD", 4, 4, nil}, {"PWT", 3, 3, nil}},
	"cr4": {
		{"OSXMMEXCPT", 10, 10, nil},
		{"OSFXSR", 9, 9, nil},
		{"PCE", 8, 8, nil},
		{"PGE", 7, 7, nil},
		{"MCE", 6, 6, nil},
		{"PSE", 4, 4, nil},
		{"DE", 3, 3, nil},
		{"TSD", 2, 2, nil},
	},
	"dr6": {{"BT", 15, 15, nil}, {"BS", 14, 14, nil}, {"BD", 13, 13, nil}, {"B3", 3, 3, nil}, {"B2", 2, 2, nil}, {"B1", 1, 1, nil}, {"B0", 0, 0, nil}},
	"dr7": {{"GD", 13, 13, nil}, {"enables", 7, 0, nil}},
	"fctrl": {
		{"RC", 11, 10, roundNames386}, {"PC", 9, 8, []string{"24 bits", "reserved", "53 bits", "64 bits"}}, {"masks", 5, 0, nil},
	},
	"fstat": {
		{"C3", 14, 14, nil},
		{"TOP", 13, 11, nil},
		{"C2", 10, 10, nil},
		{"C1", 9, 9, nil},
		{"C0", 8, 8, nil},
		{"ES", 7, 7, nil},
		{"SF", 6, 6, nil},
		{"exceptions", 5, 0, nil},
	},
	"mxcsr": {{"FTZ", 15, 15, nil}, {"RC", 14, 13, roundNames386}, {"masks", 12, 7, nil}, {"DAZ", 6, 6, nil}, {"exceptions", 5, 0, nil}},
}
