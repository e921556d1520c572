package task

import (
	"testing"

	"rv86/kernel/abi"
)

func TestSigQueue(t *testing.T) {
	var q sigQueue
	const rt = firstRealtime + 2
	for _, i := range []SigInfo{
		{Signo: rt, Value: 1},
		{Signo: abi.SIGTERM, PID: 1},
		{Signo: rt, Value: 2},
		{Signo: abi.SIGTERM, PID: 2},
		{Signo: abi.SIGSEGV},
		{Signo: abi.SIGHUP},
	} {
		q.add(i)
	}
	// Faults first, then by number; a standard signal counts once, a real-time
	// one as often as it was sent, in order.
	for _, want := range []SigInfo{
		{Signo: abi.SIGSEGV},
		{Signo: abi.SIGHUP},
		{Signo: abi.SIGTERM, PID: 1},
		{Signo: rt, Value: 1},
		{Signo: rt, Value: 2},
	} {
		if got, ok := q.take(^SigSet(0)); !ok || got != want {
			t.Fatalf("took %+v, want %+v", got, want)
		}
	}
	if _, ok := q.take(^SigSet(0)); ok || q.set != 0 || len(q.infos) != 0 {
		t.Errorf("the queue is not empty: %+v", q)
	}
}

func TestSigQueueRespectsMask(t *testing.T) {
	var q sigQueue
	q.add(SigInfo{Signo: abi.SIGINT})
	if _, ok := q.take(^SetOf(abi.SIGINT)); ok {
		t.Error("took a signal that was not wanted")
	}
	q.remove(SetOf(abi.SIGINT, abi.SIGTERM))
	if q.set != 0 || len(q.infos) != 0 {
		t.Error("remove left something")
	}
}

func TestSigQueueIsBounded(t *testing.T) {
	var q sigQueue
	for range 2 * maxQueued {
		q.add(SigInfo{Signo: abi.NSIG})
	}
	if len(q.infos) != maxQueued {
		t.Errorf("%d signals are queued", len(q.infos))
	}
}

func TestKillComesFirst(t *testing.T) {
	if got := SetOf(abi.SIGSEGV, abi.SIGHUP, abi.SIGKILL).first(); got != abi.SIGKILL {
		t.Errorf("first is %d", got)
	}
}

func TestIgnores(t *testing.T) {
	var a actions
	a.of[abi.SIGTERM].Handler = abi.SIG_IGN
	a.of[abi.SIGCHLD].Handler = 0x1000
	for sig, want := range map[int]bool{
		abi.SIGTERM: true, abi.SIGCHLD: false, abi.SIGURG: true, abi.SIGINT: false, abi.SIGSTOP: false,
	} {
		if got := a.ignores(sig); got != want {
			t.Errorf("signal %d: ignored = %v", sig, got)
		}
	}
}

func TestDefaultActions(t *testing.T) {
	for sig, want := range map[int]disposition{
		abi.SIGKILL: actTerminate, abi.SIGTERM: actTerminate, abi.SIGPIPE: actTerminate, abi.NSIG: actTerminate,
		abi.SIGSEGV: actCore, abi.SIGABRT: actCore, abi.SIGQUIT: actCore,
		abi.SIGSTOP: actStop, abi.SIGTTIN: actStop, abi.SIGCHLD: actIgnore, abi.SIGURG: actIgnore,
	} {
		if got := defaultOf(sig); got != want {
			t.Errorf("signal %d: %d, want %d", sig, got, want)
		}
	}
	every := ^SigSet(0)
	if fixed := every &^ every.maskable(); fixed != SetOf(abi.SIGKILL, abi.SIGSTOP) {
		t.Errorf("cannot be blocked: %#x", fixed)
	}
}
