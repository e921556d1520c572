package kapi

// Func is one exported function.
type Func struct {
	Name  string
	GPL   bool   // only for modules with a GPL-compatible licence
	Proto string // as the headers declare it
	Call  func(c *Call) uint64
}

// Var is one exported variable: words, each a number or the address of an
// exported function.
type Var struct {
	Name  string
	Words []Word
}

// Word is a word of a Var.
type Word struct {
	Num  uint64
	Func string
}

// Funcs are the exported functions. Their order is the order of the call
// numbers, which nothing outside one boot depends on.
var Funcs []Func

func init() {
	// Not an initializer: some functions search the table themselves.
	for _, group := range [][]Func{logFuncs, hexFuncs, sprintfFuncs, scanfFuncs, slabFuncs, memFuncs, stringFuncs, kstrtoxFuncs, paramFuncs, moduleFuncs} {
		Funcs = append(Funcs, group...)
	}
}

// Lookup says what the kernel exports under a name.
func Lookup(name string) (kind string, gpl, ok bool) {
	for i := range Funcs {
		if Funcs[i].Name == name {
			return "function", Funcs[i].GPL, true
		}
	}
	for i := range Vars {
		if Vars[i].Name == name {
			return "variable", false, true
		}
	}
	return "", false, false
}
