package gdb

import (
	"bytes"
	"debug/elf"
	"encoding/hex"
	"fmt"
	"strings"

	"rv86/monitor"
)

// features are what qSupported offers.
const supported = "PacketSize=%x;QStartNoAckMode+;qXfer:features:read+;qXfer:libraries:read+;qXfer:exec-file:read+;" +
	"vContSupported+;ReverseStep+;ReverseContinue+;swbreak+;hwbreak+"

// query answers q and Q packets ("General Query Packets").
func (c *client) query(p string) string {
	name, args, _ := strings.Cut(p, ":")
	switch {
	case name == "qSupported":
		c.sw, c.hw = strings.Contains(args, "swbreak+"), strings.Contains(args, "hwbreak+")
		c.install()
		return fmt.Sprintf(supported, maxPacket)
	case name == "QStartNoAckMode":
		return replyOK
	case name == "qXfer":
		return c.transfer(args)
	case name == "qAttached": // leaving lets the machine run on
		return "1"
	case name == "qC":
		return "QC1"
	case name == "qfThreadInfo":
		return "m1"
	case name == "qsThreadInfo":
		return "l"
	case name == "qSymbol":
		return replyOK
	case strings.HasPrefix(name, "qThreadExtraInfo"):
		return hex.EncodeToString([]byte(c.Target.Privilege()))
	case strings.HasPrefix(p, "qRcmd,"):
		return c.command(p[len("qRcmd,"):])
	}
	return ""
}

// command executes one of the monitor's. It may have set points of its own, and
// the client's come back; what it printed goes to gdb's console.
func (c *client) command(p string) string {
	line, err := hex.DecodeString(p)
	if err != nil {
		return replyError
	}
	text := c.Guest.Command(string(line))
	c.install()
	const most = (maxPacket - 1) / 2
	for len(text) > 0 {
		part := text[:min(len(text), most)]
		c.send("O" + hex.EncodeToString([]byte(part)))
		text = text[len(part):]
	}
	return replyOK
}

// transfer answers qXfer:OBJECT:read:ANNEX:OFFSET,LENGTH.
func (c *client) transfer(args string) string {
	f := strings.Split(args, ":")
	if len(f) != 4 || f[1] != "read" {
		return ""
	}
	var object string
	switch {
	case f[0] == "features" && f[2] == "target.xml":
		object = c.desc.xml()
	case f[0] == "libraries":
		object = c.libraries()
	case f[0] == "exec-file":
		if _, ok := c.Guest.File(KernelName); ok {
			object = KernelName
		}
	default:
		return replyError
	}
	off, n, ok := span(f[3])
	switch {
	case !ok:
		return replyError
	case off >= uint64(len(object)):
		return "l"
	}
	part := object[off:]
	if room := min(n, maxPacket/2); uint64(len(part)) > room {
		return "m" + escape([]byte(part[:room]))
	}
	return "l" + escape([]byte(part))
}

// libraries is the list of modules ("Library List Format"): for each section
// that the file marks as allocated its address, in the file's order.
func (c *client) libraries() string {
	modules := c.Guest.Modules()
	c.told = listKey(modules)
	var b strings.Builder
	b.WriteString("<library-list>")
	for _, m := range modules {
		name := "/lib/modules/" + m.Name + ".ko"
		file, ok := c.Guest.File(name)
		if !ok {
			continue
		}
		fmt.Fprintf(&b, `<library name="%s">`, name)
		for _, addr := range sectionAddresses(file, m) {
			fmt.Fprintf(&b, `<section address="%#x"/>`, addr)
		}
		b.WriteString("</library>")
	}
	b.WriteString("</library-list>")
	return b.String()
}

// sectionAddresses: code that is not in memory any more is at 0, where nothing
// else is. Data that never was gets an address of the module's, since gdb takes
// the lowest and the highest for the module's bounds.
func sectionAddresses(file []byte, m monitor.LoadedModule) (out []uint64) {
	f, err := elf.NewFile(bytes.NewReader(file))
	if err != nil {
		return nil
	}
	first := uint64(0)
	for _, s := range m.Sections {
		if first == 0 || s.Addr < first {
			first = s.Addr
		}
	}
	for _, s := range f.Sections {
		if s.Flags&elf.SHF_ALLOC == 0 {
			continue
		}
		addr := first
		if s.Flags&elf.SHF_EXECINSTR != 0 {
			addr = 0
		}
		for _, at := range m.Sections {
			if at.Name == s.Name {
				addr = at.Addr
			}
		}
		out = append(out, addr)
	}
	return out
}

// listKey tells lists with different modules or places apart.
func listKey(modules []monitor.LoadedModule) (key string) {
	for _, m := range modules {
		key += fmt.Sprint(m.Name, m.Sections)
	}
	return key
}

// modulesChanged reports whether the client's list is out of date.
func (c *client) modulesChanged() bool { return listKey(c.Guest.Modules()) != c.told }
