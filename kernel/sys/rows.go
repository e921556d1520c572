//go:build riscv64 || 386

package sys

// rowSets are the rows of the topic files.
var rowSets = [][]row{
	processCalls, identityCalls, memoryCalls, signalCalls, timeCalls, futexCalls, schedCalls, systemCalls,
	fileCalls, rwCalls, copyCalls, statCalls, dirCalls, pollCalls, eventCalls, pipeCalls, socketCalls, ioctlCalls, mountCalls,
	moduleCalls, logCalls, machineCalls,
}
