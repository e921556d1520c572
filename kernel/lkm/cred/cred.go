// Package cred tells modules whose process it is that runs (Linux 6.6
// include/linux/cred.h). Threads of the kernel's own are root's.
package cred

import (
	"rv86/kernel/lkm"
	"rv86/kmod/kapi"
)

// Exports are the functions.
func Exports() []kapi.Func {
	id := func(name, kind string, of func(lkm.Info) uint32) kapi.Func {
		return kapi.Func{Name: name, Proto: kind + " " + name + "(void)", Call: func(c *kapi.Call) uint64 {
			t := lkm.From(c).Thread
			if t == nil {
				return 0
			}
			return uint64(of(t.Info()))
		}}
	}
	uid := func(i lkm.Info) uint32 { return i.UID }
	gid := func(i lkm.Info) uint32 { return i.GID }
	euid := func(i lkm.Info) uint32 { return i.EUID }
	egid := func(i lkm.Info) uint32 { return i.EGID }
	return []kapi.Func{
		id("__current_uid", "uid_t", uid), id("__current_euid", "uid_t", euid),
		{Name: "capable", Proto: "bool capable(int cap)", Call: func(c *kapi.Call) uint64 {
			if t := lkm.From(c).Thread; t != nil && t.Info().EUID != 0 {
				return 0
			}
			return 1
		}},
		id("__current_gid", "gid_t", gid), id("__current_egid", "gid_t", egid),
	}
}
