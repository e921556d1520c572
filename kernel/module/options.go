package module

import (
	"strings"

	"rv86/kmod/sign"
)

// options are the words of the kernel's command line that concern modules:
//
//	module_blacklist=a,b    may not be loaded
//	module.sig=off|warn|enforce
//	module.sig_enforce[=1]  as module.sig=enforce (Linux)
//	module.sig_key=TEXT     one more trusted key, as in the file of package sign
//	nomodule                no module may be loaded or removed (Linux: nomodule)
type options struct {
	blacklist []string
	keys      []sign.PublicKey
	// signatures is guarded by Kernel.mu: it can become stricter.
	signatures signaturePolicy
	// disabled is /proc/sys/kernel/modules_disabled. Guarded by Kernel.mu.
	disabled bool
}

// signaturePolicy is what a missing signature means.
type signaturePolicy uint8

const (
	signaturesOff     signaturePolicy = iota // nobody looks
	signaturesWarn                           // it taints the kernel
	signaturesEnforce                        // the module is refused
)

// parseOptions reads the command line. A word it does not understand is none of
// its own; a policy that does not exist is the strictest, since someone wanted
// to be safe.
func parseOptions(args string) (o options) {
	o.keys = sign.Trusted()
	for _, word := range strings.Fields(args) {
		name, value, _ := strings.Cut(word, "=")
		switch strings.ReplaceAll(name, "-", "_") {
		case "module_blacklist":
			o.blacklist = append(o.blacklist, strings.Split(value, ",")...)
		case "module.sig":
			switch value {
			case "off":
				o.signatures = signaturesOff
			case "warn":
				o.signatures = signaturesWarn
			default:
				o.signatures = signaturesEnforce
			}
		case "module.sig_enforce":
			if value != "0" && value != "N" && value != "n" {
				o.signatures = signaturesEnforce
			}
		case "module.sig_key":
			if key, err := sign.ParsePublicKey(value); err == nil {
				o.keys = append(o.keys, key)
			}
		case "nomodule":
			o.disabled = true
		}
	}
	return o
}

// Disabled says that modules may be neither loaded nor removed any more.
func (k *Kernel) Disabled() bool {
	k.mu.Lock()
	defer k.mu.Unlock()
	return k.disabled
}

// Disable makes it so, for ever.
func (k *Kernel) Disable() {
	k.mu.Lock()
	k.disabled = true
	k.mu.Unlock()
}

// policy is the signature policy in force.
func (k *Kernel) policy() signaturePolicy {
	k.mu.Lock()
	defer k.mu.Unlock()
	return k.signatures
}
