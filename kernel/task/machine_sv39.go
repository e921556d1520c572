//go:build !386

package task

// elfMachine is e_machine of the programs this kernel runs: EM_RISCV.
const elfMachine = 243
