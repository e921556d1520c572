// Package image reads what a machine can be told to start: ELF executables,
// Linux "Image" files, and raw binaries; and the names of their functions.
//
// Sources: System V ABI (gABI) chapters 4 and 5 for ELF, Linux's
// Documentation/riscv/boot-image-header for Image. ELF segments are loaded at
// their physical addresses. Files are untrusted: whatever is wrong with one
// becomes a sentence for the user.
//
// Omitted: big-endian files, compressed images, relocation.
package image
