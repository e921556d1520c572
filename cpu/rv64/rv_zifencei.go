package rv64

// The Zifencei extension (I 3). Stores of this hart and of devices take effect
// on its instruction fetches at once, so that there is nothing to do; the row
// still ends a basic block.

var rowsZifencei = []Row{
	{name: "fence.i", enc: "imm[11:0] rs1 001 rd 0001111", ref: "I 3", doc: "make earlier stores visible to instruction fetch", ex: "0000100f fence.i", do: general(fenceI), end: true},
}

func fenceI(*Hart, *insn) trap { return noTrap }
