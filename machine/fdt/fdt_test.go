package fdt

import (
	"bytes"
	"encoding/binary"
	"os/exec"
	"testing"

	"rv86/tests/lab"

	"github.com/google/go-cmp/cmp"
)

func sample() []byte {
	root := New("").U32("#address-cells", 2).U32("#size-cells", 2).Strings("compatible", "a,b", "c")
	root.Add(New("chosen")).Strings("bootargs", "x=\"1\"")
	root.Add(nil)
	soc := root.Add(New("soc")).Flag("ranges")
	soc.Add(New("uart@10000000")).Reg(0x10000000, 0x100).U32("interrupts", 10).Strings("compatible", "ns16550a").Bytes("odd", []byte{1, 2, 3})
	return root.Encode(7)
}

// sampleSource is what dtc 1.6 prints for sample.
const sampleSource = `/dts-v1/;

/ {
	#address-cells = <0x02>;
	#size-cells = <0x02>;
	compatible = "a,b\0c";

	chosen {
		bootargs = "x=\"1\"";
	};

	soc {
		ranges;

		uart@10000000 {
			reg = <0x00 0x10000000 0x00 0x100>;
			interrupts = <0x0a>;
			compatible = "ns16550a";
			odd = [01 02 03];
		};
	};
};
`

// The device-tree compiler reads the blob back to the same tree.
func TestCompilerAgrees(t *testing.T) {
	dtc := lab.Tool(t, "dtc", "device-tree-compiler")
	cmd := exec.Command(dtc, "-q", "-I", "dtb", "-O", "dts")
	cmd.Stdin = bytes.NewReader(sample())
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("dtc refuses the blob: %v", err)
	}
	if d := cmp.Diff(sampleSource, string(out)); d != "" {
		t.Errorf("decompiled source (-want +got):\n%s", d)
	}
}

// The header's fields and the blocks they point to (5.2 to 5.5).
func TestHeader(t *testing.T) {
	b := sample()
	word := func(off int) uint32 { return binary.BigEndian.Uint32(b[off:]) }
	for _, c := range []struct {
		name string
		off  int
		want uint32
	}{
		{"magic", 0, 0xd00dfeed},
		{"totalsize", 4, uint32(len(b))},
		{"version", 20, 17},
		{"last_comp_version", 24, 16},
		{"boot_cpuid_phys", 28, 7},
	} {
		if got := word(c.off); got != c.want {
			t.Errorf("%s = %#x, want %#x", c.name, got, c.want)
		}
	}
	structure, size := word(8), word(36)
	if word(int(structure)) != 1 || word(int(structure+size-4)) != 9 {
		t.Error("the structure block does not go from FDT_BEGIN_NODE to FDT_END")
	}
	if word(12)+word(32) != uint32(len(b)) {
		t.Error("the strings block does not end the blob")
	}
	// "compatible" occurs twice and is stored once.
	if n := bytes.Count(b[word(12):], []byte("compatible\x00")); n != 1 {
		t.Errorf("the name \"compatible\" is stored %d times", n)
	}
}

func TestEncodeIsReproducible(t *testing.T) {
	if !bytes.Equal(sample(), sample()) {
		t.Error("the same tree gave different bytes")
	}
}
