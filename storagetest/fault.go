package storagetest

import (
	"fmt"
	"slices"
	"sync"
	"testing"
)

// Fault is one thing that goes wrong with a storage. Its zero fields match everything.
type Fault struct {
	Key string // of the object; the path, for HTTP; any when empty
	Op  Op     // any when empty
	Nth int    // of the calls that match, counted from 1; every one when 0

	// At is after how many bytes of a body the Action happens: of what the call delivers, not of the object.
	// Actions that do not concern a body ignore it.
	At int64

	Action Action

	// MayMiss says that the test is good even if the fault never happens. A fault that never happens fails the
	// test otherwise: the test would have shown nothing.
	MayMiss bool
}

// String returns the fault as it is told in a failure.
func (f Fault) String() string {
	op, key := f.Op, f.Key
	if op == "" {
		op = "any operation"
	}
	if key == "" {
		key = "any key"
	}
	s := fmt.Sprintf("%s on %s of %s", f.Action, op, key)
	if f.Action.kind >= breakOff {
		s += fmt.Sprintf(" at byte %d", f.At)
	}
	if f.Nth > 0 {
		s += fmt.Sprintf(", call %d", f.Nth)
	}
	return s
}

// Script is what goes wrong with a storage, in parts that add up. Its methods may be called by many
// goroutines at once.
type Script struct {
	t      testing.TB
	refuse func(Fault) string // says why a fault can never happen, or ""

	mu     sync.Mutex
	faults []*scriptedFault
}

func newScript(t testing.TB, refuse func(Fault) string) *Script {
	return &Script{t: t, refuse: refuse}
}

// scripted is a fault with what became of it.
type scriptedFault struct {
	Fault

	script *Script
	seen   int // calls that match
	fired  bool
}

// Fault adds faults. One that can never happen fails the test at once.
func (s *Script) Fault(faults ...Fault) {
	s.t.Helper()
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, f := range faults {
		why := s.refuse(f)
		if f.Action.kind == none {
			why = "it has no Action"
		}
		if why != "" {
			s.t.Errorf("storagetest: this fault can never happen, since %s: %s", why, f)
			continue
		}
		s.faults = append(s.faults, &scriptedFault{Fault: f, script: s})
	}
}

// Fired counts the faults that have happened.
func (s *Script) Fired() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	n := 0
	for _, f := range s.faults {
		if f.fired {
			n++
		}
	}
	return n
}

// Heal ends all faults: calls that begin from now on are answered as they should be. It fails the test
// for faults that never happened.
func (s *Script) Heal() {
	s.t.Helper()
	s.reportMissed()
	s.mu.Lock()
	defer s.mu.Unlock()
	s.faults = nil
}

// match returns the faults of a call.
func (s *Script) match(op Op, key string) activeFaults {
	s.mu.Lock()
	defer s.mu.Unlock()
	var a activeFaults
	for _, f := range s.faults {
		if f.Op != "" && f.Op != op || f.Key != "" && f.Key != key {
			continue
		}
		f.seen++
		if f.Nth == 0 || f.Nth == f.seen {
			a = append(a, f)
		}
	}
	return a
}

func (f *scriptedFault) fire() {
	f.script.mu.Lock()
	defer f.script.mu.Unlock()
	f.fired = true
}

// reportMissed fails the test for every fault that never happened.
func (s *Script) reportMissed() {
	t := s.t
	t.Helper()
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, f := range s.faults {
		switch {
		case f.fired || f.MayMiss:
		case f.seen == 0:
			t.Errorf("storagetest: a fault never happened, since no call matched it: %s", f.Fault)
		case f.Nth > f.seen:
			t.Errorf("storagetest: a fault never happened, since only %d calls matched it: %s", f.seen, f.Fault)
		default:
			t.Errorf("storagetest: a fault never happened, since no call that matched it got that far: %s", f.Fault)
		}
	}
}

// armed are the faults of one call.
type activeFaults []*scriptedFault

// find returns the first fault of a kind.
func (a activeFaults) find(k kind) *scriptedFault {
	for _, f := range a {
		if f.Action.kind == k {
			return f
		}
	}
	return nil
}

// take is find for what happens now.
func (a activeFaults) take(k kind) (*Action, bool) {
	f := a.find(k)
	if f == nil {
		return nil, false
	}
	f.fire()
	return &f.Action, true
}

// withoutBody leaves out what happens to a body.
func (a activeFaults) withoutBody() activeFaults {
	return slices.DeleteFunc(a, func(f *scriptedFault) bool { return f.Action.kind >= breakOff })
}

// bodies reports whether a body has to pass through the kit.
func (a activeFaults) affectsBody() bool {
	for _, f := range a {
		if f.Action.kind >= breakOff {
			return true
		}
	}
	return false
}
