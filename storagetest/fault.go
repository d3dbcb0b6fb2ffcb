package storagetest

import (
	"fmt"
	"slices"
	"sync"
	"testing"
)

// Fault is one failure of a storage: an [Action] and the calls that it applies to. A zero field matches every call.
type Fault struct {
	// Key is the key of the object, or the path of an HTTP request. An empty Key matches every object.
	Key string

	// Op is the operation. An empty Op matches every operation.
	Op Op

	// Nth selects one of the matching calls, counted from 1. 0 selects all of them.
	Nth int

	// At is the position of the Action in a body, in bytes from the start of the call's body, not of the object.
	// An Action that does not concern a body ignores it.
	At int64

	// Action is the failure. It is required.
	Action Action

	// MayMiss allows that the fault never happens. By default, that fails the test.
	MayMiss bool
}

// String describes the fault for a failure message.
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

// Script is the list of faults of a storage. All faults that match a call apply to it. It is safe for concurrent
// use.
type Script struct {
	t      testing.TB
	refuse func(Fault) string // returns the reason why a fault can never happen, or ""

	mu     sync.Mutex
	faults []*scriptedFault
}

func newScript(t testing.TB, refuse func(Fault) string) *Script {
	return &Script{t: t, refuse: refuse}
}

// scriptedFault is a fault with the number of its calls.
type scriptedFault struct {
	Fault

	script *Script
	seen   int // calls that match
	fired  bool
}

// Fault adds faults. A fault that can never happen fails the test at once.
func (s *Script) Fault(faults ...Fault) {
	s.t.Helper()
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, f := range faults {
		why := s.refuse(f)
		if f.Action.kind == none {
			why = "its Action is not set"
		}
		if why != "" {
			s.t.Errorf("storagetest: fault %q can never happen: %s", f, why)
			continue
		}
		s.faults = append(s.faults, &scriptedFault{Fault: f, script: s})
	}
}

// Fired returns the number of faults that happened.
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

// Heal removes all faults. Later calls succeed; calls in flight keep their faults. It fails the test if a fault
// never happened.
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
			t.Errorf("storagetest: fault %q never happened: no call matched", f.Fault)
		case f.Nth > f.seen:
			t.Errorf("storagetest: fault %q never happened: only %d calls matched", f.Fault, f.seen)
		default:
			t.Errorf("storagetest: fault %q never happened: no matching call reached it", f.Fault)
		}
	}
}

// activeFaults are the faults of one call.
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

// take finds the first fault of a kind and marks it as fired.
func (a activeFaults) take(k kind) (*Action, bool) {
	f := a.find(k)
	if f == nil {
		return nil, false
	}
	f.fire()
	return &f.Action, true
}

// withoutBody drops the faults of a body.
func (a activeFaults) withoutBody() activeFaults {
	return slices.DeleteFunc(a, func(f *scriptedFault) bool { return f.Action.kind >= breakOff })
}

// affectsBody reports whether a fault concerns the body.
func (a activeFaults) affectsBody() bool {
	for _, f := range a {
		if f.Action.kind >= breakOff {
			return true
		}
	}
	return false
}
