package module

import (
	"errors"
	"fmt"
	"strings"

	"rv86/kernel/abi"
	"rv86/kmod"
)

// hint says what to do about a failed load.
func (l *loading) hint(err error) string {
	var own *initError
	if errors.As(err, &own) {
		return fmt.Sprintf("the module's own init function refused, with -%d (%s): only its messages (dmesg) and its source say why", own.errno, own.errno)
	}
	var unknown *kmod.UnknownSymbols
	if !errors.As(err, &unknown) {
		return kmod.HintOf(err)
	}
	u := unknown.Syms[0]
	text := kmod.HintOf(u.Err)
	if text == "" {
		text = l.unknownHint(u.Name)
	}
	if more := len(unknown.Syms) - 1; more > 0 {
		text += fmt.Sprintf(" (and %d more such symbols)", more)
	}
	return text
}

// unknownHint is about a symbol that neither the kernel nor a loaded module
// has: which module to load, or which name may have been meant.
func (l *loading) unknownHint(name string) string {
	if hint := kmod.HelperHint(name); hint != "" {
		return hint
	}
	if owner := l.k.provider(name); owner != "" {
		return fmt.Sprintf("the module %s exports %s: load it first (modprobe does)", owner, name)
	}
	if deps := l.missingDepends(); len(deps) > 0 {
		return fmt.Sprintf("nothing loaded exports %s, and the module was built to depend on %s: load that first",
			name, strings.Join(deps, ", "))
	}
	if near := l.k.nearest(name); near != "" {
		return fmt.Sprintf("nothing exports %s; did you mean %s?", name, near)
	}
	return fmt.Sprintf("nothing exports %s: this kernel lacks it, or the module that has it must be loaded first", name)
}

// missingDepends are the modules of .modinfo's depends that are not loaded.
func (l *loading) missingDepends() []string {
	l.k.mu.Lock()
	defer l.k.mu.Unlock()
	var missing []string
	for _, name := range l.spec.Info.Depends() {
		if l.k.find(strings.ReplaceAll(name, "-", "_")) == nil {
			missing = append(missing, name)
		}
	}
	return missing
}

// provider looks into the list that depmod wrote for a module that exports a
// symbol: lines "alias symbol:NAME MODULE".
func (k *Kernel) provider(symbol string) string {
	if k.ReadFile == nil {
		return ""
	}
	for _, path := range symbolLists {
		list, e := k.ReadFile(path)
		if e != 0 {
			continue
		}
		for line := range strings.Lines(string(list)) {
			f := strings.Fields(line)
			if len(f) == 3 && f[0] == "alias" && f[1] == "symbol:"+symbol {
				return f[2]
			}
		}
	}
	return ""
}

// symbolLists is where depmod writes, the release's directory before the plain
// one.
var symbolLists = []string{"/lib/modules/" + Release + "/modules.symbols", "/lib/modules/modules.symbols"}

// nearest finds the export whose name differs least from name, "" if none is
// near: the smallest edit distance, the first in the alphabet of equals.
func (k *Kernel) nearest(name string) string {
	// A third of the name may differ, and at most this much.
	const most = 4
	best, bestName := min(len(name)/3, most)+1, ""
	try := func(other string) {
		d := kmod.Distance(name, other, best)
		if d < best || d == best && bestName != "" && other < bestName {
			best, bestName = d, other
		}
	}
	for i := range k.funcs {
		try(k.funcs[i].Name)
	}
	for i := range k.vars {
		try(k.vars[i].Name)
	}
	k.mu.Lock()
	defer k.mu.Unlock()
	for _, m := range k.modules {
		for i := range m.exports {
			try(m.exports[i].Name)
		}
	}
	return bestName
}

// hinted is refuse with a hint.
func hinted(hint string, e abi.Errno, format string, args ...any) error {
	return &kmod.Error{Errno: e, Why: fmt.Sprintf(format, args...), Hint: hint}
}
