// Package coverage counts which instructions of a module were executed, and
// says what that means for its functions and source lines: as text in gcov's
// columns, and as an lcov tracefile (geninfo(1), "FILES"). Pure: the machine
// tells it where sections are and which instructions it executes.
//
// A line's count is the largest count of a place where the line table says that
// the line begins, as a loop's line begins once and is then come back to. What
// the compiler merged or removed has no count.
package coverage
