package wrapper_test

import (
	"errors"
	"io"
	"io/fs"
	"net/http"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/go-downloadview/downloadview/wrapper"
)

const mib = 1 << 20

// A store without layouts is no reason to fail; a failure that may pass is, because the body may be corrupt.
func TestI3FailedRequestsForTheLayout(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		fail error
		ok   bool
	}{
		"not found":   {fs.ErrNotExist, true},
		"refused":     {&wrapper.UpstreamError{Status: http.StatusForbidden}, true},
		"no response": {errors.New("malformed HTTP response"), false},
		"unavailable": {&wrapper.UpstreamError{Status: http.StatusServiceUnavailable}, false},
	} {
		for _, algorithm := range []string{"crc32c-composite", "sha-256-composite"} {
			t.Run(name+" "+algorithm, func(t *testing.T) {
				t.Parallel()
				s, f := newPartsStore(t, algorithm, mib, 2*mib, mib)
				s.fail = tt.fail
				verified, requests, err := s.download(t, f)
				assert.EqualValues(t, 2, requests)
				assert.Empty(t, verified)
				if !tt.ok {
					require.ErrorIs(t, err, tt.fail)
					return
				}
				require.NoError(t, err)
				_, requests, err = s.download(t, f)
				require.NoError(t, err)
				assert.EqualValues(t, 1, requests, "the refusal is remembered")
			})
		}
	}
}

// A response without a length is verified: its size is known at its end.
func TestI3BodiesOfUnknownLengthAreVerified(t *testing.T) {
	t.Parallel()
	for name, sizes := range map[string][]int{
		"one part":     {12345},
		"two parts":    {mib, 7},
		"equal parts":  {mib + 1, mib + 1, mib + 1, mib + 1, 5},
		"uneven parts": {1000, 1001, 1002, 1003},
	} {
		for _, algorithm := range []string{"crc32c-composite", "sha-256-composite"} {
			t.Run(name+" "+algorithm, func(t *testing.T) {
				t.Parallel()
				s, f := newPartsStore(t, algorithm, sizes...)
				s.unsized = true
				verified, _, err := s.download(t, f)
				require.NoError(t, err)
				assert.Equal(t, algorithm, verified)
				s.flip.Store(int64(len(s.content) - 1))
				_, _, err = s.download(t, f)
				require.ErrorIs(t, err, wrapper.ErrChecksum)
				s.flip.Store(-1)
				s.cut = 3
				_, _, err = s.download(t, f)
				require.Error(t, err, "3 bytes less")
				s.cut = len(s.content)
				_, _, err = s.download(t, f)
				require.Error(t, err, "no bytes")
			})
		}
	}
}

func TestI3AnEmptyUploadInOnePartIsVerified(t *testing.T) {
	t.Parallel()
	for _, algorithm := range []string{"crc32c-composite", "sha-256-composite"} {
		for _, unsized := range []bool{false, true} {
			s, f := newPartsStore(t, algorithm, 0)
			s.unsized = unsized
			_, err := f.Reader(t.Context()).WriteTo(io.Discard)
			require.NoError(t, err, algorithm)
			s.sum = []byte("none")
			resp, err := f.Fetch(t.Context(), wrapper.Request{})
			if err == nil {
				_, err = io.ReadAll(resp.Body)
			}
			require.ErrorIs(t, err, wrapper.ErrChecksum, algorithm)
		}
	}
}

// Without an entity-tag, a remembered layout could be that of another version.
func TestI3LayoutsAreRememberedByVersion(t *testing.T) {
	t.Parallel()
	s, f := newPartsStore(t, "crc32c-composite", mib, 2*mib, mib)
	s.etag = ""
	for range 2 {
		verified, requests, err := s.download(t, f)
		require.NoError(t, err)
		assert.Equal(t, s.algorithm, verified)
		assert.EqualValues(t, 2, requests)
	}
	replaced, _ := newPartsStore(t, "crc32c-composite", 2*mib, mib, mib)
	for _, etag := range []string{`"v1"`, `"v2"`} {
		s.etag = etag
		verified, requests, err := s.download(t, f)
		require.NoError(t, err)
		assert.Equal(t, s.algorithm, verified)
		assert.EqualValues(t, 2, requests)
		s.content, s.ends, s.sum = replaced.content, replaced.ends, replaced.sum
	}
}

func TestRangesAreNotVerified(t *testing.T) {
	t.Parallel()
	s, f := newPartsStore(t, "crc32c-composite", mib, mib)
	_, _, err := s.download(t, f)
	require.NoError(t, err)
	store := newFaultyStore(t, []byte(digits))
	resp, err := store.file().Fetch(t.Context(), wrapper.Request{Range: "bytes=1-8"})
	require.NoError(t, err)
	assert.Equal(t, digits[1:9], readAll(t, resp.Body))
	assert.Empty(t, resp.Verified())
	resp, err = store.file().Fetch(t.Context(), wrapper.Request{})
	require.NoError(t, err)
	assert.Empty(t, resp.Verified(), "before the end")
	assert.Equal(t, digits, readAll(t, resp.Body))
	assert.Equal(t, "crc32c", resp.Verified())
}

// A materialized object is a file in a file. Both report the checksum.
func TestMaterializedObjectsAreVerified(t *testing.T) {
	t.Parallel()
	store := newFaultyStore(t, []byte(digits))
	f := materialized(wrapper.Bytes("b", nil), store.bucket, "k")
	resp, err := f.Fetch(t.Context(), wrapper.Request{})
	require.NoError(t, err)
	assert.Equal(t, digits, readAll(t, resp.Body))
	assert.Equal(t, "crc32c", resp.Verified())
}

func TestI3OpenVerifiesTheWhole(t *testing.T) {
	t.Parallel()
	for _, n := range []int64{-1, 3 * mib} {
		s, f := newPartsStore(t, "crc32c-composite", mib, mib, mib)
		s.flip.Store(2 * mib)
		r, err := f.Open(t.Context(), 0, n)
		require.NoError(t, err)
		_, err = io.Copy(io.Discard, r)
		require.ErrorIs(t, err, wrapper.ErrChecksum, "%d bytes", n)
		require.NoError(t, r.Close())
	}
	s, f := newPartsStore(t, "crc32c-composite", mib, mib, mib)
	s.flip.Store(2 * mib)
	_, err := io.Copy(io.Discard, f.Reader(t.Context()))
	require.ErrorIs(t, err, wrapper.ErrChecksum)
}

// BenchmarkVerifiers compares the verifiers of 64 MiB that a store sends from memory.
func BenchmarkVerifiers(b *testing.B) {
	for _, algorithm := range []string{"none", "crc32c-composite", "crc32-composite", "sha-256-composite"} {
		b.Run(algorithm, func(b *testing.B) {
			s, f := newPartsStore(b, algorithm, 16*mib, 16*mib, 16*mib, 16*mib)
			block := make([]byte, 256<<10)
			b.SetBytes(int64(len(s.content)))
			for b.Loop() {
				resp, err := f.Fetch(b.Context(), wrapper.Request{})
				require.NoError(b, err)
				_, err = io.CopyBuffer(struct{ io.Writer }{io.Discard}, struct{ io.Reader }{resp.Body}, block)
				require.NoError(b, err)
				require.NoError(b, resp.Close())
			}
		})
	}
}
