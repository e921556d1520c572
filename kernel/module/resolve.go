package module

import (
	"fmt"

	"rv86/kernel/abi"
	"rv86/kernel/klog"
	"rv86/kmod"
)

// Resolution of a module's outside symbols (Linux resolve_symbol_wait): the
// kernel's exports and the modules' are one table.

const (
	// symbolPatience is how long a load waits for a module that it needs and
	// that is still COMING, in nanoseconds.
	symbolPatience = 30 * 1_000_000_000
	// never is the deadline that does not come (task.Never).
	never = int64(^uint64(0) >> 1)
)

// Resolve implements kmod.Resolver.
func (l *loading) Resolve(name string) (addr uint64, err error) {
	l.k.mu.Lock()
	addr, err = l.resolve(name)
	l.k.mu.Unlock()
	if err != errComing {
		return addr, err
	}
	deadline := l.k.Machine.Now() + symbolPatience
	e := l.k.await(l.who, deadline, func() bool {
		addr, err = l.resolve(name)
		return err != errComing
	})
	switch {
	case e == 0 || err != errComing:
		return addr, err
	case e == abi.ETIMEDOUT:
		return 0, hinted("the module that exports "+name+" has been in its init function for half a minute: look at what it waits for",
			abi.EBUSY, "%s: gave up waiting for init of module %s.", l.m.Name, l.k.ownerOf(name))
	}
	return 0, e
}

// errComing says that the symbol's module is still being loaded.
var errComing error = &kmod.Error{Errno: abi.EBUSY, Why: "the module that exports it is still being loaded"}

// ownerOf names the module that exports a symbol.
func (k *Kernel) ownerOf(name string) string {
	k.mu.Lock()
	defer k.mu.Unlock()
	if p, ok := k.exported(name); ok && p.owner != nil {
		return p.owner.Name
	}
	return "kernel"
}

// resolve finds a symbol, checks that the module may have it, and takes the
// reference. The order of the checks is Linux's.
// Preconditions: mu is held.
func (l *loading) resolve(name string) (uint64, error) {
	p, ok := l.k.exported(name)
	if !ok || p.owner == l.m {
		return 0, abi.ENOENT
	}
	if err := l.checkLicense(&p); err != nil {
		return 0, err
	}
	if err := l.inheritTaint(&p); err != nil {
		return 0, err
	}
	if err := l.checkVersion(&p); err != nil {
		return 0, err
	}
	if err := l.checkNamespace(&p); err != nil {
		return 0, err
	}
	if owner := p.owner; owner != nil {
		switch {
		case owner.crashed:
			return 0, hinted("the module "+owner.Name+", which exports "+name+", crashed: only a reboot makes it usable again",
				abi.ENOENT, "%s: symbol %s is of module %s, which crashed", l.m.Name, name, owner.Name)
		case owner.loading && owner.state != Going && owner.state != Live:
			return 0, errComing
		case owner.state == Going:
			return 0, hinted("the module "+owner.Name+", which exports "+name+", is being removed: load it again first",
				abi.ENOENT, "%s: symbol %s is of module %s, which is going away", l.m.Name, name, owner.Name)
		}
		l.use(owner)
	}
	return p.Addr, nil
}

// proprietary says that the module is no GPL-compatible one, or uses one that
// is not. Preconditions: mu is held.
func (m *Module) proprietary() bool { return m.taint>>TaintProprietary&1 != 0 }

// checkLicense keeps GPL-only symbols from proprietary modules, and warns about
// uses that will end.
func (l *loading) checkLicense(p *provided) error {
	if p.Kind.GPLOnly() && l.m.proprietary() {
		license := l.spec.Info.License()
		if l.spec.Info.GPLCompatible() {
			return hinted("the module uses a proprietary module and so may not use "+p.Name+", which is for GPL-compatible ones only: do without one of the two",
				abi.ENOENT, "%s: symbol %s is for GPL-compatible modules only, and this one uses a proprietary module", l.m.Name, p.Name)
		}
		return hinted(p.Name+" is exported to GPL-compatible modules only and this module's license is '"+license+
			"': declare MODULE_LICENSE(\"GPL\"), or do without the symbol",
			abi.ENOENT, "%s: symbol %s is for GPL-compatible modules only, and this one's license is '%s'", l.m.Name, p.Name, license)
	}
	if p.Kind == kmod.ExportGPLFuture && l.m.proprietary() {
		l.k.warnf("Symbol %s is being used by a non-GPL module, which will not be allowed in the future", p.Name)
	}
	if p.Kind.Unused() {
		l.k.warnf("Symbol %s is marked as UNUSED, however this module is using it.", p.Name)
		l.k.warnf("This symbol will go away in the future.")
	}
	if p.Kind.GPLOnly() {
		l.m.gplCalls = true
	}
	return nil
}

