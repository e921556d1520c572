package abi

// The kernel's list of modules for debuggers, as r_debug is a dynamic linker's
// (System V gABI, chapter 5, "Dynamic Linking"). The kernel image has two
// symbols for it:
//
//   - DebugListSymbol is the list's head;
//   - DebugNotifySymbol is a function without effect that the kernel calls after
//     each change: a debugger keeps a breakpoint on it and reads the list again.
//
// All fields are words of the machine. Strings are an address and a length,
// arrays an address, a length and a capacity, as in Go.
//
//	head        version, generation, first module or 0,
//	            address of the export stubs, bytes of each, their number
//	module      next or 0, name (2), state, core, core size, init, init size,
//	            sections (3)
//	section     name (2), address
//
// The state is /proc/modules': 0 live, 1 coming, 2 going. A module is on the
// list from COMING, before any of its code runs, until its memory is freed.
// Init and its sections are 0 once init memory is gone. The last of the stubs
// is where a module's C function returns to.
const (
	DebugListSymbol   = "rv86/kernel/module.debugList"
	DebugNotifySymbol = "rv86/kernel/module.debugNotify"

	DebugListVersion = 1
	DebugReturnStub  = "module_return" // the name of the stub in the image

	DebugHeadVersion    = 0
	DebugHeadGeneration = 1
	DebugHeadFirst      = 2
	DebugHeadStubs      = 3
	DebugHeadStubSize   = 4
	DebugHeadStubCount  = 5
	DebugHeadWords      = 6

	DebugModuleNext     = 0
	DebugModuleName     = 1
	DebugModuleState    = 3
	DebugModuleCore     = 4
	DebugModuleCoreSize = 5
	DebugModuleInit     = 6
	DebugModuleInitSize = 7
	DebugModuleSections = 8
	DebugModuleWords    = 11

	DebugSectionName  = 0
	DebugSectionAddr  = 2
	DebugSectionWords = 3
)
