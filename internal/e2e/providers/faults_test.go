package providers_test

import (
	"bytes"
	"io"
	"math/rand/v2"
	"net/http"
	"sync/atomic"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"gocloud.dev/blob"

	"github.com/go-downloadview/downloadview/internal/e2e/azureserver"
	"github.com/go-downloadview/downloadview/internal/e2e/gcsserver"
	"github.com/go-downloadview/downloadview/wrapper"
)

// faulty is a transport that truncates or corrupts response bodies.
type faulty struct {
	base *http.Transport
	harm atomic.Pointer[func(body io.ReadCloser) io.ReadCloser]
}

func newFaulty(t *testing.T) *faulty {
	f := &faulty{base: &http.Transport{DisableCompression: true}}
	t.Cleanup(f.base.CloseIdleConnections)
	return f
}

func (f *faulty) RoundTrip(r *http.Request) (*http.Response, error) {
	resp, err := f.base.RoundTrip(r)
	if harm := f.harm.Load(); err == nil && harm != nil && r.Method == http.MethodGet && resp.ContentLength > 1000 {
		resp.Body = (*harm)(resp.Body)
	}
	return resp, err
}

func (f *faulty) Do(r *http.Request) (*http.Response, error) { return f.RoundTrip(r) }

// cutBody ends early with the error of a dropped connection.
type cutBody struct {
	io.ReadCloser
	left int
}

func (b *cutBody) Read(p []byte) (int, error) {
	if b.left == 0 {
		return 0, io.ErrUnexpectedEOF
	}
	n, err := b.ReadCloser.Read(p[:min(len(p), b.left)])
	b.left -= n
	return n, err
}

// flippedBody has one flipped bit.
type flippedBody struct {
	io.ReadCloser
	at int
}

func (b *flippedBody) Read(p []byte) (int, error) {
	n, err := b.ReadCloser.Read(p)
	if b.at >= 0 && b.at < n {
		p[b.at] ^= 1
	}
	b.at -= n
	return n, err
}

func faultyProviders(t *testing.T) map[string]func() (*blob.Bucket, *faulty) {
	gcsWay := newFaulty(t)
	server := gcsserver.Start(t, gcsWay)
	gcs, gcsSDK := openURL(t, server.URL()), server.Bucket(t)
	azureWay := newFaulty(t)
	emulator := azureserver.Start(t)
	azureSDK, _ := emulator.Bucket(t, "faults", azureWay)
	azure := openURL(t, emulator.Front(t, azureWay).URL(t, "faults"))
	return map[string]func() (*blob.Bucket, *faulty){
		"gcs":        func() (*blob.Bucket, *faulty) { return gcs, gcsWay },
		"gcs, SDK":   func() (*blob.Bucket, *faulty) { return gcsSDK, gcsWay },
		"azure":      func() (*blob.Bucket, *faulty) { return azure, azureWay },
		"azure, SDK": func() (*blob.Bucket, *faulty) { return azureSDK, azureWay },
	}
}

func TestFaults(t *testing.T) {
	big := make([]byte, 4<<20)
	_, _ = rand.NewChaCha8([32]byte{1}).Read(big)
	for name, open := range faultyProviders(t) {
		b, way := open()
		require.NoError(t, b.WriteAll(t.Context(), "big", big, nil))
		read := func(t *testing.T, harm func(n int64, body io.ReadCloser) io.ReadCloser) ([]byte, error) {
			var n atomic.Int64
			f := func(body io.ReadCloser) io.ReadCloser { return harm(n.Add(1), body) }
			way.harm.Store(&f)
			defer way.harm.Store(nil)
			resp, err := wrapper.Blob(b, "big").Fetch(t.Context(), wrapper.Request{})
			require.NoError(t, err)
			defer func() { require.NoError(t, resp.Body.Close()) }()
			return io.ReadAll(resp.Body)
		}
		t.Run(name+"/three cuts", func(t *testing.T) {
			for range 5 {
				got, err := read(t, func(n int64, body io.ReadCloser) io.ReadCloser {
					if n > 3 {
						return body
					}
					return &cutBody{body, 1 + rand.IntN(1<<20)}
				})
				require.NoError(t, err)
				require.True(t, bytes.Equal(big, got))
			}
		})
		t.Run(name+"/a flipped bit", func(t *testing.T) {
			for range 5 {
				_, err := read(t, func(_ int64, body io.ReadCloser) io.ReadCloser {
					return &flippedBody{body, rand.IntN(len(big))}
				})
				require.Error(t, err)
			}
		})
		t.Run(name+"/overwritten between", func(t *testing.T) {
			for i := range 5 {
				v1, v2 := bytes.Repeat([]byte{'A' + byte(i%20)}, 2<<20), bytes.Repeat([]byte{'z'}, 2<<20)
				require.NoError(t, b.WriteAll(t.Context(), "big", v1, nil))
				got, err := read(t, func(n int64, body io.ReadCloser) io.ReadCloser {
					if n > 1 {
						return body
					}
					assert.NoError(t, b.WriteAll(t.Context(), "big", v2, nil))
					return &cutBody{body, 1 + rand.IntN(1<<20)}
				})
				if err == nil {
					require.True(t, bytes.Equal(v1, got), "the old version whole")
				} else {
					require.NotContains(t, string(got), "z", "no mixture")
				}
			}
		})
	}
}
