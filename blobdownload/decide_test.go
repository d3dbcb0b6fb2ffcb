package blobdownload_test

import (
	"io"
	"io/fs"
	"net/http"
	"net/http/httptest"
	"testing"
	"testing/fstest"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/go-downloadview/downloadview/blobdownload"
	"github.com/go-downloadview/downloadview/wrapper"
)

func TestOffloadWithKnownInfoCostsNoRequest(t *testing.T) {
	t.Parallel()
	src := &statSource{info: textInfo}
	d := &blobdownload.Download{File: wrapper.New("k.txt", src).WithInfo(textInfo)}
	w := record(offloadingServer(blobdownload.AppValidators), http.MethodGet, d, nil)
	assert.Equal(t, `"app"`, w.Header().Get("ETag"))
	assert.Equal(t, http.StatusNotModified, record(offloadingServer(blobdownload.AppValidators), http.MethodGet, d, nil, "If-None-Match", `"app"`).Code)
	assert.Zero(t, src.stats.Load())
	assert.Zero(t, src.open.Load())
}

// XA10: a missing file is the application's 404, without fields of the file.
func TestOffloadOfAMissingFile(t *testing.T) {
	t.Parallel()
	d := &blobdownload.Download{File: wrapper.New("k.txt", &statSource{err: fs.ErrNotExist})}
	w := record(offloadingServer(blobdownload.AppValidators), http.MethodGet, d, nil)
	assert.Equal(t, http.StatusNotFound, w.Code)
	for _, field := range []string{"X-Accel-Redirect", "Content-Disposition", "ETag"} {
		assert.Empty(t, w.Header().Get(field), field)
	}
}

func TestMissingFileIsObservedBeforeOffloading(t *testing.T) {
	t.Parallel()
	for _, v := range []blobdownload.Validators{blobdownload.ProxyValidators, blobdownload.AppValidators} {
		var heard []int
		s := quietServer()
		s.Optimizer = offloader(v, false)
		s.Observe = func(_ *http.Request, res blobdownload.Result) { heard = append(heard, res.Status) }
		w := recordGet(s, &blobdownload.Download{File: wrapper.FS(fstest.MapFS{}, "none")})
		assert.Equal(t, http.StatusNotFound, w.Code)
		assert.Equal(t, []int{http.StatusNotFound}, heard)
	}
}

// A storage whose HEAD fails may still answer GET.
func TestFailedLookupIsStreamed(t *testing.T) {
	t.Parallel()
	store := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Method == http.MethodHead {
			w.WriteHeader(http.StatusNotAcceptable)
			return
		}
		_, _ = io.WriteString(w, "content")
	}))
	t.Cleanup(store.Close)
	s := quietServer()
	s.Optimizer = offloader(blobdownload.AppValidators, false)
	w := recordGet(s, &blobdownload.Download{File: wrapper.URL(store.Client(), store.URL+"/k")})
	assert.Equal(t, http.StatusOK, w.Code)
	assert.Equal(t, "content", w.Body.String())
}

// Content that is decoded before sending has validators of its own: the stored ones decide no condition.
func TestCodingIsNegotiatedBeforeConditions(t *testing.T) {
	t.Parallel()
	s := directoryStorage(t)
	info, err := s.File("coded.txt").Stat(t.Context())
	require.NoError(t, err)
	d := &blobdownload.Download{File: s.File("coded.txt")}
	for accepted, status := range map[string]int{"gzip": http.StatusNotModified, "identity": http.StatusOK} {
		w := record(offloadingServer(blobdownload.AppValidators), http.MethodGet, d, nil, "Accept-Encoding", accepted, "If-None-Match", info.ETag)
		assert.Equal(t, status, w.Code, accepted)
		assert.Equal(t, "Accept-Encoding", w.Header().Get("Vary"), accepted)
		assert.Empty(t, w.Header().Get("X-Accel-Redirect"), accepted)
	}
}

// Content that mod_xsendfile would send without its Content-Encoding is streamed, with either kind of validators.
func TestDroppedCodingIsStreamed(t *testing.T) {
	t.Parallel()
	s := directoryStorage(t)
	for _, v := range []blobdownload.Validators{blobdownload.ProxyValidators, blobdownload.AppValidators} {
		server := quietServer()
		server.Optimizer = fixedOptimizer(&blobdownload.Redirect{Header: http.Header{"X-Sendfile": {"/srv/k"}}, Validators: v, DropsCoding: true}, nil)
		for key, coding := range map[string]string{"coded.txt": "gzip", "typed.txt": ""} {
			w := record(server, http.MethodGet, &blobdownload.Download{File: s.File(key)}, nil, "Accept-Encoding", "gzip")
			assert.Equal(t, coding, w.Header().Get("Content-Encoding"), key)
			assert.Equal(t, coding == "", w.Header().Get("X-Sendfile") != "", key)
			assert.Equal(t, coding != "", w.Body.Len() > 0, key)
		}
	}
}

