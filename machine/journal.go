package machine

import "sort"

// A run's course depends on its images and on what the world outside did to
// it: bytes of input that came, and moves of the clock at wall-clock pace. The
// run loop has moments, which it counts, at which the world may act; nothing
// else of the world is ever seen. So a list of (moment, act) repeats a run.

// Act is what the world outside did at a moment.
type Act uint8

const (
	ActInput Act = iota // Value is a byte of console input
	ActClock            // the clock was moved on to slot Value
)

// Event is one act.
type Event struct {
	Moment uint64
	Insn   uint64 // the machine's time, for people and as a check
	Value  uint64
	Act    Act
}

// Journal remembers what the world did, and repeats it: up to the last moment
// it knows of the journal decides, after that the world does. The zero Journal
// is ready. Not safe for concurrent use.
type Journal struct {
	events []Event // by rising moment
	known  uint64  // the last moment that is decided
	full   bool    // there was more than maxEvents
}

// maxEvents bounds a journal: days of typing, hours of a clock that is paced.
const maxEvents = 1 << 22

// NewJournal returns one that repeats events, which go by rising moment, and
// decides every moment up to known.
func NewJournal(events []Event, known uint64) *Journal {
	return &Journal{events: events, known: known}
}

// Again returns a journal that repeats what j remembers and then lets nothing
// come; ok is false if there was too much to remember.
func (j *Journal) Again() (again *Journal, ok bool) {
	return &Journal{events: j.events[:len(j.events):len(j.events)], known: j.known}, !j.full
}

// Events lists what happened.
func (j *Journal) Events() []Event { return j.events }

// Known is the last moment that the journal decides.
func (j *Journal) Known() uint64 { return j.known }

// Cut forgets everything after a moment: another future begins.
func (j *Journal) Cut(moment uint64) {
	i := sort.Search(len(j.events), func(i int) bool { return j.events[i].Moment > moment })
	j.events = j.events[:i:i]
	j.known = min(j.known, moment)
}

// at returns the events of a moment; decided is false if the world decides.
func (j *Journal) at(moment uint64) (events []Event, decided bool) {
	if moment > j.known {
		return nil, false
	}
	lo := sort.Search(len(j.events), func(i int) bool { return j.events[i].Moment >= moment })
	hi := lo
	for hi < len(j.events) && j.events[hi].Moment == moment {
		hi++
	}
	return j.events[lo:hi], true
}

// decide notes that nothing more will happen at a moment.
func (j *Journal) decide(moment uint64) { j.known = max(j.known, moment) }

func (j *Journal) add(e Event) {
	if len(j.events) >= maxEvents {
		j.full = true
		return
	}
	j.events = append(j.events, e)
}
