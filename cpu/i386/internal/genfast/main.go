// Command genfast writes fast_unsafe.go in the current directory. It is run by
// go generate in cpu/i386.
package main

import (
	"log"
	"os"

	"rv86/cpu/i386/internal/fastgen"
)

func main() {
	src, err := fastgen.Source()
	if err == nil {
		err = os.WriteFile("fast_unsafe.go", src, 0o644)
	}
	if err != nil {
		log.Fatal(err)
	}
}
