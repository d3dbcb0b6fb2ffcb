package allowance_test

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/go-downloadview/downloadview/internal/allowance"
)

// link is a link of some downloads of content of 1000 bytes, at a time of the test.
type link struct {
	allowance.State
	now   time.Time
	limit int
}

func newLink(limit int) *link { return &link{now: time.Unix(1e9, 0), limit: limit} }

// send claims a part as a request of its own, and stores the state as a store does.
func (l *link) send(t *testing.T, client string, from, to int64) error {
	t.Helper()
	p := &allowance.Part{Client: client, Size: 1000, From: from, To: to, Now: l.now}
	err := l.Claim(p, l.limit)
	if err == nil {
		stored, err := l.Bytes()
		require.NoError(t, err)
		again, err := allowance.Parse(stored)
		require.NoError(t, err)
		l.State = *again
	}
	return err
}

func TestDownloadIsOneDeliveryOfEveryByte(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		parts [][2]int64
		done  int
	}{
		"nothing":                {nil, 0},
		"whole":                  {[][2]int64{{0, 1000}}, 1},
		"in order":               {[][2]int64{{0, 400}, {400, 999}, {999, 1000}}, 1},
		"segments":               {[][2]int64{{500, 1000}, {0, 250}, {250, 500}}, 1},
		"all but the last byte":  {[][2]int64{{0, 999}}, 0},
		"all but the first byte": {[][2]int64{{1, 1000}}, 0},
		"failed, then whole":     {[][2]int64{{0, 700}, {0, 1000}}, 1},
		"failed ten times":       {[][2]int64{{0, 999}, {0, 999}, {0, 999}, {0, 999}, {0, 999}, {0, 999}, {0, 999}, {0, 999}, {0, 999}, {0, 999}}, 0},
		"resumed":                {[][2]int64{{0, 700}, {700, 1000}}, 1},
		"resumed before the end": {[][2]int64{{0, 700}, {600, 1000}}, 1},
		"twice":                  {[][2]int64{{0, 1000}, {0, 1000}}, 2},
		"probed":                 {[][2]int64{{0, 1}, {0, 1}, {990, 1000}, {990, 1000}, {0, 100}}, 0},
		"two halves":             {[][2]int64{{0, 500}, {0, 500}, {500, 1000}, {500, 1000}}, 2},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			l := newLink(3)
			for _, p := range c.parts {
				require.NoError(t, l.send(t, "a", p[0], p[1]))
			}
			assert.Equal(t, c.done, l.Done)
		})
	}
}

// AL1: nothing is claimed after the last download, even a part of a download in flight.
func TestSpentLinkClaimsNothing(t *testing.T) {
	t.Parallel()
	l := newLink(1)
	require.NoError(t, l.send(t, "a", 0, 999))
	p := &allowance.Part{Client: "a", Size: 1000, From: 999, To: 1000, Now: l.now}
	require.NoError(t, l.send(t, "a", 0, 999))
	require.NoError(t, l.Claim(p, l.limit))
	require.ErrorIs(t, l.Claim(p, l.limit), allowance.ErrSpent)
	require.ErrorIs(t, l.Admit("a", l.now, l.limit), allowance.ErrSpent)
	require.ErrorIs(t, l.Spend(l.limit), allowance.ErrSpent)
}

// AL2: a part that was claimed and not sent is taken back, and the download that it completed.
func TestUnsentPartIsTakenBack(t *testing.T) {
	t.Parallel()
	l := newLink(2)
	p := &allowance.Part{Client: "a", Size: 1000, From: 0, To: 900, Now: l.now}
	require.NoError(t, l.Claim(p, l.limit))
	p.From = 100
	l.Return(p)
	require.NoError(t, l.send(t, "a", 900, 1000))
	assert.Zero(t, l.Done, "of 100 to 900 nothing was sent")
	require.NoError(t, l.Claim(p, l.limit))
	assert.Equal(t, 1, l.Done)
	l.Return(p)
	assert.Zero(t, l.Done)
	require.NoError(t, l.send(t, "a", 100, 900), "its client resumes")
	assert.Equal(t, 1, l.Done)
}

func TestUnsentPartOfReplacedContentStaysCounted(t *testing.T) {
	t.Parallel()
	l := newLink(2)
	p := &allowance.Part{Client: "a", Size: 1000, From: 500, To: 1000, Now: l.now}
	require.NoError(t, l.Claim(p, l.limit))
	for _, size := range []int64{10, 1000} {
		require.NoError(t, l.Claim(&allowance.Part{Client: "a", Size: size, From: 0, To: 10, Now: l.now}, l.limit))
	}
	before := l.State
	l.Return(p)
	assert.Equal(t, before, l.State)
}

