package module

import (
	"bytes"
	"debug/elf"
	"encoding/binary"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"rv86/kernel/abi"
	"rv86/kernel/klog"
	"rv86/kmod"
	"rv86/kmod/kapi"
	"rv86/kmod/sign"
	"rv86/tests/kofile"
)

// change edits a shipped module.
func change(t *testing.T, name string, f func(ko *kofile.File)) []byte {
	t.Helper()
	ko, err := kofile.Read(read(t, name))
	if err != nil {
		t.Fatal(err)
	}
	ko.DropInfo(kmod.ChecksumKey)
	f(ko)
	return ko.Bytes()
}

// labWith is a lab whose kernel has more options, with everything it logs.
func labWith(t *testing.T, c Config) *lab {
	t.Helper()
	l := newLab(t)
	log := &klog.Log{}
	log.SetSink(func(s string) { l.out.WriteString(s) })
	log.Console(consoleLevel, klog.ConsoleLevelMax)
	funcs := l.f.funcs
	l.f = newFake(t)
	l.f.funcs = funcs
	c.Machine, c.Log = l.f, log
	l.Kernel = New(c)
	if !l.Start() {
		t.Fatal("no memory for the exports")
	}
	return l
}

// refusal is what a load must say.
type refusal struct {
	e     abi.Errno
	text  []string
	taint uint
}

func (l *lab) expect(t *testing.T, what string, blob []byte, flags int, want refusal) {
	t.Helper()
	pages, modules := l.f.mapped, len(l.modules)
	l.said()
	r := l.Load(caller, blob, "", flags)
	log := l.said()
	if r.Errno != want.e {
		t.Errorf("%s: %v, want %v\n%s", what, r.Errno, want.e, log)
	}
	for _, text := range want.text {
		if !strings.Contains(log, text) {
			t.Errorf("%s: the log lacks %q:\n%s", what, text, log)
		}
	}
	if want.e != 0 && (l.f.mapped != pages || len(l.modules) != modules) {
		t.Errorf("%s: something is left over", what)
	}
	if want.e == 0 {
		if l.Taint()&want.taint != want.taint {
			t.Errorf("%s: taint %#x, want %#x", what, l.Taint(), want.taint)
		}
		for _, m := range l.Live() {
			if m != "dep_a" {
				l.Unload(caller, m, 0)
			}
		}
	}
}

// consoleLevel is syslog(2)'s action that sets what the console shows.
const consoleLevel = 8

// versioned is a kernel with the versions of the shipped table.
func versioned(t *testing.T) *lab {
	return labWith(t, Config{Version: shippedVersions})
}

func TestVersions(t *testing.T) {
	row := func(ko *kofile.File, symbol string) []byte {
		data := ko.Find("__versions").Data
		for ; len(data) > 0; data = data[kmod.VersionSize:] {
			if name, _, _ := strings.Cut(string(data[8:kmod.VersionSize]), "\x00"); name == symbol {
				return data[:kmod.VersionSize]
			}
		}
		t.Fatalf("no version of %s", symbol)
		return nil
	}
	spoil := func(symbol string) []byte {
		return change(t, "hello", func(ko *kofile.File) { binary.LittleEndian.PutUint32(row(ko, symbol), 0x1234) })
	}
	without := change(t, "hello", func(ko *kofile.File) { ko.Find("__versions").Data = nil })
	rename := change(t, "hello", func(ko *kofile.File) { copy(row(ko, "printk")[8:], "prxntk") })
	for _, c := range []struct {
		what  string
		blob  []byte
		flags int
		want  refusal
	}{
		{"sound", read(t, "hello"), 0, refusal{}},
		{"another printk", spoil("printk"), 0, refusal{e: abi.EINVAL, text: []string{
			"hello: disagrees about version of symbol printk\nhello: Unknown symbol printk (err -22)\n",
			"hello: hint: the module was built for version 0x00001234 of printk and this is version 0x",
		}}},
		{"another printk, by force", spoil("printk"), IgnoreModversions, refusal{taint: 1 << TaintForced, text: []string{"hello: module_layout: kernel tainted.\n"}}},
		{"another layout", spoil(kmod.ModuleLayoutSymbol), 0, refusal{e: abi.ENOEXEC, text: []string{
			"hello: disagrees about version of symbol module_layout\n", "hello: hint: ",
		}}},
		{"no versions", without, 0, refusal{e: abi.ENOEXEC, text: []string{"hello: no symbol version for module_layout\n", "hint: the module was built without symbol versions"}}},
		{"no version of printk", rename, 0, refusal{text: []string{"hello: no symbol version for printk\n"}}},
		{"another release", change(t, "hello", func(ko *kofile.File) {
			ko.SetInfo("vermagic", strings.Replace(ko.Info("vermagic"), "6.6.0", "6.6.9", 1))
		}), 0, refusal{}},
		{"another release, no versions", change(t, "hello", func(ko *kofile.File) {
			ko.SetInfo("vermagic", strings.Replace(ko.Info("vermagic"), "6.6.0", "6.6.9", 1))
			ko.Find("__versions").Data = nil
		}), IgnoreModversions, refusal{e: abi.ENOEXEC, text: []string{"hello: version magic '6.6.9-rv86 ", "hint: the module was built for kernel '6.6.9-rv86 "}}},
		{"livepatch", change(t, "hello", func(ko *kofile.File) { ko.SetInfo("livepatch", "Y") }), 0, refusal{e: abi.ENOEXEC, text: []string{"module is marked as livepatch module"}}},
		{"test", change(t, "hello", func(ko *kofile.File) { ko.SetInfo("test", "Y") }), 0, refusal{taint: 1 << TaintTest, text: []string{"hello: loading test module taints kernel.\n"}}},
		{"staging", change(t, "hello", func(ko *kofile.File) { ko.SetInfo("staging", "Y") }), 0, refusal{taint: 1 << TaintCrap, text: []string{"is from the staging directory"}}},
	} {
		versioned(t).expect(t, c.what, c.blob, c.flags, c.want)
	}
}

