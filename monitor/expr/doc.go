// Package expr evaluates C-like expressions over a guest: registers ($a0), what
// the debug information names, casts to its types, * & . -> [], arithmetic and
// assignment. Values of Go programs are printed in Go's manner.
//
// The grammar is C's (ISO C11 6.5) without function calls, ++ and --, comma and
// compound literals. Names may carry a module (hello!count) or a package's path
// (nucleus.stat, or quoted: 'rv86/kernel/nucleus.stat'). Integers are computed
// in 64 bits and cut to their type.
//
// A text nobody thought of gives an error, never a panic.
package expr
