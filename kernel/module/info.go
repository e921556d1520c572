package module

import (
	"strings"

	"rv86/kernel/abi"
	"rv86/kernel/klog"
	"rv86/kmod"
)

// checkInfo reads what the file says about its build. The order of the checks
// is Linux's.
func (l *loading) checkInfo() error {
	for _, check := range []func() error{l.checkBlacklist, l.checkLayoutVersion, l.checkVermagic, l.checkLivepatch} {
		if err := check(); err != nil {
			return err
		}
	}
	return nil
}

func (l *loading) checkBlacklist() error {
	for _, name := range l.k.blacklist {
		if kmod.SameParam(name, l.spec.Name) {
			return hinted("the kernel was started with module_blacklist="+strings.Join(l.k.blacklist, ",")+
				", which names "+l.spec.Name+": start it without", abi.EPERM, "module is blacklisted")
		}
	}
	return nil
}

// checkVermagic compares the version magic. With symbol versions the release,
// its first word, does not count: the versions say more (Linux same_magic).
func (l *loading) checkVermagic() error {
	const force = "; build it for this kernel, or force it (insmod -f), which taints the kernel"
	magic, want := l.spec.Info.Get("vermagic"), l.k.Vermagic
	switch {
	case l.flags&IgnoreVermagic != 0:
		l.force("bad vermagic")
		return nil
	case l.spec.Modinfo == 0:
		return hinted("the module has no .modinfo section: it was not finished by modpost; build it with rv86 mod build",
			abi.ENOEXEC, "no .modinfo section, so no version magic; it should be '%s'", want)
	case magic == "":
		return hinted("the module has no vermagic, so nothing says for which kernel it was built"+force,
			abi.ENOEXEC, "no version magic in .modinfo, should be '%s'", want)
	case magic == want, l.hasVersions() && afterRelease(magic) == afterRelease(want):
		return nil
	}
	return hinted("the module was built for kernel '"+magic+"' and this is '"+want+"'"+force,
		abi.ENOEXEC, "version magic '%s' should be '%s'", magic, want)
}

func afterRelease(magic string) string {
	if i := strings.IndexByte(magic, ' '); i >= 0 {
		return magic[i:]
	}
	return ""
}

// force notes that the load goes on against a check.
func (l *loading) force(reason string) {
	if l.forced == "" {
		l.forced = reason
	}
}

// checkLivepatch refuses what would replace functions of the running kernel.
func (l *loading) checkLivepatch() error {
	if l.spec.Info.Get("livepatch") == "" {
		return nil
	}
	return hinted("this kernel cannot be patched while it runs: build the module without MODULE_INFO(livepatch, ...)",
		abi.ENOEXEC, "module is marked as livepatch module, but livepatch support is disabled")
}

// noteTaints records what using this module says about the kernel, with
// Linux's warnings for what is new.
func (l *loading) noteTaints() error {
	info, k := l.spec.Info, l.k
	before := k.Taint()
	add := func(level klog.Level, bit uint, format string, args ...any) {
		if before>>bit&1 == 0 && format != "" {
			k.logf(level, format, args...)
		}
		k.mu.Lock()
		k.taint |= 1 << bit
		l.m.taint |= 1 << bit
		k.mu.Unlock()
	}
	if !l.signed && k.policy() != signaturesOff {
		add(klog.Notice, TaintUnsigned,
			"%s: module verification failed: signature and/or required key missing - tainting kernel", l.m.Name)
	}
	if l.forced != "" {
		add(klog.Warning, TaintForced, "%s: %s: kernel tainted.", l.m.Name, l.forced)
	}
	if info.Get("intree") == "" {
		add(klog.Warning, TaintOutOfTree, "%s: loading out-of-tree module taints kernel.", l.m.Name)
	}
	if info.Get("staging") != "" {
		add(klog.Warning, TaintCrap,
			"%s: module is from the staging directory, the quality is unknown, you have been warned.", l.m.Name)
	}
	if !info.GPLCompatible() {
		add(klog.Warning, TaintProprietary, "%s: module license '%s' taints kernel.", l.m.Name, info.License())
	}
	if info.Get("test") != "" {
		add(klog.Warning, TaintTest, "%s: loading test module taints kernel.", l.m.Name)
	}
	return nil
}
