package allowance_test

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/go-downloadview/downloadview/internal/allowance"
)

// request reads the content of a link between two offsets. A request that is refused for now begins again later.
type request struct {
	client          string
	begin, pos, end int64
	keeps           bool  // what it has received when it begins again, as one with a Range
	cut             int64 // the offset at which it is interrupted once, or 0
	refused         bool  // for good
}

// step claims the next part. It reports whether it was sent.
func (r *request) step(t *testing.T, l *link, rnd *rand.Rand) bool {
	t.Helper()
	const last = 16
	n := r.end - r.pos
	if n > last {
		n = min(1+rnd.Int64N(150), n-last)
	}
	err := l.send(t, r.client, r.pos, r.pos+n)
	if _, busy := errors.AsType[*allowance.BusyError](err); busy {
		if !r.keeps {
			r.pos = r.begin
		}
		return false
	}
	if r.refused = err != nil; r.refused {
		require.ErrorIs(t, err, allowance.ErrSpent)
		return false
	}
	r.pos += n
	if r.cut > 0 && r.pos >= r.cut {
		if unsent := (&allowance.Part{Client: r.client, Size: 1000, From: r.pos, To: min(r.pos+150, 1000), Now: l.now}); l.Claim(unsent, l.limit) == nil {
			l.Return(unsent)
		}
		r.pos -= min(r.pos-r.begin, rnd.Int64N(300)) // the operating system had accepted more than the client got
		r.cut = 0
	}
	return true
}

// AL1: clients that try again until the link is spent get all its downloads, though they share addresses, are interrupted,
// and read in segments.
func TestPersistentClientsGetAllDownloads(t *testing.T) {
	t.Parallel()
	for seed := range uint64(200) {
		rnd := rand.New(rand.NewPCG(seed, 1))
		l := newLink(1 + rnd.IntN(4))
		var downloads [][]*request
		for range 10 {
			downloads = append(downloads, []*request{{client: "page", end: 1000}})
		}
		for i := range 10 {
			downloads = append(downloads, []*request{{client: fmt.Sprint("resumes", i), end: 1000, keeps: true, cut: rnd.Int64N(984)}})
			var segments []*request
			for off := int64(0); off < 1000; off += 250 {
				segments = append(segments, &request{client: fmt.Sprint("segments", i), begin: off, pos: off, end: off + 250, keeps: true})
			}
			downloads = append(downloads, segments)
		}
		whole := 0
		for len(downloads) > 0 {
			i := rnd.IntN(len(downloads))
			d := downloads[i]
			r := d[rnd.IntN(len(d))]
			if r.pos < r.end && !r.step(t, l, rnd) {
				l.now = l.now.Add(10 * time.Millisecond)
			}
			done := true
			for _, r := range d {
				done = done && r.pos == r.end
			}
			if done {
				whole++
			}
			if done || r.refused {
				downloads = append(downloads[:i], downloads[i+1:]...)
			}
		}
		require.Equal(t, l.limit, whole, "seed %d", seed)
	}
}
