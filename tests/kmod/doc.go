// Package kmod compares the module tools with Debian's kmod, the program whose
// messages, exit statuses and files they promise to have: on trees of modules
// made here, without a compiler, some of them at random.
package kmod
