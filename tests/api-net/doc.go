// Package apinet tests the network: sockets as programs use them, commands, and
// network devices of modules. Small modules of our own (src) run on both machines;
// with RV86_LDD3 set to a checkout of the examples of Linux Device Drivers, so does
// snull, unchanged.
package apinet
