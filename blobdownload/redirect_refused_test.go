package blobdownload_test

import (
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"gocloud.dev/blob/memblob"

	"github.com/go-downloadview/downloadview/blobdownload"
	"github.com/go-downloadview/downloadview/wrapper"
)

// handsOver is an optimizer that hands everything over.
func handsOver(v blobdownload.Validators, dropsCoding bool) blobdownload.Optimizer {
	return blobdownload.OptimizerFunc(func(*http.Request, *blobdownload.Download) (*blobdownload.Redirect, error) {
		return &blobdownload.Redirect{
			Header: http.Header{"X-Accel-Redirect": {"/_files/k"}}, Validators: v, DropsCoding: dropsCoding,
		}, nil
	})
}

func answerTo(s *blobdownload.Server, d *blobdownload.Download, fields ...string) *httptest.ResponseRecorder {
	r := httptest.NewRequest(http.MethodGet, "/", http.NoBody)
	for i := 0; i < len(fields); i += 2 {
		r.Header.Set(fields[i], fields[i+1])
	}
	w := httptest.NewRecorder()
	s.Handler(func(*http.Request) (*blobdownload.Download, error) { return d, nil }).ServeHTTP(w, r)
	return w
}

// A tag that was sent with what was handed over is that of what is streamed.
func TestVariantsAreNotOfferedBesideAnOptimizer(t *testing.T) {
	t.Parallel()
	b := memblob.OpenBucket(nil)
	t.Cleanup(func() { _ = b.Close() })
	require.NoError(t, b.WriteAll(t.Context(), "k", []byte("0123456789"), nil))
	require.NoError(t, b.WriteAll(t.Context(), "k.br", []byte("packed"), nil))
	d := &blobdownload.Download{
		File:     wrapper.Blob(b, "k"),
		Variants: []blobdownload.Variant{{Coding: "br", File: wrapper.Blob(b, "k.br")}},
	}
	s := quiet()
	s.Optimizer = handsOver(blobdownload.AppValidators, false)
	handed := answerTo(s, d, "Accept-Encoding", "br")
	assert.Equal(t, "/_files/k", handed.Header().Get("X-Accel-Redirect"))
	streamed := answerTo(s, d, "Accept-Encoding", "br", "If-Match", handed.Header().Get("ETag"))
	assert.Equal(t, http.StatusOK, streamed.Code)
	assert.Equal(t, "0123456789", streamed.Body.String())
	assert.Equal(t, handed.Header().Get("ETag"), streamed.Header().Get("ETag"))
	assert.Equal(t, "packed", answerTo(quiet(), d, "Accept-Encoding", "br").Body.String(), "without an optimizer")
}

// What the application says of a coding counts like what is stored.
func TestAnApplicationsOwnCodingIsStreamedWhereItWouldBeLost(t *testing.T) {
	t.Parallel()
	d := &blobdownload.Download{File: wrapper.Bytes("k", []byte("packed")), Header: http.Header{"Content-Encoding": {"gzip"}}}
	for _, v := range []blobdownload.Validators{blobdownload.ProxyValidators, blobdownload.AppValidators} {
		s := quiet()
		s.Optimizer = handsOver(v, true)
		w := answerTo(s, d, "Accept-Encoding", "gzip")
		assert.Empty(t, w.Header().Get("X-Accel-Redirect"))
		assert.Equal(t, "gzip", w.Header().Get("Content-Encoding"))
	}
}

func TestObserveHearsOfWhatIsMissing(t *testing.T) {
	t.Parallel()
	for _, v := range []blobdownload.Validators{blobdownload.ProxyValidators, blobdownload.AppValidators} {
		var heard []int
		s := quiet()
		s.Optimizer = handsOver(v, false)
		s.Observe = func(_ *http.Request, res blobdownload.Result) { heard = append(heard, res.Status) }
		w := answerTo(s, &blobdownload.Download{File: wrapper.FS(fstest.MapFS{}, "none")})
		assert.Equal(t, http.StatusNotFound, w.Code)
		assert.Equal(t, []int{http.StatusNotFound}, heard)
	}
}

// A storage that cannot be looked at may still be read.
func TestALookThatFailsIsNoFailure(t *testing.T) {
	t.Parallel()
	store := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Method == http.MethodHead {
			w.WriteHeader(http.StatusBadRequest)
			return
		}
		_, _ = io.WriteString(w, "content")
	}))
	t.Cleanup(store.Close)
	s := quiet()
	s.Optimizer = handsOver(blobdownload.AppValidators, false)
	w := answerTo(s, &blobdownload.Download{File: wrapper.URL(store.Client(), store.URL+"/k")})
	assert.Equal(t, http.StatusOK, w.Code)
	assert.Equal(t, "content", w.Body.String())
}

func TestCacheControlIsWhatIsSent(t *testing.T) {
	t.Parallel()
	for name, header := range map[string]http.Header{
		"none":         nil,
		"two lines":    {"Cache-Control": {"public, max-age=60", "no-store"}},
		"small letter": {"cache-control": {"no-store"}},
		"cookie":       {"Cache-Control": {"public", "max-age=60"}, "Set-Cookie": {"a=b"}},
	} {
		d := &blobdownload.Download{File: wrapper.Bytes("k", []byte("x")), Header: header}
		sent := answerTo(quiet(), d).Header()["Cache-Control"]
		assert.Equal(t, d.CacheControl(), strings.Join(sent, ", "), name)
	}
	d := &blobdownload.Download{File: wrapper.Bytes("k", nil), Header: http.Header{
		"Cache-Control": {"public, max-age=60", "no-store"}, "Set-Cookie": {"a=b"},
	}}
	assert.Contains(t, d.CacheControl(), "no-store")
}
