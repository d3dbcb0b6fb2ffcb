package resume_test

import (
	"context"
	"io"
	"math/rand/v2"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/go-downloadview/downloadview/internal/resume"
)

// randomPart decides how a store answers the request for a part.
func randomPart(r *rand.Rand) response {
	how := response{rate: slowRate, good: r.IntN(partSize + 1)}
	switch r.IntN(24) {
	case 0:
		how.failure = errReset
	case 1:
		how.failure = io.EOF
	case 2:
		how.stalls = true
	case 3:
		how.err = errOverload
	case 4:
		how.panics = true
	case 5:
		how.goexits = true
	case 6:
		how.silent = true
	case 7:
		how.whole = true
	case 8:
		how.failure, how.together = errReset, true
	case 9:
		how.rate = 64 << 10
	case 10:
		how.err = resume.ErrChanged
	case 11:
		how.rate = 0
	case 12, 13:
		how.delay = time.Duration(r.IntN(1000)) * time.Millisecond
	default:
		how.pause = time.Duration(r.IntN(1000)) * time.Millisecond
	}
	return how
}

// Read-ahead over a store that fails at random, for a client that pauses, leaves or closes at random, delivers a prefix of
// the object and leaves nothing behind.
func TestReadAheadOfRandomStores(t *testing.T) { //nolint:paralleltest // it measures the memory of all readers
	complete, started := 0, 0
	for seed := range uint64(40) {
		synctest.Test(t, func(t *testing.T) {
			random, stored := rand.New(rand.NewPCG(seed, 1)), rand.New(rand.NewPCG(seed, 2)) // stored: guarded by the store
			s := newStore(6<<20 + 777)
			s.respond = func(_ int, w window) response {
				if w.n != partSize {
					return response{rate: slowRate}
				}
				return randomPart(stored)
			}
			if random.IntN(2) == 0 {
				s.spare = func() bool { return stored.IntN(4) > 0 }
			}
			o := resume.Options{Resumes: 3, StallTimeout: 5 * time.Second, ReadAhead: 2 + random.IntN(7), PartSize: partSize}
			ctx, cancel := context.WithCancel(t.Context())
			defer cancel()
			if random.IntN(3) == 0 {
				time.AfterFunc(time.Duration(random.IntN(2000))*time.Millisecond, cancel)
			}
			r := s.reader(ctx, t, o)
			end := len(s.content)
			if random.IntN(3) == 0 {
				end = random.IntN(end)
			}
			var got []byte
			var err error
			ahead := false
			for err == nil && len(got) < end {
				p := make([]byte, 1+random.IntN(64<<10))
				var n int
				n, err = r.Read(p)
				got = append(got, p[:n]...)
				held := resume.BufferedMemory(r)
				ahead = ahead || held > 0
				assert.LessOrEqual(t, held, int64(o.ReadAhead+1)*partSize)
				if random.IntN(64) == 0 {
					time.Sleep(time.Duration(random.IntN(3000)) * time.Millisecond)
				}
			}
			if err == nil && end == len(s.content) {
				_, err = r.Read(make([]byte, 1))
			}
			require.Equal(t, s.content[:len(got)], got, seed)
			if err == io.EOF {
				require.Len(t, got, len(s.content), seed)
				complete++
			}
			if ahead {
				started++
			}
			require.NoError(t, r.Close())
			bodies, connections := s.inUse()
			assert.Zero(t, bodies, seed)
			assert.Zero(t, connections, seed)
			assert.LessOrEqual(t, s.mostOpen(), 1+2*o.ReadAhead, seed)
			assert.Zero(t, resume.PartMemory(), seed)
		})
	}
	assert.Greater(t, started, 10)
	assert.Greater(t, complete, 5)
}
