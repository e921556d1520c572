package shell

import (
	"context"
	"fmt"
	"os"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"time"

	"golang.org/x/sys/unix"
	"mvdan.cc/sh/v3/interp"
)

// ourPrefix marks a builtin that this package implements. The interpreter
// knows these names and would refuse them as unimplemented, so the call
// handler renames them; no user's command can have such a name.
const ourPrefix = "sh builtin "

type builtin func(sh *shell, hc interp.HandlerContext, args []string) int

var builtins map[string]builtin

func init() { // not a literal: the functions refer to the map through shell.exec
	builtins = map[string]builtin{
		ourPrefix + "bg":      (*shell).continueJob,
		ourPrefix + "echo":    (*shell).echo,
		ourPrefix + "fg":      (*shell).continueJob,
		ourPrefix + "history": (*shell).showHistory,
		ourPrefix + "jobs":    (*shell).listJobs,
		ourPrefix + "kill":    (*shell).kill,
		ourPrefix + "printf":  (*shell).printf,
		ourPrefix + "umask":   (*shell).umask,
	}
}

// handleCall is the interpreter's call handler: it puts builtins of ours in the
// place of the interpreter's.
func handleCall(_ context.Context, args []string) ([]string, error) {
	if _, ours := builtins[ourPrefix+args[0]]; ours {
		args = slices.Clone(args)
		args[0] = ourPrefix + args[0]
	}
	return args, nil
}

// startGrace is how long kill waits for a background list that has not started
// its first program yet: `sleep 9 & kill $!` must not fail because the list
// runs in a goroutine of its own.
const startGrace = 200 * time.Millisecond

// find returns the job that "%1", "g1", "%" or nothing names.
func (t *jobTable) find(name string) *job {
	t.mu.Lock()
	defer t.mu.Unlock()
	name = strings.TrimLeft(name, "%g+")
	if name == "" {
		newest := 0
		for n := range t.background {
			newest = max(newest, n)
		}
		return t.background[newest]
	}
	n, err := strconv.Atoi(name)
	if err != nil {
		return nil
	}
	expired := false
	timeout := time.AfterFunc(startGrace, func() {
		t.mu.Lock()
		expired = true
		t.mu.Unlock()
		t.cond.Broadcast()
	})
	defer timeout.Stop()
	for t.background[n] == nil && !expired {
		t.cond.Wait()
	}
	return t.background[n]
}

// kill is kill(1) that also knows jobs.
func (sh *shell) kill(hc interp.HandlerContext, args []string) int {
	if len(args) > 1 && args[1] == "-l" {
		return sh.exitOf("kill", hc, args)
	}
	targets := slices.Clone(args[1:])
	for i, arg := range targets {
		if !strings.HasPrefix(arg, "%") && !(len(arg) > 1 && arg[0] == 'g' && arg[1] >= '0' && arg[1] <= '9') {
			continue
		}
		j := sh.jobs.find(arg)
		if j == nil || j.alive == 0 {
			fmt.Fprintf(hc.Stderr, "sh: kill: %s: no such job\n", arg)
			return 1
		}
		targets[i] = strconv.Itoa(j.last)
		if sh.jobs.terminal != noTerminal {
			targets[i] = strconv.Itoa(-j.pgid)
		}
	}
	// A negative number must not be taken for a signal.
	if len(targets) > 0 && strings.HasPrefix(targets[0], "-") && isGroup(targets[0], args[1]) {
		targets = append([]string{"--"}, targets...)
	}
	return sh.exitOf("kill", hc, append([]string{"kill"}, targets...))
}

func isGroup(target, given string) bool { return target != given }

// exitOf runs one of the binary's own commands as a process.
func (sh *shell) exitOf(name string, hc interp.HandlerContext, args []string) int {
	path, status, reason := findProgram(hc, name)
	if status != 0 {
		fmt.Fprintf(hc.Stderr, "sh: %s: %s\n", name, reason)
		return status
	}
	args = slices.Clone(args)
	args[0] = name
	status, err := sh.runProgram(context.Background(), hc, path, args)
	if err != nil {
		return statusSignal
	}
	return status
}

// continueJob is fg and bg.
func (sh *shell) continueJob(hc interp.HandlerContext, args []string) int {
	name := strings.TrimPrefix(args[0], ourPrefix)
	if sh.jobs.terminal == noTerminal {
		fmt.Fprintf(hc.Stderr, "sh: %s: no job control\n", name)
		return 1
	}
	which := ""
	if len(args) > 1 {
		which = args[1]
	}
	j := sh.jobs.find(which)
	if j == nil {
		fmt.Fprintf(hc.Stderr, "sh: %s: no such job\n", name)
		return 1
	}
	fmt.Fprintln(hc.Stdout, j.text)
	if name == "fg" {
		unix.IoctlSetPointerInt(sh.jobs.terminal, unix.TIOCSPGRP, j.pgid)
	}
	wasStopped := j.stopped
	j.stopped = false
	syscall.Kill(-j.pgid, syscall.SIGCONT)
	if name == "fg" && wasStopped {
		<-j.resumed
		sh.jobs.release()
	}
	return 0
}

func (sh *shell) listJobs(hc interp.HandlerContext, _ []string) int {
	sh.jobs.mu.Lock()
	defer sh.jobs.mu.Unlock()
	numbers := make([]int, 0, len(sh.jobs.background))
	for n := range sh.jobs.background {
		numbers = append(numbers, n)
	}
	slices.Sort(numbers)
	for _, n := range numbers {
		j := sh.jobs.background[n]
		state := "Running"
		switch {
		case j.alive == 0:
			continue
		case j.stopped:
			state = "Stopped"
		}
		fmt.Fprintf(hc.Stdout, "[%d]   %-10s %s\n", n, state, j.text)
	}
	return 0
}

func (sh *shell) showHistory(hc interp.HandlerContext, _ []string) int {
	if sh.history == nil {
		return 0
	}
	for i := range sh.history.lines {
		fmt.Fprintf(hc.Stdout, "%5d  %s\n", i+1, sh.history.lines[i])
	}
	return 0
}

// umask sets or prints the file creation mask of the shell and, through it, of
// the programs it starts.
func (sh *shell) umask(hc interp.HandlerContext, args []string) int {
	if len(args) < 2 {
		mask := syscall.Umask(0)
		syscall.Umask(mask)
		fmt.Fprintf(hc.Stdout, "%04o\n", mask)
		return 0
	}
	mask, err := strconv.ParseUint(args[1], 8, 32)
	if err != nil || mask > uint64(os.ModePerm) {
		fmt.Fprintf(hc.Stderr, "sh: umask: %s: invalid octal mask\n", args[1])
		return 1
	}
	syscall.Umask(int(mask))
	return 0
}
