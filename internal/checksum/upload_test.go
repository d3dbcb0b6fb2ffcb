package checksum_test

import (
	"context"
	"crypto/md5"
	"crypto/sha256"
	"hash"
	"hash/crc32"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/go-downloadview/downloadview/internal/checksum"
)

const mib = 1 << 20

// newHash are the hashes of the algorithms in the tests.
var newHash = map[string]func() hash.Hash{
	"crc32c-composite":  func() hash.Hash { return crc32.New(crc32.MakeTable(crc32.Castagnoli)) },
	"crc32-composite":   func() hash.Hash { return crc32.NewIEEE() },
	"sha-256-composite": sha256.New,
	"md5-composite":     md5.New,
}

// upload is an object of several parts whose layout is reported in pages.
type upload struct {
	checksum.Upload
	t        *testing.T
	content  []byte
	digest   checksum.Digest
	ends     []int64
	page     int   // ends in one response; 0 reports two ends without a list
	refuses  bool  // the storage does not report the layout
	fail     error // of a request for the layout
	requests int
}

// newUpload uploads parts of these sizes.
func newUpload(t *testing.T, algorithm string, sizes ...int) *upload {
	t.Helper()
	u := &upload{t: t}
	for _, n := range sizes {
		u.Size += int64(n)
		u.ends = append(u.ends, u.Size)
	}
	u.content = make([]byte, u.Size)
	_, err := rand.NewChaCha8([32]byte{1}).Read(u.content)
	require.NoError(t, err)
	whole := newHash[algorithm]()
	off := int64(0)
	for _, end := range u.ends {
		part := newHash[algorithm]()
		part.Write(u.content[off:end])
		whole.Write(part.Sum(nil))
		off = end
	}
	u.digest = checksum.Digest{Algorithm: algorithm, Sum: whole.Sum(nil), Parts: len(sizes)}
	u.Layouts, u.Version, u.Ends = &checksum.Layouts{}, "v1", u.report
	return u
}

func (u *upload) report(_ context.Context, after int, at int64) (ends []int64, ok bool, err error) {
	u.requests++
	if after > 0 {
		assert.Equal(u.t, u.ends[after-1], at, "the end of the known parts")
	}
	switch {
	case u.fail != nil:
		return nil, false, u.fail
	case u.refuses:
		return nil, false, nil
	case u.page > 0:
		return u.ends[after:min(after+u.page, len(u.ends))], true, nil
	default:
		return u.ends[after : after+2], true, nil
	}
}

// verify writes the content in blocks, and returns the checksum that it matches and the number of requests.
func (u *upload) verify(content []byte) (verified string, requests int, err error) {
	before := u.requests
	v := checksum.Composite([]checksum.Digest{u.digest}, &u.Upload)
	require.NotNil(u.t, v)
	for block := range slices.Chunk(content, 100_003) {
		if err := v.Write(u.t.Context(), block); err != nil {
			return "", u.requests - before, err
		}
	}
	verified, err = v.Confirm(u.t.Context())
	return verified, u.requests - before, err
}

// flipped returns the content with one bit changed.
func (u *upload) flipped(at int64) []byte {
	c := slices.Clone(u.content)
	c[at] ^= 1
	return c
}