// A content coding set by the application counts like a stored one.
func TestDroppedCodingOfTheApplicationIsStreamed(t *testing.T) {
	t.Parallel()
	d := &blobdownload.Download{File: wrapper.Bytes("k", []byte("packed")), Header: http.Header{"Content-Encoding": {"gzip"}}}
	for _, v := range []blobdownload.Validators{blobdownload.ProxyValidators, blobdownload.AppValidators} {
		s := quietServer()
		s.Optimizer = offloader(v, true)
		w := recordGet(s, d, "Accept-Encoding", "gzip")
		assert.Empty(t, w.Header().Get("X-Accel-Redirect"))
		assert.Equal(t, "gzip", w.Header().Get("Content-Encoding"))
	}
}

// With ProxyValidators only local files are looked up.
func TestProxyValidatorsUseMetadataOfALocalFile(t *testing.T) {
	t.Parallel()
	s := directoryStorage(t)
	missing := wrapper.Info{Size: 7, ETag: `"known"`, ContentType: "text/x-known"}
	for _, tc := range []struct {
		name   string
		file   *wrapper.File
		fields []string
		status int
		want   map[string]string // "" is a field that is not there
	}{
		{"type and language", s.File("typed.txt"), nil, 200, map[string]string{
			"X-Accel-Redirect": "/_files/k", "Content-Type": "text/csv; charset=utf-8", "Content-Language": "de", "ETag": "", "Last-Modified": "",
			"Content-Encoding": "", "Vary": "",
		}},
		{"an empty file", s.File("empty.txt"), nil, 200, map[string]string{"X-Accel-Redirect": "/_files/k", "Content-Type": "text/csv; charset=utf-8"}},
		{"coding", s.File("coded.txt"), []string{"Accept-Encoding", "gzip"}, 200, map[string]string{
			"X-Accel-Redirect": "/_files/k", "Content-Encoding": "gzip", "Vary": "Accept-Encoding", "ETag": "",
		}},
		{"no coding", s.File("coded.txt"), []string{"Accept-Encoding", "identity"}, 200, map[string]string{
			"X-Accel-Redirect": "", "Content-Encoding": "", "Vary": "Accept-Encoding", "Accept-Ranges": "none",
		}},
		{"neither coding", s.File("coded.txt"), []string{"Accept-Encoding", "br, identity;q=0"}, 200, map[string]string{
			"X-Accel-Redirect": "/_files/k", "Content-Encoding": "gzip", "Vary": "Accept-Encoding",
		}},
		{"missing", s.File("none.txt"), nil, 404, map[string]string{"X-Accel-Redirect": "", "Content-Disposition": "", "Set-Cookie": ""}},
		{"missing, though known", s.File("none.txt").WithInfo(missing), nil, 200, map[string]string{
			"X-Accel-Redirect": "/_files/k", "Content-Type": "text/x-known; charset=utf-8",
		}},
		{"missing, with a known size", s.File("none.txt").WithInfo(wrapper.Info{Size: 7}), nil, 404, map[string]string{"X-Accel-Redirect": ""}},
		{"range", s.File("typed.txt"), []string{"Range", "bytes=0-4"}, 200, map[string]string{"X-Accel-Redirect": "/_files/k"}},
		{"XA8 range beyond the end", s.File("typed.txt"), []string{"Range", "bytes=10-"}, 416, map[string]string{
			"X-Accel-Redirect": "", "Content-Range": "bytes */10", "Content-Disposition": "", "Set-Cookie": "",
		}},
		{"and a condition of the edge's", s.File("typed.txt"), []string{"Range", "bytes=10-", "If-None-Match", `"x"`}, 200, map[string]string{"X-Accel-Redirect": "/_files/k"}},
		{"and an If-Range", s.File("typed.txt"), []string{"Range", "bytes=10-", "If-Range", `"x"`}, 200, map[string]string{"X-Accel-Redirect": "/_files/k"}},
		{"memory", wrapper.Bytes("k.txt", []byte("0123456789")), []string{"Range", "bytes=10-"}, 416, map[string]string{"X-Accel-Redirect": ""}},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			d := &blobdownload.Download{File: tc.file, Header: http.Header{"Set-Cookie": {"a=b"}}}
			w := record(offloadingServer(blobdownload.ProxyValidators), http.MethodGet, d, nil, tc.fields...)
			assert.Equal(t, tc.status, w.Code)
			for field, want := range tc.want {
				assert.Equal(t, want, w.Header().Get(field), field)
			}
			if tc.status == http.StatusOK && w.Header().Get("X-Accel-Redirect") == "" {
				assert.Equal(t, "0123456789", w.Body.String())
			}
		})
	}
}
