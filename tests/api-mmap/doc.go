// Package apimmap tests mappings of what modules drive: a module with a device for each
// way to map its memory (src), compiled as a user's, and a program (mapper) run in the
// guests of both machines.
package apimmap
