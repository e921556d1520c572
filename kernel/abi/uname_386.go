package abi

// Machine is uname's machine.
const Machine = "i686"
