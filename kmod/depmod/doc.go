// Package depmod computes the index files of /lib/modules/VERSION from the
// modules there: which needs which (by the symbols they export and leave
// undefined), by which aliases they are found, what soft dependencies they
// name. The depmod command uses it in the guest, the image builder on the host.
//
// Its texts equal those of kmod 30's depmod byte for byte, their order
// included; a test compares. The order comes from kmod's hash tables (order.go).
//
// Left out: the binary indexes.
package depmod
