package network_test

import (
	"crypto/sha256"
	"math/rand/v2"
	"sync/atomic"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/go-downloadview/downloadview/internal/e2e/wire"
	"github.com/go-downloadview/downloadview/wrapper"
)

// single reads over one connection at a time, so that drops come at the chosen offsets.
var single = wrapper.ReadOptions{ReadAhead: -1}

// dropAtRandom makes the store drop the next responses at random offsets within the object, and returns the number of drops.
func (r *storageServer) dropAtRandom(times int, then func()) *atomic.Int64 {
	var begun, done atomic.Int64
	r.proxy.Harm.Store(new(func(int64) wire.Harm {
		if begun.Add(1) > int64(times) {
			return wire.Harm{}
		}
		return wire.Harm{CutAfter: 2000 + rand.Int64N(int64(*size)/4), Then: func() {
			then()
			done.Add(1)
		}}
	}))
	return &done
}

func TestThreeCutsInEveryDownload(t *testing.T) {
	eachStore(t, func(t *testing.T, s store) {
		r := newProxiedServer(t, s, single)
		content := random(*size, 1)
		r.put(t, "k", content)
		want := sha256.Sum256(content)
		whole := 0
		for range *downloads {
			cuts := r.dropAtRandom(3, func() {})
			got, n, err := r.get(t.Context(), "k")
			require.NoError(t, err, "after %d bytes", n)
			require.Equal(t, want, got)
			require.EqualValues(t, 3, cuts.Load())
			whole++
		}
		t.Logf("%d of %d downloads of %d bytes arrived whole after 3 cuts each", whole, *downloads, *size)
	})
}

func TestOverwrittenBetween(t *testing.T) {
	eachStore(t, func(t *testing.T, s store) {
		r := newProxiedServer(t, s, single)
		old, aborted := 0, 0
		now := random(*size, 0)
		r.put(t, "k", now)
		for i := range *downloads {
			next := random(*size, uint64(i)+1)
			before := r.proxy.Requests()
			cuts := r.dropAtRandom(1, func() { r.put(t, "k", next) })
			got, n, err := r.get(t.Context(), "k")
			if err == nil {
				require.Equal(t, sha256.Sum256(now), got, "the old version whole, %d bytes", n)
				old++
			} else {
				require.NoError(t, t.Context().Err())
				aborted++
			}
			require.EqualValues(t, 1, cuts.Load())
			require.LessOrEqual(t, r.proxy.Requests()-before, 3, "a missing version is not requested again") // once by the SDK of GCS
			now = next
		}
		t.Logf("of %d downloads overwritten between, %d ended as the old version and %d as a transport error", *downloads, old, aborted)
	})
}

func TestCorruptedByte(t *testing.T) {
	eachStore(t, func(t *testing.T, s store) {
		r := newProxiedServer(t, s, single)
		r.put(t, "k", random(*size, 1))
		_, _, err := r.get(t.Context(), "k")
		require.NoError(t, err, "as it is stored")
		r.proxy.Harm.Store(new(func(int64) wire.Harm { return wire.Harm{FlipAt: 4096 + rand.Int64N(int64(*size)-4096)} }))
		failed := 0
		for range *downloads {
			_, n, err := r.get(t.Context(), "k")
			require.Error(t, err, "%d bytes ended cleanly", n)
			failed++
		}
		t.Logf("%d of %d downloads with a corrupted byte ended as a transport error", failed, *downloads)
	})
}
