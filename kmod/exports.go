package kmod

// ExportKind says who may use an export. Each kind has its own pair of
// sections, so that the rows need no flag.
type ExportKind uint8

const (
	ExportAny       ExportKind = iota // EXPORT_SYMBOL
	ExportGPL                         // EXPORT_SYMBOL_GPL: GPL-compatible modules
	ExportGPLFuture                   // EXPORT_SYMBOL_GPL_FUTURE: others are warned
	ExportUnused                      // EXPORT_UNUSED_SYMBOL: users are warned
	ExportUnusedGPL                   // EXPORT_UNUSED_SYMBOL_GPL: both
)

// exportTables is one row for each kind, in the order in which the kernel
// searches them. macro is also the fourth column of Module.symvers.
var exportTables = []struct {
	kind             ExportKind
	macro            string
	license          string // what .export_symbol has for it
	ksymtab, kcrctab string
}{
	{ExportAny, "EXPORT_SYMBOL", "", "__ksymtab", "__kcrctab"},
	{ExportGPL, "EXPORT_SYMBOL_GPL", "GPL", "__ksymtab_gpl", "__kcrctab_gpl"},
	{ExportGPLFuture, "EXPORT_SYMBOL_GPL_FUTURE", "GPL future", "__ksymtab_gpl_future", "__kcrctab_gpl_future"},
	{ExportUnused, "EXPORT_UNUSED_SYMBOL", "unused", "__ksymtab_unused", "__kcrctab_unused"},
	{ExportUnusedGPL, "EXPORT_UNUSED_SYMBOL_GPL", "unused GPL", "__ksymtab_unused_gpl", "__kcrctab_unused_gpl"},
}

// ExportKinds are all kinds, in the order in which the kernel searches them.
func ExportKinds() []ExportKind {
	kinds := make([]ExportKind, len(exportTables))
	for i := range exportTables {
		kinds[i] = exportTables[i].kind
	}
	return kinds
}

// String is the macro that exports so.
func (k ExportKind) String() string { return exportTables[k].macro }

// License is the word by which the macro marks the kind in .export_symbol.
func (k ExportKind) License() string { return exportTables[k].license }

// Sections names the kind's table of symbols and its table of CRCs.
func (k ExportKind) Sections() (ksymtab, kcrctab string) {
	return exportTables[k].ksymtab, exportTables[k].kcrctab
}

// GPLOnly says that only modules with a GPL-compatible licence may use it.
func (k ExportKind) GPLOnly() bool { return k == ExportGPL || k == ExportUnusedGPL }

// Unused says that the export has no known user and will go.
func (k ExportKind) Unused() bool { return k == ExportUnused || k == ExportUnusedGPL }

// exportTable says that a section holds the rows or the CRCs of exports.
func exportTable(name string) bool {
	for i := range exportTables {
		if name == exportTables[i].ksymtab || name == exportTables[i].kcrctab {
			return true
		}
	}
	return false
}

// Export is a symbol a module offers to others.
type Export struct {
	Name      string
	Addr      uint64
	Kind      ExportKind
	GPL       bool // Kind.GPLOnly
	Namespace string
	CRC       uint32
	HasCRC    bool // false: built without versions
}

// Exports reads the export tables of a linked module: rows of three words,
// {address, name, namespace or 0} (Linux struct kernel_symbol without PREL32),
// and beside them the CRCs, 32 bits each. The strings must lie in the module's
// own memory.
func (im *Image) Exports() ([]Export, error) {
	var all []Export
	for i := range exportTables {
		es, err := im.exportsOf(exportTables[i].kind)
		if err != nil {
			return nil, err
		}
		all = append(all, es...)
	}
	return all, nil
}

func (im *Image) exportsOf(kind ExportKind) ([]Export, error) {
	ksymtab, kcrctab := kind.Sections()
	i, sec := im.Spec.Find(ksymtab)
	c, crcSec := im.Spec.Find(kcrctab)
	if sec == nil {
		if crcSec != nil && crcSec.Size > 0 {
			return nil, malformed("%s has %d bytes, but there is no %s", kcrctab, crcSec.Size, ksymtab)
		}
		return nil, nil
	}
	mem, _ := im.SectionMem(i)
	row := 3 * im.Spec.Machine.format.word
	if len(mem)%row != 0 {
		return nil, malformed("%s has %d bytes, no multiple of %d", ksymtab, len(mem), row)
	}
	var crcs []byte
	if crcSec != nil {
		const crcSize = 4
		if crcs, _ = im.SectionMem(c); len(crcs) != len(mem)/row*crcSize {
			return nil, malformed("%s has %d bytes for the %d exports of %s", kcrctab, len(crcs), len(mem)/row, ksymtab)
		}
	}
	var es []Export
	for r, cr := (fields{mem, im.Spec.Machine.format.word}), (fields{b: crcs}); len(r.b) > 0; {
		e := Export{Addr: r.addr(), Kind: kind, GPL: kind.GPLOnly(), HasCRC: crcs != nil}
		nameAt, nsAt := r.addr(), r.addr()
		if e.HasCRC {
			e.CRC = cr.u32()
		}
		var ok bool
		if e.Name, ok = im.CString(nameAt); !ok || e.Name == "" {
			return nil, malformed("%s: the name of the export at %#x is not in the module", ksymtab, e.Addr)
		}
		if nsAt != 0 {
			if e.Namespace, ok = im.CString(nsAt); !ok {
				return nil, malformed("%s: the namespace of %s is not in the module", ksymtab, e.Name)
			}
		}
		if !im.Contains(e.Addr) {
			return nil, malformed("%s: %s is exported, but is at %#x, outside the module", ksymtab, e.Name, e.Addr)
		}
		es = append(es, e)
	}
	return es, nil
}
