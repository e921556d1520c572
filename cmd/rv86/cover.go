package main

// coverFlags belong to run.
type coverFlags struct {
	Cover    []string `help:"Print which lines of a module were executed, and how often. Repeatable." placeholder:"F.ko" sep:"none"`
	CoverOut string   `help:"Write the coverage to a file, for lcov and genhtml." placeholder:"FILE"`
}
