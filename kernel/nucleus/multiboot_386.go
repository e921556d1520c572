package nucleus

// Multiboot information (Multiboot Specification 0.6.96, 3.3), read before the
// runtime exists. Its parts may lie in memory that is about to be used, so the
// command line is copied.
const (
	mbMemory  = 1 << 0
	mbCmdline = 1 << 2
	mbModules = 1 << 3
	mbMap     = 1 << 6

	mbFlags     = 0 // fields, by byte offset
	mbMemUpper  = 8 // KiB above 1 MiB
	mbCmdlineAt = 16
	mbModCount  = 20
	mbModAt     = 24
	mbMapLength = 44
	mbMapAt     = 48

	mbUsable  = 1
	extended  = 1 << 20 // memory above the adapters
	argsMax   = 2048    // Linux's COMMAND_LINE_SIZE for x86
	kibShift  = 10
	mapHeader = 4 // a map entry's size field, which does not count itself
)

var bootArgs [argsMax]byte

// readMultiboot fills boot and the bounds of RAM: the part above 1 MiB.
// Preconditions: the first 256 MiB are mapped.
func readMultiboot(info uintptr) {
	info += directMap
	flags := ld(info + mbFlags)
	ramBase, ramTop = extended, extended
	if flags&mbMemory != 0 {
		ramTop = extended + ld(info+mbMemUpper)<<kibShift
	}
	if flags&mbMap != 0 {
		readMap(ld(info+mbMapAt)+directMap, ld(info+mbMapLength))
	}
	ramTop = min(ramTop, directSize) &^ pageMask
	if flags&mbCmdline != 0 {
		copyArgs(ld(info+mbCmdlineAt) + directMap)
	}
	if flags&mbModules != 0 && ld(info+mbModCount) > 0 {
		mod := ld(info+mbModAt) + directMap
		boot.initrd, boot.initrdEnd = ld(mod), ld(mod+wordSize)
	}
}

// readMap looks for the usable range that begins at 1 MiB. An entry: size,
// address and length of 64 bits, type.
func readMap(at, n uintptr) {
	for end := at + n; at < end; at += ld(at) + mapHeader {
		base, length := ld64(at+4), ld64(at+12)
		if base == extended && ld(at+20) == mbUsable {
			ramTop = uintptr(min(base+length, directSize))
		}
	}
}

// copyArgs takes the command line, less its first word: the file's name.
func copyArgs(a uintptr) {
	for ld8(a) != 0 && ld8(a) != ' ' {
		a++
	}
	for ld8(a) == ' ' {
		a++
	}
	n := uintptr(0)
	for ; n < argsMax && ld8(a+n) != 0; n++ {
		bootArgs[n] = ld8(a + n)
	}
	boot.args, boot.argsLen = addressOf(&bootArgs)-directMap, n
}
