package blobdownload_test

import (
	"bytes"
	"compress/gzip"
	"maps"
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/stretchr/testify/require"
	"gocloud.dev/blob"

	"github.com/go-downloadview/downloadview/blobdownload"
)

// accelOptimizer offloads every download to nginx.
var accelOptimizer = blobdownload.OptimizerFunc(func(_ *http.Request, d *blobdownload.Download) (*blobdownload.Redirect, error) {
	return &blobdownload.Redirect{Header: http.Header{"X-Accel-Redirect": {"/internal/" + d.File.Name()}}}, nil
})

// offloadingServer returns a server that offloads every download to nginx.
func offloadingServer(v blobdownload.Validators) *blobdownload.Server {
	s := quietServer()
	s.Optimizer = offloader(v, false)
	return s
}

func record(s *blobdownload.Server, method string, d *blobdownload.Download, before http.Header, fields ...string) *httptest.ResponseRecorder {
	w := httptest.NewRecorder()
	maps.Copy(w.Header(), before)
	r := httptest.NewRequest(method, "/", http.NoBody)
	for i := 0; i < len(fields); i += 2 {
		r.Header.Add(fields[i], fields[i+1])
	}
	s.Handler(func(*http.Request) (*blobdownload.Download, error) { return d, nil }).ServeHTTP(w, r)
	return w
}

// offloader returns an optimizer that offloads every download.
func offloader(v blobdownload.Validators, dropsCoding bool) blobdownload.Optimizer {
	return blobdownload.OptimizerFunc(func(*http.Request, *blobdownload.Download) (*blobdownload.Redirect, error) {
		return &blobdownload.Redirect{
			Header: http.Header{"X-Accel-Redirect": {"/_files/k"}}, Validators: v, DropsCoding: dropsCoding,
		}, nil
	})
}

func recordGet(s *blobdownload.Server, d *blobdownload.Download, fields ...string) *httptest.ResponseRecorder {
	return record(s, http.MethodGet, d, nil, fields...)
}

func fixedOptimizer(to *blobdownload.Redirect, err error) blobdownload.Optimizer {
	return blobdownload.OptimizerFunc(func(*http.Request, *blobdownload.Download) (*blobdownload.Redirect, error) { return to, err })
}

// directoryStorage returns a storage in a directory whose objects have other media types than their names suggest.
func directoryStorage(t testing.TB) *blobdownload.Storage {
	t.Helper()
	s, err := blobdownload.OpenStorage(t.Context(), "docs=file://"+t.TempDir()+"?no_tmp_dir=true")
	require.NoError(t, err)
	t.Cleanup(func() { _ = s.Bucket.Close() })
	var zipped bytes.Buffer
	w := gzip.NewWriter(&zipped)
	_, _ = w.Write([]byte("0123456789"))
	require.NoError(t, w.Close())
	for key, o := range map[string]blob.WriterOptions{
		"typed.txt": {ContentType: "text/csv", ContentLanguage: "de"},
		"coded.txt": {ContentType: "text/plain", ContentEncoding: "gzip"},
		"empty.txt": {ContentType: "text/csv"},
	} {
		content := []byte("0123456789")
		switch key {
		case "coded.txt":
			content = zipped.Bytes()
		case "empty.txt":
			content = nil
		}
		require.NoError(t, s.Bucket.WriteAll(t.Context(), key, content, &o))
	}
	return s
}
