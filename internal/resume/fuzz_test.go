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

// script is a list of decisions: of the store, then of the client.
type script []byte

func (s *script) next() byte {
	if len(*s) == 0 {
		return 0
	}
	b := (*s)[0]
	*s = (*s)[1:]
	return b
}

// response decides how the store answers a request.
func (s *script) response() response {
	how := response{rate: 1 << 16 << (s.next() % 16), good: int(s.next()) << (s.next() % 13)}
	switch s.next() % 12 {
	case 0:
		how.failure = errReset
	case 1:
		how.failure = io.EOF
	case 2:
		how.stalls = true
	case 3:
		how.err = errOverload
	case 4:
		how.err = errForbidden
	case 5:
		how.err = resume.ErrChanged
	case 6:
		how.failure = resume.ErrLength
	case 7:
		how.whole = true
	case 8:
		how.failure, how.together = errReset, true
	case 9:
		how.pause = time.Duration(s.next()) * 100 * time.Millisecond
	case 10:
		how.delay = time.Duration(s.next()) * 100 * time.Millisecond
	}
	return how
}

// FuzzReader reads through connections that fail as the script decides. The delivered bytes must be a prefix of the
// object, and io.EOF must mean all of it.
func FuzzReader(f *testing.F) {
	f.Add([]byte{}, []byte{})
	f.Add([]byte{8, 100, 3, 0, 9, 50, 2, 2, 0, 0, 0, 3, 7, 0, 0, 11}, []byte{1, 200, 3})
	f.Add([]byte{4, 0, 0, 11, 4, 0, 0, 11, 4, 200, 5, 8, 4, 10, 9, 0, 4, 0, 0, 4}, []byte{0, 0, 0})
	f.Add([]byte{4, 0, 0, 11, 4, 0, 0, 7, 4, 0, 0, 9, 40}, []byte{255, 255, 255, 255, 255, 255})
	f.Fuzz(func(t *testing.T, storage, client []byte) {
		synctest.Test(t, func(t *testing.T) { checkScript(t, storage, client) })
	})
}

func checkScript(t *testing.T, storage, client script) {
	s := newStore(2<<20 + 777)
	s.respond = func(n int, _ window) response {
		how := storage.response()
		if n == 0 {
			how.err = nil // the reader starts on an open connection
		}
		return how
	}
	o := resume.Options{Resumes: 2, StallTimeout: 5 * time.Second, ReadAhead: int(client.next() % 5), PartSize: 32 << 10}
	r := s.reader(t.Context(), t, o)
	got := make([]byte, 0, len(s.content))
	var err error
	for range 1 << 20 {
		p := make([]byte, 1+int(255-client.next())<<8)
		var n int
		n, err = r.Read(p)
		require.LessOrEqual(t, n, len(p))
		got = append(got, p[:n]...)
		if err != nil {
			break
		}
		time.Sleep(time.Duration(client.next()) * 10 * time.Millisecond)
	}
	require.Error(t, err, "the reader does not end")
	require.LessOrEqual(t, len(got), len(s.content))
	require.Equal(t, s.content[:len(got)], got)
	if err == io.EOF {
		require.Len(t, got, len(s.content), "a short body ended cleanly")
	}
	require.NoError(t, r.Close())
	bodies, connections := s.inUse()
	assert.Zero(t, bodies, "bodies left open")
	assert.Zero(t, connections, "connections left reserved")
	assert.Zero(t, resume.BufferedMemory(r))
}
