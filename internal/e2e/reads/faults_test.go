package reads_test

import (
	"crypto/sha256"
	"flag"
	"math/rand/v2"
	"sync/atomic"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/go-downloadview/downloadview/internal/e2e/wire"
	"github.com/go-downloadview/downloadview/wrapper"
)

// The nightly run has 200 downloads of 64 MiB; a commit's has fewer and smaller ones, by the same code.
var (
	downloads = flag.Int("downloads", 20, "downloads of each kind")
	size      = flag.Int("size", 8<<20, "bytes of an object")
	clients   = flag.Int("clients", 200, "clients at the same time")
)

// single reads over one connection at a time, so that cuts come where they are meant to.
var single = wrapper.Transfer{ReadAhead: -1}

// cutter cuts the next so many connections at random places.
func cutter(r *rig, cuts int, then func()) {
	var left atomic.Int64
	left.Store(int64(cuts))
	r.wire.CloseIdleConnections() // what befalls a connection is decided when it is made
	setHarm(r.proxy, func(int64) wire.Harm {
		if left.Add(-1) < 0 {
			return wire.Harm{}
		}
		return wire.Harm{CutAfter: 1000 + rand.Int64N(int64(*size)/4), Then: then}
	})
}

func TestThreeCutsInEveryDownload(t *testing.T) {
	r := newRig(t, single)
	content := random(*size, 1)
	r.put(t, "k", content)
	want := sha256.Sum256(content)
	whole := 0
	for range *downloads {
		before := r.proxy.Conns()
		cutter(r, 3, nil)
		got, n, err := r.get(t.Context(), "k")
		require.NoError(t, err, "after %d bytes", n)
		require.Equal(t, want, got)
		require.GreaterOrEqual(t, r.proxy.Conns()-before, 3)
		whole++
	}
	t.Logf("%d of %d downloads of %d bytes arrived whole after 3 cuts each", whole, *downloads, *size)
}

func TestOverwrittenBetween(t *testing.T) {
	r := newRig(t, single)
	old, aborted := 0, 0
	for i := range *downloads {
		v1, v2 := random(*size, byte(2*i)), random(*size, byte(2*i+1))
		r.put(t, "k", v1)
		cutter(r, 1, func() { r.put(t, "k", v2) })
		got, n, err := r.get(t.Context(), "k")
		if err == nil {
			require.Equal(t, sha256.Sum256(v1), got, "the old version whole, %d bytes", n)
			old++
		} else {
			aborted++
		}
	}
	require.Equal(t, *downloads, old+aborted)
	t.Logf("of %d downloads overwritten between, %d ended as the old version and %d as a transport error", *downloads, old, aborted)
}

func TestCorruptedByte(t *testing.T) {
	r := newRig(t, single)
	content := random(*size, 1)
	r.put(t, "k", content)
	failed := 0
	for range *downloads {
		r.front.CloseClientConnections()
		r.wire.CloseIdleConnections()
		setHarm(r.proxy, func(int64) wire.Harm { return wire.Harm{FlipAt: 4096 + rand.Int64N(int64(*size)-4096)} })
		_, n, err := r.get(t.Context(), "k")
		require.Error(t, err, "%d bytes ended cleanly", n)
		failed++
	}
	t.Logf("%d of %d downloads with a corrupted byte ended as a transport error", failed, *downloads)
}
