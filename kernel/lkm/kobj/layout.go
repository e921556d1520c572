package kobj

import "rv86/kernel/lkm/cstruct"

const (
	kobjectH = "linux/kobject.h"
	sysfsH   = "linux/sysfs.h"
)

// ListHead is struct list_head as a member.
var ListHead = cstruct.Array(2, cstruct.Long)

// The structures shared with C code.
var (
	Kobject = cstruct.New("kobject", kobjectH,
		cstruct.Field{Name: "name", Type: cstruct.Long},
		cstruct.Field{Name: "entry", Type: ListHead},
		cstruct.Field{Name: "parent", Type: cstruct.Long},
		cstruct.Field{Name: "kset", Type: cstruct.Long},
		cstruct.Field{Name: "ktype", Type: cstruct.Long},
		cstruct.Field{Name: "sd", Type: cstruct.Long},
		cstruct.Field{Name: "kref", Type: cstruct.Int},
		cstruct.Field{Name: "state", Type: cstruct.Int},
	)

	Kset = cstruct.New("kset", kobjectH,
		cstruct.Field{Name: "list", Type: ListHead},
		cstruct.Field{Name: "kobj", Type: Kobject.Type()},
		cstruct.Field{Name: "uevent_ops", Type: cstruct.Long},
	)

	KobjType = cstruct.New("kobj_type", kobjectH,
		cstruct.LongFields("release", "sysfs_ops", "default_groups", "child_ns_type", "namespace", "get_ownership")...)

	SysfsOps = cstruct.New("sysfs_ops", sysfsH, cstruct.LongFields("show", "store")...)

	Attribute = cstruct.New("attribute", sysfsH,
		cstruct.Field{Name: "name", Type: cstruct.Long},
		cstruct.Field{Name: "mode", Type: cstruct.Short},
	)

	AttributeGroup = cstruct.New("attribute_group", sysfsH,
		cstruct.LongFields("name", "is_visible", "is_bin_visible", "attrs", "bin_attrs")...)

	KobjAttribute = cstruct.New("kobj_attribute", kobjectH,
		cstruct.Field{Name: "attr", Type: Attribute.Type()},
		cstruct.Field{Name: "show", Type: cstruct.Long},
		cstruct.Field{Name: "store", Type: cstruct.Long},
	)

	BinAttribute = cstruct.New("bin_attribute", sysfsH,
		cstruct.Field{Name: "attr", Type: Attribute.Type()},
		cstruct.Field{Name: "size", Type: cstruct.Long},
		cstruct.Field{Name: "private", Type: cstruct.Long},
		cstruct.Field{Name: "f_mapping", Type: cstruct.Long},
		cstruct.Field{Name: "read", Type: cstruct.Long},
		cstruct.Field{Name: "write", Type: cstruct.Long},
		cstruct.Field{Name: "mmap", Type: cstruct.Long},
	)
)

// Layouts are all of them, for the test that compares them with the headers.
var Layouts = []*cstruct.Struct{Kobject, Kset, KobjType, SysfsOps, Attribute, AttributeGroup, KobjAttribute, BinAttribute}

// Bits of struct kobject's state.
const (
	stateInitialized = 1 << 0
	stateInSysfs     = 1 << 1
)
