package spool_test

import (
	"context"
	"errors"
	"io"
	"math/rand/v2"
	"os"
	"sync"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/go-downloadview/downloadview/internal/spool"
)

func newSpool(t *testing.T) *spool.Spool {
	t.Helper()
	s, err := spool.New(t.TempDir())
	require.NoError(t, err)
	return s
}

func TestReadersFollowTheWriter(t *testing.T) {
	t.Parallel()
	content := make([]byte, 1<<20)
	_, _ = rand.NewChaCha8([32]byte{}).Read(content)
	s := newSpool(t)
	var readers sync.WaitGroup
	for i := range 20 {
		off := int64(i) * 1000
		r := s.Reader(t.Context(), off)
		readers.Go(func() {
			defer r.Close()
			got, err := io.ReadAll(r)
			assert.NoError(t, err)
			assert.Equal(t, content[off:], got)
		})
	}
	for rest := content; len(rest) > 0; {
		n := min(len(rest), 1+rand.IntN(5000))
		_, err := s.Write(rest[:n])
		require.NoError(t, err)
		rest = rest[n:]
	}
	s.End(nil)
	late := s.Reader(t.Context(), 0)
	s.Release()
	readers.Wait()
	got, err := io.ReadAll(late)
	require.NoError(t, err)
	assert.Equal(t, content, got)
	require.NoError(t, late.Close())
	require.NoError(t, late.Close(), "a second Close has no effect")
}

func TestFirstByteIsReadBeforeTheLastIsWritten(t *testing.T) {
	t.Parallel()
	s := newSpool(t)
	defer s.Release()
	_, err := s.Write([]byte("ab"))
	require.NoError(t, err)
	r := s.Reader(t.Context(), 0)
	defer r.Close()
	got := make([]byte, 2)
	_, err = io.ReadFull(r, got)
	require.NoError(t, err)
	assert.Equal(t, "ab", string(got))
}

func TestErrorFollowsTheBytesBeforeIt(t *testing.T) {
	t.Parallel()
	s := newSpool(t)
	defer s.Release()
	_, err := s.Write([]byte("ab"))
	require.NoError(t, err)
	boom := errors.New("boom")
	s.End(boom)
	s.End(nil)
	r := s.Reader(t.Context(), 0)
	defer r.Close()
	got, err := io.ReadAll(r)
	require.ErrorIs(t, err, boom)
	assert.Equal(t, "ab", string(got))
	_, err = s.Write([]byte("c"))
	require.Error(t, err)
}

func TestReadEndsWithItsContext(t *testing.T) {
	t.Parallel()
	s := newSpool(t)
	defer s.Release()
	ctx, cancel := context.WithCancel(t.Context())
	r := s.Reader(ctx, 0)
	defer r.Close()
	cancel()
	_, err := r.Read(make([]byte, 1))
	require.ErrorIs(t, err, context.Canceled)
}

func TestNothingIsLeft(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	s, err := spool.New(dir)
	require.NoError(t, err)
	r := s.Reader(t.Context(), 0)
	s.End(nil)
	s.Release()
	_, err = io.ReadAll(r)
	require.NoError(t, err)
	require.NoError(t, r.Close())
	left, err := os.ReadDir(dir)
	require.NoError(t, err)
	assert.Empty(t, left)
	_, err = spool.New(dir + "/none")
	require.Error(t, err)
}
