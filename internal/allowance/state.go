package allowance

import (
	"encoding/json"
	"errors"
	"slices"
	"time"
)

// Hold is how long a lease lasts after the client's last part.
const Hold = 30 * time.Second

// ErrSpent is the error of a part of a link whose downloads are used up.
var ErrSpent = errors.New("no downloads left")

// BusyError is the error of a part for which no lease is free.
type BusyError struct {
	After time.Duration // until a lease ends
}

func (e *BusyError) Error() string { return "as many downloads in flight as are left" }

// State is the stored account of a link. The zero value is that of an unused one.
type State struct {
	Done   int     `json:"done"`            // downloads
	Size   int64   `json:"size,omitempty"`  // of the content
	Sizes  int     `json:"sizes,omitempty"` // changes of Size
	Parts  runs    `json:"parts,omitempty"` // deliveries of each part, without those of Done
	Leases []lease `json:"leases,omitempty"`
}

type lease struct {
	Client string `json:"client"`
	Until  int64  `json:"until"` // Unix milliseconds; 0 after the last part
	Parts  runs   `json:"parts"` // claims of each part for the client: with one of every part, the lease ends
}

// Part is a part of the content that is due to be sent to a client.
type Part struct {
	Client   string
	Size     int64 // of the content; positive
	From, To int64
	Now      time.Time

	sizes int // State.Sizes at the claim
}

// Parse returns a stored state.
func Parse(stored []byte) (*State, error) {
	s := &State{}
	if len(stored) == 0 {
		return s, nil
	}
	return s, json.Unmarshal(stored, s)
}

// Bytes returns the state to store.
func (s *State) Bytes() ([]byte, error) { return json.Marshal(s) }

// Spend counts a download that is not seen in parts.
func (s *State) Spend(limit int) error {
	if s.Done >= limit {
		return ErrSpent
	}
	s.Done++
	return nil
}

// Admit returns the error that Claim would return for a client, without a change, unless the part completes one download too
// many.
func (s *State) Admit(client string, now time.Time, limit int) error {
	if s.leaseOf(client, now) != nil {
		return nil
	}
	_, err := s.free(now, limit)
	return err
}

// Claim accounts a part. An error means that the part must not be sent, and that the state must not be stored.
//
// A client that has a lease continues after the link is spent, as long as the part completes no further download: parts of
// failed downloads may have made up the last one before the client has its own.
func (s *State) Claim(p *Part, limit int) error {
	s.resize(p.Size)
	p.sizes = s.Sizes
	l, err := s.lease(p, limit)
	if err != nil {
		return err
	}
	s.Parts = s.Parts.add(p.From, p.To, 1).bounded()
	if n := s.Parts.least(); n > 0 {
		s.Done += n
		s.Parts = s.Parts.lower(n)
	}
	if s.Done > limit {
		return ErrSpent
	}
	before := l.Parts.flat()
	l.Parts = l.Parts.add(p.From, p.To, 1).bounded()
	switch {
	case l.Parts.least() > 0:
		l.Until = 0
	case s.Done < limit || !slices.Equal(before, l.Parts.flat()):
		l.Until = p.Now.Add(Hold).UnixMilli()
	}
	return nil
}

// Return takes back the claim of a part that has not been sent, and the download and the end of the lease that were due to it. It
// is called once at most for a claim.
func (s *State) Return(p *Part) {
	if s.Sizes != p.sizes {
		return
	}
	s.Parts = s.Parts.add(p.From, p.To, -1)
	if s.Parts.least() < 0 && s.Done > 0 {
		s.Done--
		s.Parts = s.Parts.lower(-1)
	}
	s.Parts = s.Parts.notBelow0().bounded()
	for i := range s.Leases {
		l := &s.Leases[i]
		if l.Client != p.Client {
			continue
		}
		l.Parts = l.Parts.add(p.From, p.To, -1).notBelow0().bounded()
		if l.Until == 0 && l.Parts.least() == 0 {
			l.Until = p.Now.Add(Hold).UnixMilli()
		}
	}
}

// resize fits the state to content of another size, which has replaced the former one. The counts stay: otherwise storages that
// hold different versions at a time would give more downloads.
func (s *State) resize(size int64) {
	if s.Size == size {
		return
	}
	if s.Size > 0 {
		s.Sizes++
	}
	s.Size, s.Parts = size, s.Parts.resized(size)
	for i := range s.Leases {
		s.Leases[i].Parts = s.Leases[i].Parts.resized(size)
	}
}

func (s *State) leaseOf(client string, now time.Time) *lease {
	for i := range s.Leases {
		if l := &s.Leases[i]; l.Client == client && l.Until > now.UnixMilli() {
			return l
		}
	}
	return nil
}

// lease returns the client's lease, or a new one.
func (s *State) lease(p *Part, limit int) (*lease, error) {
	l := s.leaseOf(p.Client, p.Now)
	if l == nil {
		live, err := s.free(p.Now, limit)
		if err != nil {
			return nil, err
		}
		live = append(live, lease{Client: p.Client, Parts: runs{{p.Size, 0}}})
		s.Leases = live
		l = &s.Leases[len(s.Leases)-1]
	}
	return l, nil
}

// free returns the leases that have not ended, or an error if one more would be too many.
func (s *State) free(now time.Time, limit int) (live []lease, err error) {
	if s.Done >= limit {
		return nil, ErrSpent
	}
	soonest := now.Add(Hold).UnixMilli()
	for _, l := range s.Leases {
		if l.Until > now.UnixMilli() {
			live = append(live, l)
			soonest = min(soonest, l.Until)
		}
	}
	if len(live) >= limit-s.Done {
		return nil, &BusyError{After: time.UnixMilli(soonest).Sub(now)}
	}
	return live, nil
}
