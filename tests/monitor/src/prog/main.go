// Command prog is something to look at with a debugger in the guest: a variable
// that a loop changes through a function.
package main

var counter int

// bump adds to the counter.
//
//go:noinline
func bump(by int) int {
	counter += by
	return counter
}

func main() {
	for i := range 3 {
		bump(i + 1)
	}
	println("counter", counter)
}
