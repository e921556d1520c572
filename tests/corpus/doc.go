// Package corpus relocates the modules of Debian's kernels as the loader does
// and as GNU ld does, at the same addresses: every byte of every loaded section
// must be the same, or the loader must refuse the module with a reason.
//
// The packages are fetched with the system's apt, into a folder of the user's
// cache, some 170 MB once, in CI and with RV86_CORPUS=all, which also take all of
// the 7,000 modules; otherwise every 100th is taken of what is there already.
// Without a way to fetch them the test says so and is skipped.
package corpus