// kind gives dep-a's GPL-only export dep_a_add another kind.
func kind(t *testing.T, to kmod.ExportKind, also func(ko *kofile.File)) []byte {
	return change(t, "dep-a", func(ko *kofile.File) {
		ksymtab, kcrctab := kmod.ExportGPL.Sections()
		ko.Find(ksymtab).Name, _ = to.Sections()
		_, ko.Find(kcrctab).Name = to.Sections()
		if also != nil {
			also(ko)
		}
	})
}

func license(l string) func(ko *kofile.File) {
	return func(ko *kofile.File) { ko.SetInfo("license", l) }
}

// namespace puts dep-a's exports into one.
func namespace(ko *kofile.File) {
	text := ko.Add(&kofile.Section{Name: ".ns", Type: uint32(elf.SHT_PROGBITS), Flags: uint64(elf.SHF_ALLOC), Align: 1, Data: []byte("SECRET\x00")})
	sym := ko.AddSymbol(kofile.Symbol{Name: "ns", Info: elf.ST_INFO(elf.STB_GLOBAL, elf.STT_OBJECT), Shndx: uint16(text)})
	for _, k := range kmod.ExportKinds() {
		ksymtab, _ := k.Sections()
		if !ko.Has(ksymtab) {
			continue
		}
		rel := ko.RelocsOf(ksymtab)
		for off := 0; off < len(ko.Find(ksymtab).Data); off += 24 {
			rel.Relocs = append(rel.Relocs, kofile.Reloc{Off: uint64(off + 16), Sym: uint32(sym), Type: uint32(elf.R_RISCV_64)})
		}
	}
}

