package session

import "rv86/machine/image"

// Symbols returns a function that names the code at an address of the guest,
// from the images that Open would load: the kernel's, then the firmware's. It
// gives "" for what has no name there.
func Symbols(o Options) func(addr uint64) string {
	b, err := o.boot()
	if err != nil {
		return func(uint64) string { return "" }
	}
	kernel, firmware := image.ReadSymbols(b.Kernel), image.ReadSymbols(b.Firmware)
	return func(addr uint64) string {
		if name := kernel.Name(addr); name != "" {
			return name
		}
		return firmware.Name(addr)
	}
}
