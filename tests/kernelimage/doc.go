// Package kernelimage holds the running kernel against its image: the addresses
// and names in System.map against /proc/kallsyms, the sections' rights against
// the page tables, and the init memory against what boot made of it.
package kernelimage
