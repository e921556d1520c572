// Package ksyms lists what the kernel exports to modules: the lines of
// Module.symvers (kmod/symvers), and what the variables among them hold
// (kmod/kapi). A line without a variable is a function, except module_layout,
// which only has a version.
package ksyms

import (
	"rv86/kmod"
	"rv86/kmod/kapi"
	"rv86/kmod/symvers"
	"rv86/kmod/vmlinux"
)

// Of gives a machine's list.
func Of(m *kmod.Machine) []vmlinux.Export {
	words := map[string][]vmlinux.Word{kmod.ModuleLayoutSymbol: {{}}}
	for _, v := range kapi.Vars {
		for _, w := range v.Words {
			words[v.Name] = append(words[v.Name], vmlinux.Word(w))
		}
	}
	var out []vmlinux.Export
	for _, r := range symvers.Of(m).Rows() {
		if r.Module == symvers.Kernel {
			out = append(out, vmlinux.Export{
				Name: r.Symbol, Kind: r.Kind, Namespace: r.Namespace, CRC: r.CRC, Words: words[r.Symbol],
			})
		}
	}
	return out
}
