package machine

import (
	"rv86/machine/bus"
	"rv86/machine/dev/power"
	"rv86/machine/fdt"
)

// Phandles of the nodes that others refer to.
const (
	phandleCPU   = 1 // the hart's local interrupt controller
	phandlePLIC  = 2
	phandlePower = 3
)

const (
	virtISA = "rv64imafdc_zicsr_zifencei_zicntr_sstc"
	virtMMU = "riscv,sv39"
)

// chosen is what the device tree tells the kernel about this start.
type chosen struct {
	bootargs             string
	initrdStart, initrdN uint64
}

// deviceTree describes the board. The properties are those of QEMU's tree where
// the device is the same; bindings from Linux's Documentation/devicetree.
func (v *Virt) deviceTree(c chosen) []byte {
	root := fdt.New("").
		U32("#address-cells", 2).U32("#size-cells", 2).
		Strings("compatible", "riscv-virtio").
		Strings("model", "rv86,virt")

	ch := root.Add(fdt.New("chosen")).
		Strings("stdout-path", "/soc/"+bus.NodeName("serial", bus.Place{Base: virtUART})).
		Bytes("rng-seed", seed[:])
	if c.bootargs != "" {
		ch.Strings("bootargs", c.bootargs)
	}
	if c.initrdN != 0 {
		ch.U64("linux,initrd-start", c.initrdStart).U64("linux,initrd-end", c.initrdStart+c.initrdN)
	}

	root.Add(fdt.New(bus.NodeName("memory", bus.Place{Base: virtRAM}))).
		Strings("device_type", "memory").Reg(virtRAM, uint64(len(v.ram.data)))
	addCPUs(root)

	soc := root.Add(fdt.New("soc")).
		U32("#address-cells", 2).U32("#size-cells", 2).
		Strings("compatible", "simple-bus").Flag("ranges")
	for _, r := range v.bus.Regions() {
		n := soc.Add(r.Dev.Node(r.Place))
		if r.Base == virtPower && n != nil {
			n.U32("phandle", phandlePower)
		}
	}
	root.Add(powerNode("poweroff", power.CommandPass))
	root.Add(powerNode("reboot", power.CommandReset))
	return root.Encode(0)
}

func addCPUs(root *fdt.Node) {
	cpus := root.Add(fdt.New("cpus")).
		U32("#address-cells", 1).U32("#size-cells", 0).
		U32("timebase-frequency", virtTimebase)
	hart := cpus.Add(fdt.New("cpu@0")).
		Strings("device_type", "cpu").U32("reg", 0).
		Strings("status", "okay").
		Strings("compatible", "riscv").
		Strings("riscv,isa", virtISA).
		Strings("mmu-type", virtMMU)
	hart.Add(fdt.New("interrupt-controller")).
		U32("#interrupt-cells", 1).Flag("interrupt-controller").
		Strings("compatible", "riscv,cpu-intc").
		U32("phandle", phandleCPU)
}

// powerNode says which value in the power device's register does what
// (bindings power/reset/syscon-poweroff and syscon-reboot).
func powerNode(what string, value uint32) *fdt.Node {
	return fdt.New(what).
		Strings("compatible", "syscon-"+what).
		U32("regmap", phandlePower).
		U32("offset", 0).
		U32("value", value)
}
