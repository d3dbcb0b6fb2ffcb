package resume_test

import (
	"io"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/go-downloadview/downloadview/internal/resume"
)

// Time that the client spends between reads is no stall.
func TestASlowClientIsNoStall(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := newStore(10)
		r := s.reader(t.Context(), t, resume.Options{Resumes: 3, StallTimeout: time.Second})
		var got []byte
		for range s.content {
			p := make([]byte, 1)
			_, err := io.ReadFull(r, p)
			require.NoError(t, err)
			got = append(got, p...)
			time.Sleep(time.Minute)
		}
		require.NoError(t, r.Close())
		assert.Equal(t, s.content, got)
		assert.Len(t, s.seen(), 1)
	})
}

// A storage that ignores Range sends the whole object for a rest, however long that takes.
func TestDiscardedBytesAreNoStall(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := newStore(4 << 20)
		s.respond = func(n int, _ window) response {
			if n == 0 {
				return response{good: 3 << 20, failure: errReset}
			}
			return response{whole: true, rate: 64 << 10} // 48 s before the window
		}
		r := s.reader(t.Context(), t, resume.Options{Resumes: 3, StallTimeout: time.Second})
		var got []byte
		p := make([]byte, blockSize)
		for len(got) < len(s.content) {
			n, err := r.Read(p)
			require.NoError(t, err)
			require.Positive(t, n, "the Reader does not report progress without a byte")
			got = append(got, p[:n]...)
		}
		require.NoError(t, r.Close())
		assert.Equal(t, s.content, got)
		assert.Len(t, s.seen(), 2)
	})
}

// The stall timer fires while a read returns its bytes: none of them is lost or delivered twice.
func TestAReadThatEndsAtTheStallTimeout(t *testing.T) {
	t.Parallel()
	const timeout = time.Second
	for range 10 {
		synctest.Test(t, func(t *testing.T) {
			s := newStore(100 << 10)
			s.respond = func(int, window) response { return response{rate: blockSize} } // a block a second
			r := s.reader(t.Context(), t, resume.Options{Resumes: 100, StallTimeout: timeout})
			got, err := io.ReadAll(r)
			if err == nil {
				assert.Equal(t, s.content, got)
			} else {
				require.ErrorIs(t, err, io.ErrUnexpectedEOF)
				assert.Equal(t, s.content[:len(got)], got)
			}
			require.NoError(t, r.Close())
		})
	}
}
