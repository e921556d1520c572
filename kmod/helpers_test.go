package kmod

import "testing"

func TestHelperHint(t *testing.T) {
	for symbol, want := range map[string]string{
		"__divdi3": hintDivide, "__umoddi3": hintDivide, "__udivmoddi4": hintDivide, "__divti3": hintDivide,
		"__muldf3": hintFloat, "__divsf3": hintFloat, "__floatsidf": hintFloat, "__fixunsdfdi": hintFloat, "__extendsfdf2": hintFloat, "__ltdf2": hintFloat,
		"__ashldi3": hintHelper, "__popcountsi2": hintHelper, "__muldi3": hintHelper,
		"__div": "", "__div64_32": "", "divdi3": "", "printk": "", "__mutex_init": "", "__fixup": "", "__module_get": "",
	} {
		if got := HelperHint(symbol); got != want {
			t.Errorf("%s: %q, want %q", symbol, got, want)
		}
	}
}
