package wrapper_test

import (
	"bytes"
	"crypto/sha256"
	"errors"
	"hash"
	"hash/crc32"
	"io"
	"net/http"
	"net/url"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/stretchr/testify/require"
	"gocloud.dev/blob"
	"gocloud.dev/blob/memblob"

	"github.com/go-downloadview/downloadview/wrapper"
)

// partsStore has one object that was uploaded in parts, with a composite checksum.
type partsStore struct {
	content   []byte
	ends      []int64
	algorithm string
	sum       []byte
	fail      error // of a request for the layout
	etag      string
	unsized   bool // responses have no length
	cut       int  // bytes that are missing at the end

	flip     atomic.Int64 // offset of the bit to flip; negative for none
	requests atomic.Int64
}

var partsStores sync.Map // *blob.Bucket to *partsStore

func init() {
	wrapper.RegisterStore(func(b *blob.Bucket, _ *url.URL) (wrapper.Store, bool) {
		s, ok := partsStores.Load(b)
		if !ok {
			return nil, false
		}
		return s.(*partsStore), true
	})
}

// newPartsStore uploads parts of these sizes.
func newPartsStore(t testing.TB, algorithm string, sizes ...int) (*partsStore, *wrapper.File) {
	t.Helper()
	s := &partsStore{algorithm: algorithm, etag: `"v1"`}
	s.flip.Store(-1)
	total := 0
	for _, n := range sizes {
		total += n
		s.ends = append(s.ends, int64(total))
	}
	s.content = random(total)
	newHash := map[string]func() hash.Hash{
		"crc32c-composite":  func() hash.Hash { return crc32.New(crc32.MakeTable(crc32.Castagnoli)) },
		"crc32-composite":   func() hash.Hash { return crc32.NewIEEE() },
		"sha-256-composite": sha256.New,
	}[algorithm]
	if newHash == nil {
		newHash = func() hash.Hash { return crc32.NewIEEE() } // for an algorithm that nothing verifies
	}
	whole := newHash()
	off := int64(0)
	for _, end := range s.ends {
		part := newHash()
		part.Write(s.content[off:end])
		whole.Write(part.Sum(nil))
		off = end
	}
	s.sum = whole.Sum(nil)
	b := memblob.OpenBucket(nil)
	partsStores.Store(b, s)
	t.Cleanup(func() {
		partsStores.Delete(b)
		require.NoError(t, b.Close())
	})
	return s, wrapper.Blob(b, "k").WithReadOptions(wrapper.ReadOptions{Retries: -1, ReadAhead: 1})
}

func (s *partsStore) Send(_ ctx, _, _, _ string, _ http.Header) (*http.Response, error) {
	s.requests.Add(1)
	content := s.content
	if at := s.flip.Load(); at >= 0 {
		content = bytes.Clone(content)
		content[at] ^= 1
	}
	content = content[:len(content)-s.cut]
	length := int64(len(content))
	if s.unsized {
		length = -1
	}
	return &http.Response{
		StatusCode: http.StatusOK, ContentLength: length, Header: http.Header{"Etag": {s.etag}},
		Body: io.NopCloser(bytes.NewReader(content)),
	}, nil
}

func (s *partsStore) Describe(_ *http.Response, info *wrapper.Info) {
	info.Digests = []wrapper.Digest{{Algorithm: s.algorithm, Sum: s.sum, Parts: len(s.ends)}}
}

func (s *partsStore) SignedURL(ctx, string, wrapper.SignOptions) (string, error) {
	return "", errors.ErrUnsupported
}

func (s *partsStore) PartEnds(_ ctx, _ string, _ *wrapper.Info, after int, at int64) ([]int64, error) {
	s.requests.Add(1)
	if s.fail != nil {
		return nil, s.fail
	}
	if after > 0 && s.ends[after-1] != at {
		return nil, errors.New("the end of the known parts is wrong")
	}
	return s.ends[after : after+2], nil
}

// download returns the verified checksum and the number of requests. An intact body must have the content.
func (s *partsStore) download(t *testing.T, f *wrapper.File) (verified string, requests int64, err error) {
	t.Helper()
	before := s.requests.Load()
	resp, err := f.Fetch(t.Context(), wrapper.Request{})
	require.NoError(t, err)
	body, err := io.ReadAll(resp.Body)
	require.NoError(t, resp.Close())
	if err == nil && s.flip.Load() < 0 && s.cut == 0 {
		require.True(t, bytes.Equal(s.content, body))
	}
	return resp.Verified(), s.requests.Load() - before, err
}
