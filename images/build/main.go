package main

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"

	"golang.org/x/term"
)

// Exit statuses: as the rv86 command's.
const (
	statusFailure = 1
	statusUsage   = 2
)

func main() {
	arch := flag.String("arch", "riscv64", "the guest's architecture: "+archNames())
	out := flag.String("out", "", "the directory to write to (default images/ARCH)")
	embed := flag.Bool("embed", false, "put the initramfs into the kernel's image, which then boots without one")
	showMap := flag.Bool("map", false, "print the kernel image's sections")
	flag.Parse()
	if flag.NArg() > 0 {
		fail(statusUsage, fmt.Errorf("unexpected argument %q; see -help", flag.Arg(0)))
	}
	target, ok := targets[*arch]
	if !ok {
		fail(statusUsage, fmt.Errorf("-arch %s is not one of: %s", *arch, archNames()))
	}
	root, err := moduleRoot()
	if err != nil {
		fail(statusFailure, err)
	}
	b := &builder{root: root, arch: *arch, target: target, out: *out, embed: *embed}
	if b.out == "" {
		b.out = filepath.Join(root, "images", *arch)
	}
	b.progress.on = term.IsTerminal(int(os.Stderr.Fd()))
	err = b.build()
	b.progress.clear()
	if err != nil {
		fail(statusFailure, err)
	}
	if *showMap {
		b.image.WriteMap(os.Stdout)
	}
}

func fail(status int, err error) {
	fmt.Fprintf(os.Stderr, "images: %v\n", err)
	os.Exit(status)
}

// progress shows, on a terminal only, the step that is under way.
type progress struct{ on bool }

func (p *progress) step(text string) {
	if p.on {
		fmt.Fprintf(os.Stderr, "\r\x1b[Kimages: %s ...", text)
	}
}

func (p *progress) clear() {
	if p.on {
		fmt.Fprint(os.Stderr, "\r\x1b[K")
	}
}

// moduleRoot finds the directory of go.mod, so that the command works from
// anywhere inside the tree.
func moduleRoot() (string, error) {
	dir, err := os.Getwd()
	if err != nil {
		return "", err
	}
	for {
		if _, err := os.Stat(filepath.Join(dir, "go.mod")); err == nil {
			return dir, nil
		}
		up := filepath.Dir(dir)
		if up == dir {
			return "", fmt.Errorf("no go.mod here or above; run it inside the rv86 source tree")
		}
		dir = up
	}
}
