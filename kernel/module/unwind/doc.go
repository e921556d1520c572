// Package unwind finds a C function's caller from the function's machine code:
// it follows the code from its start to where it is now and keeps count of the
// stack pointer and of where the return address was saved. That needs no debug
// information, which shipped modules do not have, and no frame pointer.
//
// It is pure and decodes with golang.org/x/arch. It understands what GCC and
// clang emit for functions with frames of fixed size, and with a frame pointer
// if the function moves the stack further; otherwise it says that it does not
// know, and the caller has to guess.
package unwind
