// Package device is the device model: buses, drivers, devices, classes, and
// platform devices (Linux 6.6 drivers/base; Documentation/driver-api/driver-model).
//
// The C structures are the truth about names, owners and operations. Beside each
// registered one the Model keeps what belongs to it: its directory in /sys, and
// who is on a bus or in a class, in the order of registration.
//
//	bus_register     /sys/bus/B/{devices,drivers,drivers_probe,drivers_autoprobe}
//	driver_register  /sys/bus/B/drivers/D/{bind,unbind,uevent}, then match() of every
//	                 device on the bus, and probe()
//	device_register  /sys/devices/..., links from the bus and the class, /dev node,
//	                 then match() of every driver, and probe()
//
// Model.mu guards the records and is never held while C code runs; lists are
// copied first, and a device that is going away in the meantime is skipped.
//
// What devm_ functions give lives until the device's driver is gone, or the device
// itself; it goes in the reverse order.
//
// Omitted: power management beyond the structures, uevents, device links, DMA
// set-up, hotplug offlining, class interfaces.
package device