// TestSymbolRules: who may use which export of dep-a.
func TestSymbolRules(t *testing.T) {
	for _, c := range []struct {
		what string
		a, b []byte
		want refusal
	}{
		{
			"GPL-only to proprietary", kind(t, kmod.ExportGPL, nil), change(t, "dep-b", license("Own")),
			refusal{e: abi.ENOENT, text: []string{
				"dep_b: symbol dep_a_add is for GPL-compatible modules only, and this one's license is 'Own'\n",
				"exported to GPL-compatible modules only and this module's license is 'Own': declare MODULE_LICENSE(\"GPL\")",
			}},
		},
		{
			"GPL in future to proprietary", kind(t, kmod.ExportGPLFuture, nil), change(t, "dep-b", license("Own")),
			refusal{taint: 1 << TaintProprietary, text: []string{"Symbol dep_a_add is being used by a non-GPL module, which will not be allowed in the future\n"}},
		},
		{
			"unused", kind(t, kmod.ExportUnused, nil), read(t, "dep-b"),
			refusal{text: []string{"Symbol dep_a_add is marked as UNUSED, however this module is using it.\n"}},
		},
		{
			"taint is inherited", kind(t, kmod.ExportUnused, license("Own")), read(t, "dep-b"),
			refusal{text: []string{"dep_b: module uses symbols dep_a_", " from proprietary module dep_a, inheriting taint.\n"}},
		},
		{
			"GPL-only symbols after a proprietary module's", kind(t, kmod.ExportGPL, license("Own")), read(t, "dep-b"),
			refusal{e: abi.ENOENT, text: []string{"dep_b: symbol dep_a_add is for GPL-compatible modules only, and this one uses a proprietary module\n"}},
		},
		{
			"GPL-only symbols before", change(t, "dep-a", func(ko *kofile.File) {
				any, anyCRC := kmod.ExportAny.Sections()
				gpl, gplCRC := kmod.ExportGPL.Sections()
				a, b, ac, bc := ko.Find(any), ko.Find(gpl), ko.Find(anyCRC), ko.Find(gplCRC)
				a.Name, b.Name, ac.Name, bc.Name = b.Name, a.Name, bc.Name, ac.Name
				ko.SetInfo("license", "Own")
			}), read(t, "dep-b"),
			refusal{e: abi.ENOENT, text: []string{"dep_b: module using GPL-only symbols uses symbols dep_a_", " from proprietary module dep_a.\n", "hint: GPL-only symbols must not reach"}},
		},
		{
			"namespace", kind(t, kmod.ExportGPL, namespace), read(t, "dep-b"),
			refusal{e: abi.EINVAL, text: []string{
				"dep_b: module uses symbol dep_a_add from namespace SECRET, but does not import it.\n", "(err -22)\n", "hint: add MODULE_IMPORT_NS(SECRET);",
			}},
		},
		{
			"namespace imported", kind(t, kmod.ExportGPL, namespace),
			change(t, "dep-b", func(ko *kofile.File) { ko.SetInfo("import_ns", "SECRET") }),
			refusal{},
		},
		{
			"duplicate", read(t, "dep-a"), change(t, "dep-a", func(ko *kofile.File) {
				ko.SetInfo("name", "dep_c")
				copy(ko.Find(".gnu.linkonce.this_module").Data[8:], "dep_c")
			}),
			refusal{e: abi.ENOEXEC, text: []string{"dep_c: exports duplicate symbol dep_a_", " (owned by dep_a)\n", "hint: dep_a exports dep_a_"}},
		},
	} {
		l := labWith(t, Config{})
		if r := l.Load(caller, c.a, "", 0); r.Errno != 0 {
			t.Fatalf("%s: dep-a: %v\n%s", c.what, r.Errno, l.said())
		}
		l.expect(t, c.what, c.b, 0, c.want)
	}
}

func TestUnknownSymbolHints(t *testing.T) {
	unknown := func(name string) []byte {
		return change(t, "hello", func(ko *kofile.File) { ko.Symbol("printk").Name = name })
	}
	list := "# Aliases for symbols, used by symbol_request().\nalias symbol:gpio_tell gpio-lib\n"
	l := labWith(t, Config{ReadFile: func(path string) ([]byte, abi.Errno) {
		if path == symbolLists[0] {
			return []byte(list), 0
		}
		return nil, abi.ENOENT
	}})
	for _, c := range []struct{ name, hint string }{
		{"prnitk", "hello: hint: nothing exports prnitk; did you mean printk?\n"},
		{"kmaloc", "hello: hint: nothing exports kmaloc; did you mean kmalloc?\n"},
		{"gpio_tell", "hello: hint: the module gpio-lib exports gpio_tell: load it first (modprobe does)\n"},
		{"__udivdi3", "hello: hint: it divides 64-bit numbers, "},
		{"completely_different", "hello: hint: nothing exports completely_different: this kernel lacks it"},
	} {
		l.expect(t, c.name, unknown(c.name), 0, refusal{e: abi.ENOENT, text: []string{"hello: Unknown symbol " + c.name + " (err -2)\n", c.hint}})
	}
}

