// Package modlib is what the tools that handle loadable modules have in common:
// how a module is called, what its file says about it, the index files of
// /lib/modules/VERSION, the configuration of /etc/modprobe.d, and how these
// three answer "which modules are meant, and what has to be loaded first". It
// is pure: texts and bytes in, names and plans out; the commands of
// userland/modtools read the files and ask the kernel.
//
// Behaviour follows kmod 30: depmod.d(5), modprobe.d(5), modules.dep(5), and
// where these are silent what the program does.
//
// Left out: the binary indexes (*.bin), which say the same as the texts.
package modlib
