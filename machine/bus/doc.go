// Package bus is what a device model sees of its machine: the Device contract,
// the wires and services a board hands to a device, and the map that sends a
// physical address to the device that answers there.
//
// Devices import this package (and the device-tree builder) and nothing else of
// the emulator, so that one model serves every board.
//
// Not modelled: bursts, wait states, bus errors other than "nothing answers".
package bus
