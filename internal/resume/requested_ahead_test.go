package resume_test

import (
	"bytes"
	"fmt"
	"io"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/go-downloadview/downloadview/internal/resume"
)

// The requests of further parts overlap the ends of the parts in flight, within the memory of ReadAhead+1 parts.
func TestReadAheadHidesTheFirstByteOfItsParts(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		const mib = 1 << 20
		o := resume.Options{Resumes: 3, StallTimeout: 30 * time.Second, ReadAhead: 8, PartSize: 4 * mib}
		s := newStore(256 * mib)
		s.respond = func(int, window) response {
			return response{delay: 20 * time.Millisecond, rate: 20 * mib, socket: 256 << 10}
		}
		began := time.Now()
		r := s.reader(t.Context(), t, o)
		got, most, p := 0, int64(0), make([]byte, 256<<10)
		for {
			n, err := r.Read(p)
			require.True(t, bytes.Equal(s.content[got:got+n], p[:n]), got)
			got += n
			most = max(most, resume.BufferedMemory(r))
			if err != nil {
				require.Equal(t, io.EOF, err)
				break
			}
		}
		assert.Less(t, time.Since(began), 256*time.Second/140, "140 MiB a second of 160")
		require.NoError(t, r.Close())
		assert.Len(t, s.content, got)
		assert.Len(t, s.seen(), 1+(256-8)/4, "the first 8 MiB, and each part once")
		assert.Equal(t, 9*o.PartSize, most)
		assert.Equal(t, 2*o.ReadAhead, s.mostOpen(), "ReadAhead, and one for each part that ends")
	})
}

// The part to deliver next responds after all parts that follow it.
func TestALateResponseDoesNotBlockReadAhead(t *testing.T) {
	t.Parallel()
	for late := range 20 {
		t.Run(fmt.Sprintf("part %d", late), func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				s := newStore(16 << 20)
				meanwhile := make(chan int, 1) // requests
				s.respond = func(n int, _ window) response {
					if n != 1+late {
						return response{rate: slowRate}
					}
					time.AfterFunc(9*time.Second, func() { meanwhile <- len(s.seen()) - n })
					return response{rate: slowRate, delay: 10 * time.Second}
				}
				r := s.reader(t.Context(), t, parallel)
				got, err := io.ReadAll(r)
				require.NoError(t, err)
				require.NoError(t, r.Close())
				assert.Equal(t, s.content, got)
				assert.Zero(t, s.resumed)
				if late > 0 { // the first part is requested alone
					assert.GreaterOrEqual(t, <-meanwhile, parallel.ReadAhead)
				}
			})
		})
	}
}

// Parts whose responses wait for a buffer belong to a client that reads nothing meanwhile, for longer than StallTimeout.
func TestAPartThatWaitsForABufferDoesNotStall(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		o := parallel
		o.StallTimeout = 100 * time.Millisecond
		s := slowStore(16 << 20)
		r := s.reader(t.Context(), t, o)
		got := readUntilAhead(t, r)
		next := make([]byte, 2*partSize)
		_, err := io.ReadFull(r, next)
		require.NoError(t, err)
		time.Sleep(900 * time.Millisecond)
		bodies, connections := s.inUse()
		assert.Positive(t, bodies, "responses that wait for a buffer")
		assert.Equal(t, bodies, connections)
		assert.EqualValues(t, 9*partSize, resume.BufferedMemory(r))
		rest, err := io.ReadAll(r)
		require.NoError(t, err)
		require.NoError(t, r.Close())
		assert.Equal(t, s.content, slices.Concat(got, next, rest))
		assert.Zero(t, s.resumed)
	})
}

// A client that pauses drops the responses that wait for a buffer too.
func TestPartsThatWaitForABufferAreDropped(t *testing.T) {
	t.Parallel()
	for name, drop := range map[string]func(r *resume.Reader){
		"closed": func(r *resume.Reader) { assert.NoError(t, r.Close()) },
		"paused": func(*resume.Reader) { time.Sleep(time.Second); synctest.Wait() },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				s := slowStore(16 << 20)
				r := s.reader(t.Context(), t, parallel)
				readUntilAhead(t, r)
				_, err := io.ReadFull(r, make([]byte, 2*partSize))
				require.NoError(t, err)
				time.Sleep(900 * time.Millisecond)
				bodies, _ := s.inUse()
				require.Positive(t, bodies)
				drop(r)
				bodies, connections := s.inUse()
				assert.Zero(t, bodies)
				assert.Zero(t, connections)
				assert.Zero(t, resume.BufferedMemory(r))
				require.NoError(t, r.Close())
			})
		})
	}
}
