package pipe_test

import (
	"errors"
	"io"
	"math/rand/v2"
	"strings"
	"sync"
	"testing"
	"testing/iotest"
	"testing/synctest"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"

	"github.com/go-downloadview/downloadview/internal/pipe"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func TestReadReturnsWhatWasWritten(t *testing.T) {
	t.Parallel()
	content := make([]byte, 5*pipe.Size+123)
	random := rand.New(rand.NewPCG(1, 2))
	for i := range content {
		content[i] = byte(random.Uint32())
	}
	p := pipe.New()
	go func() {
		for rest := content; len(rest) > 0; {
			n := min(len(rest), random.IntN(2*pipe.Size))
			if m, err := p.Write(rest[:n]); m != n || err != nil {
				p.Close(err)
				return
			}
			rest = rest[n:]
		}
		p.Close(nil)
	}()
	require.NoError(t, iotest.TestReader(p, content))
}

// A reader gets the bytes before the error.
func TestErrorFollowsTheBytes(t *testing.T) {
	t.Parallel()
	failed := errors.New("failed")
	p := pipe.New()
	_, err := p.Write([]byte("ab"))
	require.NoError(t, err)
	p.Close(failed)
	p.Close(nil)
	got, err := io.ReadAll(p)
	require.ErrorIs(t, err, failed)
	assert.Equal(t, "ab", string(got))
	for _, b := range []string{"", "x"} {
		n, err := p.Write([]byte(b))
		assert.Zero(t, n)
		require.ErrorIs(t, err, io.ErrClosedPipe)
	}
}

func TestWriterIsAheadByOneBuffer(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		p := pipe.New()
		written := 0
		go func() {
			for {
				n, err := p.Write(make([]byte, 100))
				written += n
				if err != nil {
					return
				}
			}
		}()
		synctest.Wait()
		assert.Equal(t, pipe.Size/100*100, written)
		n, err := p.Read(make([]byte, 2*pipe.Size))
		require.NoError(t, err)
		assert.Equal(t, pipe.Size, n, "one Read returns all of the buffer")
		synctest.Wait()
		assert.Equal(t, (2*pipe.Size)/100*100, written)
		p.Close(nil)
		synctest.Wait()
		assert.Equal(t, 2*pipe.Size, written, "the part of the last Write that was accepted counts")
	})
}

func TestWritesAreNotMixed(t *testing.T) {
	t.Parallel()
	p := pipe.New()
	var writers sync.WaitGroup
	for _, c := range []string{"a", "b", "c"} {
		writers.Go(func() {
			for range 10 {
				_, err := p.Write([]byte(strings.Repeat(c, pipe.Size+1)))
				assert.NoError(t, err)
			}
		})
	}
	go func() {
		writers.Wait()
		p.Close(nil)
	}()
	got, err := io.ReadAll(p)
	require.NoError(t, err)
	require.Len(t, got, 30*(pipe.Size+1))
	for i := range 30 {
		block := got[i*(pipe.Size+1):][:pipe.Size+1]
		require.Equal(t, len(block), strings.Count(string(block), string(block[:1])))
	}
}
