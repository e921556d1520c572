// Package importlaw holds the law about which package may import which, as
// text, and the test that enforces it. It says what DESIGN says in one
// paragraph: host and guest never import each other and meet in pure leaf
// packages only; layers go downwards; unsafe code stands in files named for it.
package importlaw