func TestSignatures(t *testing.T) {
	key := func(name string) sign.PrivateKey {
		k, err := sign.Generate(name, bytes.NewReader(bytes.Repeat([]byte(name), 32)))
		if err != nil {
			t.Fatal(err)
		}
		return k
	}
	known, stranger := key("known"), key("stranger")
	signed := func(k sign.PrivateKey) []byte {
		b, err := sign.Sign(read(t, "hello"), k)
		if err != nil {
			t.Fatal(err)
		}
		return b
	}
	damaged := signed(known)
	damaged[len(damaged)/2] ^= 1
	pkcs7 := signed(known)
	pkcs7[len(pkcs7)-len(sign.Marker)-12+2] = 2
	const unsignedTaint = 1 << TaintUnsigned
	taints := []string{"hello: module verification failed: signature and/or required key missing - tainting kernel\n"}
	rejected := func(what string) refusal {
		return refusal{e: abi.EKEYREJECTED, text: []string{"Loading of " + what + " is rejected\n", "module: hint: "}}
	}
	for _, c := range []struct {
		what  string
		blob  []byte
		flags int
		off   refusal
		warn  refusal
		force refusal
	}{
		{"signed", signed(known), 0, refusal{}, refusal{}, refusal{}},
		{"unsigned", read(t, "hello"), 0, refusal{}, refusal{taint: unsignedTaint, text: taints}, rejected("unsigned module")},
		{"signed, but forced", signed(known), IgnoreVermagic, refusal{}, refusal{taint: unsignedTaint}, rejected("unsigned module")},
		{"by a stranger", signed(stranger), 0, refusal{}, refusal{taint: unsignedTaint, text: taints}, rejected("module with unavailable key")},
		{"PKCS#7", pkcs7, 0, refusal{}, refusal{taint: unsignedTaint}, rejected("module with unsupported crypto")},
		{
			"damaged", damaged, 0,
			refusal{e: abi.ENOEXEC},
			refusal{e: abi.EKEYREJECTED, text: []string{"hint: the file is not what known signed"}},
			refusal{e: abi.EKEYREJECTED},
		},
	} {
		for policy, want := range map[string]refusal{"module.sig=off": c.off, "module.sig=warn": c.warn, "module.sig_enforce=1": c.force} {
			l := labWith(t, Config{Args: policy + " module.sig_key=" + known.Public().Word()})
			l.expect(t, c.what+" with "+policy, c.blob, c.flags, want)
			if want.taint == 0 && l.Taint()&unsignedTaint != 0 {
				t.Errorf("%s with %s: taint %#x", c.what, policy, l.Taint())
			}
		}
	}
}

func TestOptions(t *testing.T) {
	o, refused := parseOptions("quiet module_blacklist=a,b module.sig=nonsense nomodule module_blacklist=c module.sig_key=bad")
	if strings.Join(o.blacklist, " ") != "a b c" || o.signatures != signaturesEnforce || !o.disabled || len(o.keys) != len(sign.Trusted()) {
		t.Errorf("%+v", o)
	}
	if diff := cmp.Diff([]string{
		"module: `nonsense' invalid for parameter `module.sig': it takes one of off, warn, enforce; enforce holds",
		"module: `bad' invalid for parameter `module.sig_key': a key is \"ed25519\", a name and base64, but this is \"bad\"",
	}, refused); diff != "" {
		t.Error(diff)
	}
	if o, _ := parseOptions("module.sig=enforce module.sig=off module.sig_enforce=0 nomodule=n"); o.signatures != signaturesOff || o.disabled {
		t.Errorf("%+v", o)
	}
	// As in Linux, a value that is no boolean changes nothing.
	o, refused = parseOptions("module.sig_enforce=bogus nomodule=bogus")
	if o.signatures != signaturesOff || o.disabled || len(refused) != 2 {
		t.Errorf("%+v, %q", o, refused)
	}
	for _, args := range []string{"module.sig_enforce", "module.sig_enforce=Y", "module.sig=warn module.sig-enforce=on"} {
		if o, refused := parseOptions(args); o.signatures != signaturesEnforce || refused != nil {
			t.Errorf("%s: %+v, %q", args, o, refused)
		}
	}
	l := labWith(t, Config{Args: "module.sig=bogus"})
	if said := l.said(); !strings.Contains(said, "`bogus' invalid for parameter `module.sig'") {
		t.Errorf("the log has %q", said)
	}
}

// TestInjectedFailures fails each operation of a load in turn.
func TestInjectedFailures(t *testing.T) {
	l := newLab(t)
	l.f.funcs["params_init"] = func(*cpu) uint64 { return 0 }
	l.load("dep-a", "")
	pages := l.f.mapped
	for n := 1; ; n++ {
		l.FailNth(n)
		r := l.load("params", "whom=you list=1,2,3 count=2")
		if l.FailsIn() != 0 { // it was never reached
			l.FailNth(0)
			if r.Errno != 0 {
				t.Errorf("without a failure: %v", r.Errno)
			}
			break
		}
		if r.Errno != abi.ENOMEM || l.f.mapped != pages || len(l.modules) != 1 {
			t.Errorf("failure %d: %v, %d pages left over, %d modules\n%s", n, r.Errno, l.f.mapped-pages, len(l.modules), l.said())
		}
	}
}

var _ kapi.Env = (*env)(nil)
