package shell

import (
	"strconv"
	"strings"

	"mvdan.cc/sh/v3/expand"
	"mvdan.cc/sh/v3/syntax"
)

// The interpreter does not tell a handler whether the command it runs belongs
// to a background list. So every `LIST &` is rewritten, before it runs, to
//
//	rv86_jobs=$((rv86_jobs + 1)); { rv86_job=$rv86_jobs; LIST; } &
//
// The first variable counts as the interpreter's $! does (g1, g2, ...); the
// second exists in the background copy of the shell only, and is what
// jobNumber reads. Neither is exported.
const (
	jobsVar = "rv86_jobs"
	jobVar  = "rv86_job"
)

// jobNumber returns the number of the background list that a command belongs
// to, or 0 for a command in the foreground.
func jobNumber(env expand.Environ) int {
	n, _ := strconv.Atoi(env.Get(jobVar).String())
	return n
}

// markBackground rewrites the background lists of a program, however deep.
func markBackground(node syntax.Node) {
	syntax.Walk(node, func(node syntax.Node) bool {
		switch n := node.(type) {
		case *syntax.File:
			n.Stmts = markList(n.Stmts)
		case *syntax.Block:
			n.Stmts = markList(n.Stmts)
		case *syntax.Subshell:
			n.Stmts = markList(n.Stmts)
		case *syntax.CmdSubst:
			n.Stmts = markList(n.Stmts)
		case *syntax.IfClause:
			n.Cond = markList(n.Cond)
			n.Then = markList(n.Then)
		case *syntax.WhileClause:
			n.Cond = markList(n.Cond)
			n.Do = markList(n.Do)
		case *syntax.ForClause:
			n.Do = markList(n.Do)
		case *syntax.CaseItem:
			n.Stmts = markList(n.Stmts)
		}
		return true
	})
}

// markStatement rewrites one statement and what is inside it.
func markStatement(stmt *syntax.Stmt) syntax.Node {
	if !stmt.Background {
		markBackground(stmt)
		return stmt
	}
	file := &syntax.Block{Stmts: []*syntax.Stmt{stmt}}
	markBackground(file)
	return file
}

func markList(list []*syntax.Stmt) []*syntax.Stmt {
	marked := list[:0:0]
	for _, stmt := range list {
		if !stmt.Background || isMarked(stmt) {
			marked = append(marked, stmt)
			continue
		}
		inner := *stmt
		inner.Background = false
		count, name := markerStatements()
		stmt.Cmd = &syntax.Block{Stmts: []*syntax.Stmt{name, &inner}}
		stmt.Redirs, stmt.Negated = nil, false
		marked = append(marked, count, stmt)
	}
	return marked
}

// isMarked keeps the walk, which visits what markList put in place, from
// marking it again.
func isMarked(stmt *syntax.Stmt) bool {
	block, ok := stmt.Cmd.(*syntax.Block)
	if !ok || len(block.Stmts) == 0 {
		return false
	}
	call, ok := block.Stmts[0].Cmd.(*syntax.CallExpr)
	return ok && len(call.Assigns) == 1 && call.Assigns[0].Name != nil && call.Assigns[0].Name.Value == jobVar
}

// markerStatements parses the two assignments afresh, since a syntax tree must
// not share nodes.
func markerStatements() (count, name *syntax.Stmt) {
	src := jobsVar + "=$((" + jobsVar + " + 1)); " + jobVar + "=$" + jobsVar
	file, err := syntax.NewParser().Parse(strings.NewReader(src), "")
	if err != nil {
		panic("shell: bug: " + err.Error())
	}
	return file.Stmts[0], file.Stmts[1]
}
