package main

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"os/signal"
	"slices"
	"strings"

	"rv86/machine/bench"
	"rv86/machine/session"
)

// benchCmd is `rv86 bench`.
type benchCmd struct {
	Arch   string   `help:"Machine to measure: ${enum}." enum:"riscv64,i386" default:"riscv64" placeholder:"ARCH"`
	Kind   []string `help:"Only these kinds (comma-separated): integer, memory, float; on riscv64 also traps, branchy." placeholder:"KINDS"`
	Insns  uint64   `help:"Instructions per round." default:"200000000" placeholder:"N"`
	Rounds int      `help:"Rounds per kind; the best counts." default:"3" placeholder:"N"`
	JSON   bool     `name:"json" help:"Print JSON."`
}

// Run measures each kind and prints a table.
func (c *benchCmd) Run(s *streams) error {
	if c.Insns == 0 || c.Rounds < 1 {
		return fmt.Errorf("--insns and --rounds must be at least 1")
	}
	kinds, err := c.kinds()
	if err != nil {
		return err
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	progress := newProgress(s.err)
	cfg := bench.Config{Insns: c.Insns, Rounds: c.Rounds, Round: func(kind string, n int) {
		progress.show("%s, round %d of %d", kind, n, c.Rounds)
	}}
	var results []bench.Result
	for i := range kinds {
		r, err := bench.Run(ctx, &kinds[i], cfg)
		progress.clear()
		if err != nil {
			return &failure{statusTestFailed, err}
		}
		results = append(results, r)
		if !c.JSON {
			if i == 0 {
				fmt.Fprintf(s.out, "%-8s %9s %13s %8s  %s\n", "kind", "MIPS", "instructions", "seconds", "what")
			}
			if _, err := fmt.Fprintf(s.out, "%-8s %9.1f %13d %8.3f  %s\n", r.Kind, r.MIPS, r.Insns, r.Secs, kinds[i].What); err != nil {
				return outputFailure("the result", err)
			}
		}
	}
	if c.JSON {
		e := json.NewEncoder(s.out)
		e.SetIndent("", "  ")
		if err := e.Encode(results); err != nil {
			return outputFailure("the result", err)
		}
	}
	return nil
}

// kinds are the chosen benchmarks, in the order of the table.
func (c *benchCmd) kinds() ([]bench.Kind, error) {
	all := bench.Kinds
	if c.Arch != session.DefaultArch {
		all = bench.I386
	}
	if len(c.Kind) == 0 {
		return all, nil
	}
	var names []string
	var out []bench.Kind
	for _, k := range all {
		names = append(names, k.Name)
		if slices.Contains(c.Kind, k.Name) {
			out = append(out, k)
		}
	}
	for _, name := range c.Kind {
		if !slices.Contains(names, name) {
			return nil, fmt.Errorf("there is no benchmark %q; there are %s", name, strings.Join(names, ", "))
		}
	}
	return out, nil
}
