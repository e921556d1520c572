package module

import (
	"errors"

	"rv86/kernel/abi"
	"rv86/kernel/klog"
	"rv86/kmod"
	"rv86/kmod/sign"
)

// checkSignature takes the appended signature off and judges it (Linux
// module_sig_check). A module that is forced in spite of its versions is not
// what was signed, so its signature does not count. A wrong signature is
// refused under every policy that looks; one that is missing, or by a key that
// nobody knows, only when signatures are enforced.
func (l *loading) checkSignature() error {
	k := l.k
	body, sig, err := sign.Split(l.blob)
	l.blob = body
	policy := k.policy()
	if policy == signaturesOff {
		return nil
	}
	const resign = ": sign the module again (rv86 mod sign KEY FILE.ko) after its last change"
	reason, e := "unsigned module", abi.ENODATA
	switch {
	case err != nil:
		return hinted("the signature at the end of the file is damaged"+resign, abi.EBADMSG, "signature: %v", err)
	case sig == nil || l.flags&(IgnoreModversions|IgnoreVermagic) != 0:
	default:
		err = sig.Verify(body, k.keys)
		switch {
		case err == nil:
			l.signed = true
			return nil
		case errors.Is(err, sign.ErrAlgorithm):
			reason, e = "module with unsupported crypto", abi.ENOPKG
		case errors.Is(err, sign.ErrKey):
			reason, e = "module with unavailable key", abi.ENOKEY
		default:
			return hinted("the file is not what "+sig.Signer+" signed: it was changed afterwards"+resign,
				abi.EKEYREJECTED, "signature: %v", err)
		}
	}
	if policy == signaturesWarn {
		return nil
	}
	k.logf(klog.Notice, "Loading of %s is rejected", reason)
	hint := "this kernel takes signed modules only (module.sig=enforce): sign it (rv86 mod sign KEY FILE.ko) with a key it knows"
	switch e {
	case abi.ENOPKG:
		hint = "its signature is of a kind that this kernel does not know (" + err.Error() + "): sign it with rv86 mod sign KEY FILE.ko"
	case abi.ENOKEY:
		hint = "it is signed with key " + sig.KeyName() + ", which this kernel does not know: start it with module.sig_key=... or sign with another key"
	}
	return &kmod.Error{Errno: abi.EKEYREJECTED, Why: reason + " is rejected", Hint: hint}
}
