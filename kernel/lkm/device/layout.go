package device

import (
	"rv86/kernel/lkm/cstruct"
	"rv86/kernel/lkm/kobj"
)

const (
	deviceH   = "linux/device.h"
	platformH = "linux/platform_device.h"
)

// The structures shared with C code.
var (
	Bus = cstruct.New("bus_type", deviceH, cstruct.LongFields(
		"name", "dev_name", "bus_groups", "dev_groups", "drv_groups", "match", "uevent", "probe", "sync_state",
		"remove", "shutdown", "online", "offline", "suspend", "resume", "num_vf", "dma_configure", "dma_cleanup",
		"pm")...)

	Driver = cstruct.New("device_driver", deviceH, append(
		cstruct.LongFields("name", "bus", "owner", "mod_name"),
		cstruct.Field{Name: "suppress_bind_attrs", Type: cstruct.Char},
		cstruct.Field{Name: "probe_type", Type: cstruct.Int},
		cstruct.Field{Name: "of_match_table", Type: cstruct.Long},
		cstruct.Field{Name: "acpi_match_table", Type: cstruct.Long},
		cstruct.Field{Name: "probe", Type: cstruct.Long},
		cstruct.Field{Name: "sync_state", Type: cstruct.Long},
		cstruct.Field{Name: "remove", Type: cstruct.Long},
		cstruct.Field{Name: "shutdown", Type: cstruct.Long},
		cstruct.Field{Name: "suspend", Type: cstruct.Long},
		cstruct.Field{Name: "resume", Type: cstruct.Long},
		cstruct.Field{Name: "groups", Type: cstruct.Long},
		cstruct.Field{Name: "dev_groups", Type: cstruct.Long},
		cstruct.Field{Name: "pm", Type: cstruct.Long},
		cstruct.Field{Name: "coredump", Type: cstruct.Long},
		cstruct.Field{Name: "p", Type: cstruct.Long},
	)...)

	Class = cstruct.New("class", deviceH, cstruct.LongFields(
		"name", "class_groups", "dev_groups", "dev_uevent", "devnode", "class_release", "dev_release",
		"shutdown_pre", "ns_type", "namespace", "get_ownership", "pm")...)

	DevType = cstruct.New("device_type", deviceH, cstruct.LongFields(
		"name", "groups", "uevent", "devnode", "release", "pm")...)

	Device = cstruct.New("device", deviceH,
		cstruct.Field{Name: "kobj", Type: kobj.Kobject.Type()},
		cstruct.Field{Name: "parent", Type: cstruct.Long},
		cstruct.Field{Name: "p", Type: cstruct.Long},
		cstruct.Field{Name: "init_name", Type: cstruct.Long},
		cstruct.Field{Name: "type", Type: cstruct.Long},
		cstruct.Field{Name: "bus", Type: cstruct.Long},
		cstruct.Field{Name: "driver", Type: cstruct.Long},
		cstruct.Field{Name: "platform_data", Type: cstruct.Long},
		cstruct.Field{Name: "driver_data", Type: cstruct.Long},
		cstruct.Field{Name: "dma_mask", Type: cstruct.Long},
		cstruct.Field{Name: "coherent_dma_mask", Type: cstruct.Quad},
		cstruct.Field{Name: "of_node", Type: cstruct.Long},
		cstruct.Field{Name: "fwnode", Type: cstruct.Long},
		cstruct.Field{Name: "devt", Type: cstruct.Int},
		cstruct.Field{Name: "id", Type: cstruct.Int},
		cstruct.Field{Name: "class", Type: cstruct.Long},
		cstruct.Field{Name: "groups", Type: cstruct.Long},
		cstruct.Field{Name: "release", Type: cstruct.Long},
	)

	attr3 = []cstruct.Field{
		{Name: "attr", Type: kobj.Attribute.Type()},
		{Name: "show", Type: cstruct.Long},
		{Name: "store", Type: cstruct.Long},
	}

	DeviceAttr = cstruct.New("device_attribute", deviceH, attr3...)
	DriverAttr = cstruct.New("driver_attribute", deviceH, attr3...)
	BusAttr    = cstruct.New("bus_attribute", deviceH, attr3...)
	ClassAttr  = cstruct.New("class_attribute", deviceH, attr3...)

	Resource = cstruct.New("resource", "linux/ioport.h",
		cstruct.Field{Name: "start", Type: cstruct.Quad},
		cstruct.Field{Name: "end", Type: cstruct.Quad},
		cstruct.Field{Name: "name", Type: cstruct.Long},
		cstruct.Field{Name: "flags", Type: cstruct.Long},
		cstruct.Field{Name: "desc", Type: cstruct.Long},
		cstruct.Field{Name: "parent", Type: cstruct.Long},
		cstruct.Field{Name: "sibling", Type: cstruct.Long},
		cstruct.Field{Name: "child", Type: cstruct.Long},
	)

	Platform = cstruct.New("platform_device", platformH,
		cstruct.Field{Name: "name", Type: cstruct.Long},
		cstruct.Field{Name: "id", Type: cstruct.Int},
		cstruct.Field{Name: "id_auto", Type: cstruct.Char},
		cstruct.Field{Name: "dev", Type: Device.Type()},
		cstruct.Field{Name: "platform_dma_mask", Type: cstruct.Quad},
		cstruct.Field{Name: "num_resources", Type: cstruct.Int},
		cstruct.Field{Name: "resource", Type: cstruct.Long},
		cstruct.Field{Name: "id_entry", Type: cstruct.Long},
		cstruct.Field{Name: "driver_override", Type: cstruct.Long},
	)

	PlatformDriver = cstruct.New("platform_driver", platformH,
		cstruct.Field{Name: "probe", Type: cstruct.Long},
		cstruct.Field{Name: "remove", Type: cstruct.Long},
		cstruct.Field{Name: "remove_new", Type: cstruct.Long},
		cstruct.Field{Name: "shutdown", Type: cstruct.Long},
		cstruct.Field{Name: "suspend", Type: cstruct.Long},
		cstruct.Field{Name: "resume", Type: cstruct.Long},
		cstruct.Field{Name: "driver", Type: Driver.Type()},
		cstruct.Field{Name: "id_table", Type: cstruct.Long},
		cstruct.Field{Name: "prevent_deferred_probe", Type: cstruct.Char},
	)

	PlatformID = cstruct.New("platform_device_id", "linux/mod_devicetable.h",
		cstruct.Field{Name: "name", Type: cstruct.Array(platformNameSize, cstruct.Char)},
		cstruct.Field{Name: "driver_data", Type: cstruct.Long},
	)

	OfID = cstruct.New("of_device_id", "linux/mod_devicetable.h",
		cstruct.Field{Name: "name", Type: cstruct.Array(32, cstruct.Char)},
		cstruct.Field{Name: "type", Type: cstruct.Array(32, cstruct.Char)},
		cstruct.Field{Name: "compatible", Type: cstruct.Array(128, cstruct.Char)},
		cstruct.Field{Name: "data", Type: cstruct.Long},
	)

	Node = cstruct.New("device_node", "linux/of.h", cstruct.LongFields(
		"name", "full_name", "properties", "parent", "child", "sibling", "data")...)

	Property = cstruct.New("property", "linux/of.h",
		cstruct.Field{Name: "name", Type: cstruct.Long},
		cstruct.Field{Name: "length", Type: cstruct.Int},
		cstruct.Field{Name: "value", Type: cstruct.Long},
		cstruct.Field{Name: "next", Type: cstruct.Long},
	)
)

const platformNameSize = 20 // PLATFORM_NAME_SIZE

// Layouts are all of them, for the test that compares them with the headers.
var Layouts = []*cstruct.Struct{
	Bus, Driver, Class, DevType, Device, DeviceAttr, DriverAttr, BusAttr, ClassAttr, Resource,
	Platform, PlatformDriver, PlatformID, OfID, Node, Property,
}
