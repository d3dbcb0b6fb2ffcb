package faults_test

// script has the fault of each request of a trial.
type script struct {
	faults []fault
}

// fault is a kind with its own dice; no kind is no fault.
type fault struct {
	kind *kind
	dice func() dice
}

// scriptLength is after how many requests a storage has no faults any more.
const scriptLength = 40

func newScript(d dice, kinds []*kind, rate float64) *script {
	s := &script{}
	for range scriptLength {
		a, b := d.Uint64(), d.Uint64()
		f := fault{dice: func() dice { return newDice(a, b) }}
		if d.chance(rate) {
			f.kind = pick(d, kinds...)
		}
		s.faults = append(s.faults, f)
	}
	return s
}

// at returns the fault of the n-th request.
func (s *script) at(n int) fault {
	if n < len(s.faults) {
		return s.faults[n]
	}
	return fault{dice: func() dice { return newDice(0, uint64(n)) }}
}
