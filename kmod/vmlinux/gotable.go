package vmlinux

// The builder takes initcalls and parameters from tables that the kernel's Go
// code has as statically initialized arrays, by their symbols in what the Go
// linker made. A row there, in words: {function value, level, pointer to the
// name, its length}; a parameter's level is 0. The kernel's compiler confirms
// the size (kernel/initcall).
const (
	GoRowWords   = 4
	GoRowFunc    = 0
	GoRowLevel   = 1
	GoRowName    = 2
	GoRowNameLen = 3
)

// Symbols of the tables.
const (
	InitcallsSymbol = "main.initcalls"
	ParamsSymbol    = "main.params"
)