// A client that closes one of its connections, as aria2 does with the first, keeps its lease until the others have sent all.
func TestReturnedPartIsMissingInALease(t *testing.T) {
	t.Parallel()
	for name, order := range map[string][]int64{"the returned part last": {750, 0, 500, 250}, "the returned part before": {250, 750, 0, 500}} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			l := newLink(2)
			first := &allowance.Part{Client: "a", Size: 1000, From: 250, To: 500, Now: l.now}
			require.NoError(t, l.Claim(first, l.limit))
			for _, from := range order[:3] {
				require.NoError(t, l.send(t, "a", from, from+250))
			}
			l.Return(first)
			require.NoError(t, l.send(t, "b", 0, 10))
			require.NoError(t, l.send(t, "a", order[3], order[3]+250), "a has its own lease")
			require.NoError(t, l.send(t, "b", 10, 1000))
			assert.Equal(t, 2, l.Done)
		})
	}
}

func TestLeasesAreAsManyAsDownloadsAreLeft(t *testing.T) {
	t.Parallel()
	l := newLink(2)
	require.NoError(t, l.send(t, "a", 0, 10))
	require.NoError(t, l.send(t, "b", 0, 10))
	err := l.send(t, "c", 0, 10)
	busy, ok := errors.AsType[*allowance.BusyError](err)
	require.True(t, ok, "%v", err)
	assert.Equal(t, allowance.Hold, busy.After)
	require.Error(t, l.Admit("c", l.now, l.limit))
	require.NoError(t, l.Admit("a", l.now, l.limit))
	require.NoError(t, l.send(t, "a", 10, 1000))
	require.Error(t, l.send(t, "c", 0, 10), "b has the last one")
	l.now = l.now.Add(allowance.Hold)
	require.NoError(t, l.send(t, "c", 0, 1000), "b has failed")
	assert.Equal(t, 2, l.Done)
}

// AL14: content that is replaced, or that differs between two storages, gives no further download.
func TestReplacedContentKeepsTheCount(t *testing.T) {
	t.Parallel()
	l := newLink(2)
	claim := func(size, from, to int64) error {
		return l.Claim(&allowance.Part{Client: "a", Size: size, From: from, To: to, Now: l.now}, l.limit)
	}
	require.NoError(t, claim(1000, 0, 500))
	require.NoError(t, claim(1010, 500, 1010))
	assert.Equal(t, 1, l.Done)
	require.NoError(t, claim(10, 0, 9))
	assert.Equal(t, 1, l.Done)
	require.NoError(t, claim(20, 9, 20))
	assert.Equal(t, 2, l.Done)
	require.ErrorIs(t, claim(1000, 0, 1), allowance.ErrSpent)
}

// AL4: any requests of any clients get at most the limit of copies, and the state stays small.
func TestRandomRequestsGetNoMoreThanTheLimit(t *testing.T) {
	t.Parallel()
	for seed := range uint64(4) {
		rnd := rand.New(rand.NewPCG(seed, 0))
		l := newLink(1 + rnd.IntN(3))
		delivered := make([]int, 1000)
		for range 600 {
			l.now = l.now.Add(time.Duration(rnd.IntN(3000)) * time.Millisecond)
			from := rnd.Int64N(1000)
			to := from + 1 + rnd.Int64N(min(1000-from, []int64{1, 30, 1000}[rnd.IntN(3)]))
			client := fmt.Sprint(rnd.IntN(4))
			if l.send(t, client, from, to) != nil {
				continue
			}
			if sent := from + rnd.Int64N(to-from+1); rnd.IntN(3) == 0 {
				l.Return(&allowance.Part{Client: client, Size: 1000, From: sent, To: to, Now: l.now})
				to = sent
			}
			for i := from; i < to; i++ {
				delivered[i]++
			}
		}
		copies := delivered[0]
		for _, n := range delivered {
			copies = min(copies, n)
		}
		require.LessOrEqual(t, l.Done, l.limit)
		require.LessOrEqual(t, copies, l.limit, "seed %d", seed)
		stored, err := l.Bytes()
		require.NoError(t, err)
		require.Less(t, len(stored), 40<<10)
	}
}

func TestManyPartsAreBounded(t *testing.T) {
	t.Parallel()
	l := &link{now: time.Unix(1e9, 0), limit: 1000}
	for i := range int64(150) { // each byte more often than the one before it
		require.NoError(t, l.send(t, "a", 500+i, 1000))
		require.NoError(t, l.send(t, "a", 2*(i/2)%500, 2*(i/2)%500+1))
	}
	stored, err := l.Bytes()
	require.NoError(t, err)
	assert.Less(t, len(stored), 20<<10)
	assert.LessOrEqual(t, l.Done, 150)
}