// inheritTaint: using a proprietary module makes a module proprietary itself,
// which it must not be if it uses GPL-only symbols.
func (l *loading) inheritTaint(p *provided) error {
	if p.owner == nil || !p.owner.proprietary() {
		return nil
	}
	if l.m.gplCalls {
		return hinted("GPL-only symbols must not reach the proprietary module "+p.owner.Name+" through this one: do without "+
			p.Name+", or without GPL-only symbols",
			abi.ENOENT, "%s: module using GPL-only symbols uses symbols %s from proprietary module %s.", l.m.Name, p.Name, p.owner.Name)
	}
	if !l.m.proprietary() {
		l.k.warnf("%s: module uses symbols %s from proprietary module %s, inheriting taint.", l.m.Name, p.Name, p.owner.Name)
		l.m.taint |= 1 << TaintProprietary
	}
	return nil
}

// checkNamespace wants the import of the symbol's namespace.
func (l *loading) checkNamespace(p *provided) error {
	if l.spec.Info.Imports(p.Namespace) {
		return nil
	}
	return hinted("add MODULE_IMPORT_NS("+p.Namespace+"); to the module's source: "+p.Name+" is in that namespace",
		abi.EINVAL, "%s: module uses symbol %s from namespace %s, but does not import it.", l.m.Name, p.Name, p.Namespace)
}

// use records that the module needs owner. Preconditions: mu is held.
func (l *loading) use(owner *Module) {
	for _, u := range l.m.uses {
		if u == owner {
			return
		}
	}
	l.m.uses = append(l.m.uses, owner)
	owner.users = append(owner.users, l.m)
	owner.refs++
	l.k.storeRefs(owner)
}

func (l *loading) dropUses() { l.k.dropUses(l.m) }

func (k *Kernel) dropUses(m *Module) {
	k.mu.Lock()
	defer k.mu.Unlock()
	for _, owner := range m.uses {
		owner.refs--
		k.storeRefs(owner)
		for i, u := range owner.users {
			if u == m {
				owner.users = append(owner.users[:i:i], owner.users[i+1:]...)
				break
			}
		}
	}
	m.uses = nil
}

// Versions (CONFIG_MODVERSIONS).

// hasVersions says that the module says with which versions it was built, and
// is to be believed.
func (l *loading) hasVersions() bool {
	return len(l.spec.Versions) > 0 && l.flags&IgnoreModversions == 0
}

// checkLayoutVersion compares the CRC of the structures that the kernel and its
// modules share (Linux check_modstruct_version).
func (l *loading) checkLayoutVersion() error {
	if l.k.Version == nil {
		return nil
	}
	if !l.hasVersions() {
		if l.flags&IgnoreModversions == 0 {
			return hinted("the module was built without symbol versions, which this kernel checks: build it with modpost (rv86 mod build), or force it (insmod -f)",
				abi.ENOEXEC, "no symbol version for %s", kmod.ModuleLayoutSymbol)
		}
		l.force(kmod.ModuleLayoutSymbol)
		return nil
	}
	l.versions = make(map[string]uint32, len(l.spec.Versions))
	for _, v := range l.spec.Versions {
		l.versions[v.Name] = v.CRC
	}
	want, ok := l.k.Version(kmod.ModuleLayoutSymbol)
	if got, has := l.versions[kmod.ModuleLayoutSymbol]; ok && has && got != want {
		return disagrees(abi.ENOEXEC, "disagrees about version of symbol "+kmod.ModuleLayoutSymbol, kmod.ModuleLayoutSymbol, got, want)
	}
	return nil
}

// checkVersion compares the CRC with which the module was built with the
// export's.
func (l *loading) checkVersion(p *provided) error {
	if l.versions == nil || !p.HasCRC {
		return nil
	}
	got, ok := l.versions[p.Name]
	switch {
	case !ok:
		// As Linux: a broken tool chain; warn and let it go.
		l.k.logf(klog.Warning, "%s: no symbol version for %s", l.m.Name, p.Name)
	case got != p.CRC:
		return disagrees(abi.EINVAL, l.m.Name+": disagrees about version of symbol "+p.Name, p.Name, got, p.CRC)
	}
	return nil
}

func disagrees(e abi.Errno, why, symbol string, got, want uint32) error {
	return hinted(fmt.Sprintf("the module was built for version %#08x of %s and this is version %#08x: build it with this kernel's headers and Module.symvers",
		got, symbol, want), e, "%s", why)
}
