// Package layouts compares the structures that modules and the kernel share: as the
// headers declare them, compiled as a module is, and as the kernel's packages do.
package layouts
