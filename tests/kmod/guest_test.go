package kmod

import (
	"testing"

	"rv86/images/modules"
	"rv86/tests/lab"
	"rv86/tests/lab/modbuild"
)

// script loads and removes a chain of five, a diamond and a module with soft
// dependencies; the modules say when they come and go.
const script = `modprobe top || depmod
grep -v 'hello\|dep-\|params\|initfail' /lib/modules/$(uname -r)/modules.dep
modprobe chain5; lsmod; rmmod chain3; modprobe -r chain3; modprobe -rv chain5; lsmod
modprobe -v diamond-x; lsmod; modprobe -r -v left; modprobe -r -v diamond-x; lsmod
modprobe -r --first-time top; modprobe left; modprobe top; modprobe -r --remove-holders base; lsmod
modprobe soft; lsmod; modprobe -r soft; lsmod
insmod top; rmmod base top left right base; echo "status $?"; lsmod`

func TestGuest(t *testing.T) {
	const origin = "What the guest prints when TestGuest loads and removes the modules of src; the same on both machines."
	for _, m := range lab.Machines {
		t.Run(m.Arch, func(t *testing.T) {
			files := modbuild.Modules(t, m.Arch, modules.Tree{Src: "src", InTree: true})
			lab.Golden(t, "guest.txt", origin, lab.Guest{Arch: m.Arch, Modules: files}.Run(t, script).Out)
		})
	}
}
