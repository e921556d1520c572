package kmod

import (
	"os"
	"path/filepath"
	"testing"
)

// indexed writes a tree with kmod's own indexes, which have the binary forms
// that its modprobe reads; ours reads the texts.
func indexed(t *testing.T, tr tree, kernel map[string]string) (root string) {
	t.Helper()
	root = tr.write(t, kernel)
	runTheirs(t, "depmod", "-b", root, version)
	return root
}

// conf is a configuration with everything in it.
const conf = `# comment
alias my-net-* left
alias two frob
alias two nodev
alias nowhere missing
blacklist nodev
blacklist top
options frob count=3
options two extra=1
options chain-3 a=1  b=2
options chain3 c="x y"
install chain2 /bin/echo installing $CMDLINE_OPTS
install onlycommand /bin/true
install wild* /bin/echo wild
remove left /bin/echo removing
softdep right pre: frob chain1 post: nodev
softdep chain5 post: nothing
softdep
bogus line
include other.conf
options
alias x[ y
alias z
options split \
 one=1 \
 two=2
`

func TestModprobeShowDepends(t *testing.T) {
	root := indexed(t, sample(), map[string]string{
		"modules.builtin":         "kernel/drivers/8250.ko\nkernel/x-y.ko\n",
		"modules.builtin.modinfo": "8250.alias=serial:*\x008250.license=GPL\x00",
	})
	file := filepath.Join(t.TempDir(), "all.conf")
	writeFile(t, file, conf)
	empty := filepath.Join(t.TempDir(), "none.conf")
	writeFile(t, empty, "")
	for _, name := range []string{
		"chain1", "chain5", "top", "base-dash", "base_dash", "frobnicator", "frob", "pci:v12d34-x5", "pci:v12d34-xy", "symbol:f_left",
		"symbol:none", "none", "left.ko", "x-y", "8250", "serial:1", "word32", "my-net-eth0", "my_net_eth0", "two", "nowhere",
		"onlycommand", "wildcard", "right", "chain2", "chain3", "nodev", "block-major-8-3", "char-major-10-229", "[x]", "a]", "devname:fuse", "",
	} {
		for _, c := range []string{file, empty} {
			base := []string{"-d", root, "-S", version, "-C", c}
			for _, options := range [][]string{
				{"-D"},
				{"-n", "-v"},
				{"--show-depends", "-i"},
				{"-R"},
				{"-n", "-v", "-b"},
				{"-q", "-D"},
				{"-n", "-v", "-r"},
				{"-n", "-v", "-r", "--first-time"},
				{"-n", "-v", "-r", "--remove-holders"},
			} {
				compare(t, "modprobe", append(append(append([]string{}, base...), options...), name)...)
			}
			compare(t, "modprobe", append(append([]string{}, base...), "-D", name, "p=1", "s=a b", `q="c d"`, "flag")...)
			compare(t, "modprobe", append(append([]string{}, base...), "-a", "-D", name, "none", "chain2")...)
			compare(t, "modprobe", append(append([]string{}, base...), "-r", "-a", "-n", "-v", name, "none", "chain2")...)
		}
		if t.Failed() {
			t.Fatal(name)
		}
	}
}

func TestModprobeConfig(t *testing.T) {
	root := indexed(t, sample(), nil)
	dir := t.TempDir()
	writeFile(t, filepath.Join(dir, "b.conf"), conf)
	writeFile(t, filepath.Join(dir, "a.conf"), "alias early top\noptions late early=1\n")
	writeFile(t, filepath.Join(dir, "c.alias"), "alias third top\n")
	writeFile(t, filepath.Join(dir, "ignored"), "alias never top\n")
	if err := os.Mkdir(filepath.Join(dir, "sub.conf"), 0o755); err != nil {
		t.Fatal(err)
	}
	other := filepath.Join(t.TempDir(), "b.conf")
	writeFile(t, other, "alias shadowed top\n")
	for _, args := range [][]string{
		{"-c", "-C", dir}, {"--show-config", "-C", dir, "-C", other}, {"-c", "-C", other, "-C", dir}, {"-c", "-q", "-C", dir},
	} {
		compare(t, "modprobe", append([]string{"-d", root, "-S", version}, args...)...)
	}
}

func TestModprobeMisuse(t *testing.T) {
	root := indexed(t, sample(), nil)
	base := []string{"-d", root, "-S", version}
	for _, args := range [][]string{
		{},
		{"-a"},
		{"-r"},
		{"-w", "x", "-r", "top"},
		{"--show-modversions", "none.ko"},
		{"--show-modversions", versionDir(root) + "/kernel/fs/top.ko"},
		{"--show-exports", versionDir(root) + "/kernel/fs/top.ko"},
	} {
		compare(t, "modprobe", append(append([]string{}, base...), args...)...)
	}
	compare(t, "modprobe", "-D", "-d", t.TempDir(), "-S", "1.2", "anything")
}

func TestModprobeVersions(t *testing.T) {
	for _, word32 := range []bool{false, true} {
		root := indexed(t, tree{"crc.ko": {
			word32: word32, exports: []string{"a", "b"}, needs: []string{"printk"},
			versions: map[string]uint32{"a": 0x1234, "b": 0xdeadbeef, "printk": 7, "module_layout": 0x80000000},
		}}, nil)
		file := versionDir(root) + "/crc.ko"
		compare(t, "modprobe", "-d", root, "-S", version, "--dump-modversions", file)
		compare(t, "modprobe", "-d", root, "-S", version, "--show-exports", file)
	}
}

func TestModinfo(t *testing.T) {
	tr := sample()
	tr["kernel/noinfo.ko"] = object{noInfo: true}
	tr["kernel/empty.ko"] = object{}
	root := indexed(t, tr, map[string]string{
		"modules.builtin":         "kernel/drivers/8250.ko\n",
		"modules.builtin.modinfo": "8250.alias=serial:*\x008250.license=GPL\x008250.parm=a:b\x00other.license=X\x00",
	})
	dir := versionDir(root)
	bad := filepath.Join(t.TempDir(), "bad.ko")
	writeFile(t, bad, "this is no module at all, but it is long enough")
	short := filepath.Join(t.TempDir(), "short.ko")
	writeFile(t, short, "abc\n")
	cut := filepath.Join(t.TempDir(), "cut.ko")
	writeFile(t, cut, string(user("cut").bytes()[:100]))
	for _, name := range []string{
		"frob", "blkdrv", "nodev", "top", "word32", "frobnicator", "base-dash", "none", "./none.ko", "a]", "8250", "serial:1", "noinfo", "empty",
		dir + "/kernel/drivers/frob.ko", dir + "/kernel/drivers/../drivers/blkdrv.ko", bad, short, cut,
	} {
		for _, options := range [][]string{
			{},
			{"-0"},
			{"-F", "alias"},
			{"-F", "parm"},
			{"-F", "filename"},
			{"-F", "name"},
			{"-F", "nothing"},
			{"-a"},
			{"-d"},
			{"-l"},
			{"-p"},
			{"-n"},
			{"-0", "-p"},
			{"-m"},
			{"-l", "-F", "name"},
			{"-F", "parmtype"},
		} {
			compare(t, "modinfo", append(append([]string{"-b", root, "-k", version}, options...), name)...)
		}
	}
	compare(t, "modinfo", "-b", root, "-k", version, "frob", "none", "top")
	compare(t, "modinfo")
}
