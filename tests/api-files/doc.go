// Package apifiles tests what modules make files and devices with: modules of its
// own (src), compiled as a user's, and a program (prog) run in the guests of both
// machines.
package apifiles
