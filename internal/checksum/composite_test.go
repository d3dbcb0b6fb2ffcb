package checksum_test

import (
	"io"
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/go-downloadview/downloadview/internal/checksum"
)

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
		first            int  // requests for the layout of the first body
		late, unverified bool // the first body is not verified, none is
	}{
		"one part":                           {crc, 0, []int{12345}, 0, false, false},
		"whole MiB":                          {crc, 0, []int{mib, mib, mib / 2}, 0, false, false},
		"whole MiB, CRC32":                   {"crc32-composite", 0, []int{2 * mib, 2 * mib, 1}, 0, false, false},
		"whole MB":                           {crc, 0, []int{3e6, 3e6, 3e6, 5}, 0, false, false},
		"no size in whole units is possible": {crc, 0, []int{1001, 1001, 1001, 1000}, 1, false, false},
		"a size in whole units is possible":  {crc, 0, []int{5_300_001, 5_300_001, 5_300_001}, 1, true, false},
		"three uneven parts":                 {crc, 0, []int{mib, 2 * mib, mib}, 1, false, false},
		"four uneven parts, not listed":      {crc, 0, []int{mib, 3 * mib, mib, 2 * mib}, 2, false, false},
		"four uneven parts, listed":          {crc, 1000, []int{mib, 3 * mib, mib, 2 * mib}, 1, false, false},
		"the last two parts differ":          {crc, 0, []int{2 * mib, 2 * mib, 3 * mib, mib}, 2, false, false},
		"many uneven parts, listed":          {crc, 15, unevenParts(40), 3, false, false},
		"many uneven parts, not listed":      {crc, 0, unevenParts(40), 16, false, true},
		"SHA-256, one part":                  {sha, 0, []int{12345}, 0, false, false},
		"SHA-256, equal parts":               {sha, 0, []int{mib, mib, mib, mib, 7}, 1, false, false},
		"SHA-256, equal parts, listed":       {sha, 1000, []int{mib, mib, mib, mib, 7}, 1, false, false},
		"SHA-256, uneven parts":              {sha, 0, unevenParts(6), 3, false, false},
		"SHA-256, the last two differ":       {sha, 0, []int{2 * mib, 2 * mib, 3 * mib, mib}, 2, true, false},
		"SHA-256, many uneven parts":         {sha, 0, unevenParts(40), 16, false, true},
		"MD5, equal parts":                   {"md5-composite", 0, []int{mib, mib, mib, 7}, 1, false, false},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			u := newUpload(t, tt.algorithm, tt.sizes...)
			u.page = tt.page
			want := tt.algorithm
			if tt.unverified {
				want = ""
			}
			verified, requests, err := u.verify(u.content)
			require.NoError(t, err)
			assert.Equal(t, tt.first, requests)
			if tt.late {
				assert.Empty(t, verified)
			} else {
				assert.Equal(t, want, verified)
			}
			verified, requests, err = u.verify(u.content)
			require.NoError(t, err)
			assert.Zero(t, requests, "the layout is remembered")
			assert.Equal(t, want, verified)
			if tt.unverified {
				return
			}
			flip := rand.Int64N(u.Size)
			verified, _, err = u.verify(u.flipped(flip))
			require.ErrorIs(t, err, checksum.ErrMismatch, "byte %d", flip)
			assert.Empty(t, verified)
		})
	}
}

// An unknown layout must be confirmed before a mismatch counts: two requests for five equal parts.
func TestI3AMismatchIsConfirmedByTheLayout(t *testing.T) {
	t.Parallel()
	for _, algorithm := range []string{"crc32-composite", "sha-256-composite"} {
		u := newUpload(t, algorithm, mib, mib, mib, mib, 7)
		_, requests, err := u.verify(u.flipped(0))
		require.ErrorIs(t, err, checksum.ErrMismatch, algorithm)
		assert.Equal(t, 2, requests, algorithm)
	}
}

// A refused layout is remembered. A failure is returned each time.
func TestI3UnavailableLayouts(t *testing.T) {
	t.Parallel()
	for _, algorithm := range []string{"crc32c-composite", "sha-256-composite"} {
		u := newUpload(t, algorithm, mib, 2*mib, mib)
		u.fail = io.ErrUnexpectedEOF
		for range 2 {
			verified, requests, err := u.verify(u.content)
			require.ErrorIs(t, err, io.ErrUnexpectedEOF, algorithm)
			assert.Empty(t, verified)
			assert.Equal(t, 1, requests, algorithm)
		}
		u.fail, u.refuses = nil, true
		for _, want := range []int{1, 0} {
			verified, requests, err := u.verify(u.content)
			require.NoError(t, err, algorithm)
			assert.Empty(t, verified)
			assert.Equal(t, want, requests, algorithm)
		}
	}
}

func TestI3LayoutsAreRememberedByVersion(t *testing.T) {
	t.Parallel()
	u := newUpload(t, "crc32c-composite", mib, 2*mib, mib)
	for _, tt := range []struct {
		version string
		want    int
	}{{"v1", 1}, {"v1", 0}, {"v2", 1}, {"v1", 0}} {
		u.Version = tt.version
		verified, requests, err := u.verify(u.content)
		require.NoError(t, err)
		assert.Equal(t, "crc32c-composite", verified)
		assert.Equal(t, tt.want, requests, tt.version)
	}
	u.Layouts = nil
	for range 2 {
		_, requests, err := u.verify(u.content)
		require.NoError(t, err)
		assert.Equal(t, 1, requests, "without Layouts nothing is remembered")
	}
}

// Impossible ends are no layout and no refusal: nothing shows whether the body is intact. They are requested three times.
func TestI3ImpossibleEndsFailTheBody(t *testing.T) {
	t.Parallel()
	for name, ends := range map[string][]int64{
		"zero":              {0, mib, 4 * mib},
		"decreasing":        {2 * mib, mib, 4 * mib},
		"after the object":  {5 * mib},
		"too many":          {mib, 2 * mib, 4 * mib, 4*mib + 1},
		"before its length": {mib, 2 * mib, 3 * mib},
		"an empty part":     {mib, mib, 4 * mib},
	} {
		for _, algorithm := range []string{"crc32c-composite", "sha-256-composite"} {
			u := newUpload(t, algorithm, mib, 2*mib, mib)
			right := u.ends
			u.ends, u.page = ends, len(ends)
			_, requests, err := u.verify(u.content)
			require.ErrorContains(t, err, "part sizes", name)
			assert.Equal(t, 3, requests, name)
			u.ends = right
			verified, _, err := u.verify(u.content)
			require.NoError(t, err, "%s: nothing is remembered", name)
			assert.Equal(t, algorithm, verified, name)
		}
	}
}

func TestI3ABodyOfFewerBytesThanPartsFails(t *testing.T) {
	t.Parallel()
	for _, algorithm := range []string{"crc32c-composite", "sha-256-composite"} {
		for _, size := range []int64{2, -1} {
			u := newUpload(t, algorithm, 10, 10, 10)
			u.Size = size
			_, _, err := u.verify(u.content[:2])
			require.ErrorIs(t, err, checksum.ErrMismatch, "%s, size %d", algorithm, size)
		}
	}
}

func TestCompositeNeedsParts(t *testing.T) {
	t.Parallel()
	for name, d := range map[string]checksum.Digest{
		"no parts":          {Algorithm: "crc32c-composite"},
		"another algorithm": {Algorithm: "crc64nvme-composite", Parts: 2},
	} {
		assert.Nil(t, checksum.Composite([]checksum.Digest{d}, &checksum.Upload{Size: 10}), name)
	}
}
