// Package apidevices tests the devices that modules drive and make: GPIO pins,
// input devices, block devices, memory for DMA. Small modules of our own (src)
// run on both machines; drivers of the kernel's own meet the models they are for.
package apidevices
