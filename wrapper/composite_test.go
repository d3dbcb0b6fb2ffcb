package wrapper_test

import (
	"io"
	"io/fs"
	"math/rand/v2"
	"net/http"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/go-downloadview/downloadview/wrapper"
)

const mib = 1 << 20

// unevenParts returns n parts that differ in size.
func unevenParts(n int) (sizes []int) {
	for i := range n {
		sizes = append(sizes, 1000+i)
	}
	return sizes
}

func TestI3CompositeChecksumsAreVerified(t *testing.T) {
	t.Parallel()
	const crc, sha = "crc32c-composite", "sha-256-composite"
	for name, tt := range map[string]struct {
		algorithm        string
		page             int
		sizes            []int
		first            int64 // requests of the first download
		late, unverified bool  // the first download is not verified, none is
	}{
		"one part":                           {crc, 0, []int{12345}, 1, false, false},
		"whole MiB":                          {crc, 0, []int{mib, mib, mib / 2}, 1, false, false},
		"whole MiB, CRC32":                   {"crc32-composite", 0, []int{2 * mib, 2 * mib, 1}, 1, false, false},
		"whole MB":                           {crc, 0, []int{3e6, 3e6, 3e6, 5}, 1, false, false},
		"no size in whole units is possible": {crc, 0, []int{1001, 1001, 1001, 1000}, 2, false, false},
		"a size in whole units is possible":  {crc, 0, []int{5_300_001, 5_300_001, 5_300_001}, 2, true, false},
		"three uneven parts":                 {crc, 0, []int{mib, 2 * mib, mib}, 2, false, false},
		"four uneven parts, not listed":      {crc, 0, []int{mib, 3 * mib, mib, 2 * mib}, 3, false, false},
		"four uneven parts, listed":          {crc, 1000, []int{mib, 3 * mib, mib, 2 * mib}, 2, false, false},
		"the last two parts differ":          {crc, 0, []int{2 * mib, 2 * mib, 3 * mib, mib}, 3, false, false},
		"many uneven parts, listed":          {crc, 15, unevenParts(40), 4, false, false},
		"many uneven parts, not listed":      {crc, 0, unevenParts(40), 17, false, true},
		"SHA-256, one part":                  {sha, 0, []int{12345}, 1, false, false},
		"SHA-256, equal parts":               {sha, 0, []int{mib, mib, mib, mib, 7}, 2, false, false},
		"SHA-256, equal parts, listed":       {sha, 1000, []int{mib, mib, mib, mib, 7}, 2, false, false},
		"SHA-256, uneven parts":              {sha, 0, unevenParts(6), 4, false, false},
		"SHA-256, the last two differ":       {sha, 0, []int{2 * mib, 2 * mib, 3 * mib, mib}, 3, true, false},
		"SHA-256, many uneven parts":         {sha, 0, unevenParts(40), 17, false, true},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s, f := newPartsStore(t, tt.algorithm, tt.page, tt.sizes...)
			want := tt.algorithm
			if tt.unverified {
				want = ""
			}
			verified, requests, err := s.download(t, f)
			require.NoError(t, err)
			assert.Equal(t, tt.first, requests)
			if tt.late {
				assert.Empty(t, verified)
			} else {
				assert.Equal(t, want, verified)
			}
			verified, requests, err = s.download(t, f)
			require.NoError(t, err)
			assert.EqualValues(t, 1, requests, "the layout is remembered")
			assert.Equal(t, want, verified)
			if tt.unverified {
				return
			}
			s.flip.Store(rand.Int64N(int64(len(s.content))))
			verified, _, err = s.download(t, f)
			require.ErrorIs(t, err, wrapper.ErrChecksum, "byte %d", s.flip.Load())
			assert.Empty(t, verified)
		})
	}
}

// An unknown layout must be confirmed before a mismatch counts: two requests more for five equal parts.
func TestI3AMismatchIsConfirmedByTheLayout(t *testing.T) {
	t.Parallel()
	for _, algorithm := range []string{"crc32-composite", "sha-256-composite"} {
		s, f := newPartsStore(t, algorithm, 0, mib, mib, mib, mib, 7)
		s.flip.Store(0)
		_, requests, err := s.download(t, f)
		require.ErrorIs(t, err, wrapper.ErrChecksum, algorithm)
		assert.EqualValues(t, 3, requests, algorithm)
	}
}

// A store without layouts is no reason to fail; a failure that may pass is, because the body may be corrupt.
func TestI3FailedRequestsForTheLayout(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		fail error
		ok   bool
	}{
		"not found":   {fs.ErrNotExist, true},
		"refused":     {&wrapper.UpstreamError{Status: http.StatusForbidden}, true},
		"unavailable": {&wrapper.UpstreamError{Status: http.StatusServiceUnavailable}, false},
	} {
		for _, algorithm := range []string{"crc32c-composite", "sha-256-composite"} {
			t.Run(name+" "+algorithm, func(t *testing.T) {
				t.Parallel()
				s, f := newPartsStore(t, algorithm, 0, mib, 2*mib, mib)
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

// Without an entity-tag, a remembered layout could be that of another version.
func TestI3LayoutsAreRememberedByVersion(t *testing.T) {
	t.Parallel()
	s, f := newPartsStore(t, "crc32c-composite", 0, mib, 2*mib, mib)
	s.etag = ""
	for range 2 {
		verified, requests, err := s.download(t, f)
		require.NoError(t, err)
		assert.Equal(t, s.algorithm, verified)
		assert.EqualValues(t, 2, requests)
	}
	replaced, _ := newPartsStore(t, "crc32c-composite", 0, 2*mib, mib, mib)
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
	s, f := newPartsStore(t, "crc32c-composite", 0, mib, mib)
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
		s, f := newPartsStore(t, "crc32c-composite", 0, mib, mib, mib)
		s.flip.Store(2 * mib)
		r, err := f.Open(t.Context(), 0, n)
		require.NoError(t, err)
		_, err = io.Copy(io.Discard, r)
		require.ErrorIs(t, err, wrapper.ErrChecksum, "%d bytes", n)
		require.NoError(t, r.Close())
	}
	s, f := newPartsStore(t, "crc32c-composite", 0, mib, mib, mib)
	s.flip.Store(2 * mib)
	_, err := io.Copy(io.Discard, f.Reader(t.Context()))
	require.ErrorIs(t, err, wrapper.ErrChecksum)
}

// BenchmarkVerifiers compares the verifiers of 64 MiB that a store sends from memory.
func BenchmarkVerifiers(b *testing.B) {
	for _, algorithm := range []string{"none", "crc32c-composite", "crc32-composite", "sha-256-composite"} {
		b.Run(algorithm, func(b *testing.B) {
			s, f := newPartsStore(b, algorithm, 0, 16*mib, 16*mib, 16*mib, 16*mib)
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
