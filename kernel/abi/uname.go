package abi

// Release is the kernel's release as uname(2) gives it: Linux's version whose
// behaviour is followed, and our name. Modules' vermagic begins with it.
const Release = "6.6.0-rv86"
