package sched_test

import "rv86/kmod/kapi"

type call = kapi.Call

// lkmRow makes a table of one row, for what only a row can do.
func lkmRow(f func(c *call) uint64) []kapi.Func { return []kapi.Func{{Name: "row", Call: f}} }
