package module

import (
	"errors"
	"fmt"
	"strings"

	"rv86/kmod/kapi"
	"rv86/kmod/sign"
)

// options are the words of the kernel's command line that concern modules:
//
//	module_blacklist=a,b    may not be loaded
//	module.sig=off|warn|enforce
//	module.sig_enforce[=y]  as module.sig=enforce (Linux)
//	module.sig_key=TEXT     one more trusted key, as in the file of package sign
//	nomodule[=y]            no module may be loaded or removed (Linux: nomodule)
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

// signaturePolicies are the values of module.sig.
var signaturePolicies = []struct {
	word   string
	policy signaturePolicy
}{{"off", signaturesOff}, {"warn", signaturesWarn}, {"enforce", signaturesEnforce}}

// parseOptions reads the command line, and gives a sentence for each value that
// it cannot take. A word it does not understand is none of its own.
func parseOptions(args string) (o options, refused []string) {
	o.keys = sign.Trusted()
	for _, word := range strings.Fields(args) {
		name, value, _ := strings.Cut(word, "=")
		var err error
		switch strings.ReplaceAll(name, "-", "_") {
		case "module_blacklist":
			o.blacklist = append(o.blacklist, strings.Split(value, ",")...)
		case "module.sig":
			o.signatures, err = parseSignaturePolicy(value)
		case "module.sig_enforce":
			err = setFlag(value, func() { o.signatures = signaturesEnforce })
		case "module.sig_key":
			var key sign.PublicKey
			if key, err = sign.ParsePublicKey(value); err == nil {
				o.keys = append(o.keys, key)
			}
		case "nomodule":
			err = setFlag(value, func() { o.disabled = true })
		}
		if err != nil {
			refused = append(refused, fmt.Sprintf("module: `%s' invalid for parameter `%s': %v", value, name, err))
		}
	}
	return o, refused
}

// parseSignaturePolicy reads a value of module.sig. A policy that does not exist
// is the strictest, since someone wanted to be safe.
func parseSignaturePolicy(value string) (signaturePolicy, error) {
	var words []string
	for _, p := range signaturePolicies {
		if p.word == value {
			return p.policy, nil
		}
		words = append(words, p.word)
	}
	last := signaturePolicies[len(words)-1]
	return last.policy, fmt.Errorf("it takes one of %s; %s holds", strings.Join(words, ", "), last.word)
}

// setFlag calls set if a value means yes, which none at all does. What is no
// boolean changes nothing (Linux kernel/params.c, param_set_bool).
func setFlag(value string, set func()) error {
	yes, ok := kapi.ParseBool(value)
	switch {
	case value != "" && !ok:
		return errors.New("it takes y or n; nothing changes")
	case value == "" || yes:
		set()
	}
	return nil
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
