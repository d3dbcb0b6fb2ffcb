package proxy_test

import (
	"context"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	_ "gocloud.dev/blob/fileblob"

	"github.com/go-downloadview/downloadview/blobdownload"
	"github.com/go-downloadview/downloadview/proxy"
	"github.com/go-downloadview/downloadview/wrapper"
)

// taggedSource is remote content with an entity-tag, or without one. It counts lookups.
type taggedSource struct {
	etag  string
	stats int
}

func (s *taggedSource) Location() wrapper.Location { return wrapper.Location{Key: "k"} }

func (s *taggedSource) Stat(context.Context) (wrapper.Info, error) {
	s.stats++
	return wrapper.Info{Size: 5, ETag: s.etag}, nil
}

func (s *taggedSource) Open(_ context.Context, off, n int64) (io.ReadCloser, error) {
	rest := "hello"[off:]
	if n >= 0 {
		rest = rest[:n]
	}
	return io.NopCloser(strings.NewReader(rest)), nil
}

func offloaded(o blobdownload.Optimizer, f *wrapper.File, fields ...string) *http.Response {
	r := httptest.NewRequest(http.MethodGet, "/", http.NoBody)
	for i := 0; i+1 < len(fields); i += 2 {
		r.Header.Set(fields[i], fields[i+1])
	}
	w := httptest.NewRecorder()
	s := &blobdownload.Server{Optimizer: o}
	s.Handler(func(*http.Request) (*blobdownload.Download, error) { return &blobdownload.Download{File: f}, nil }).ServeHTTP(w, r)
	return w.Result()
}

// Apache sends an ETag of its own, "0" for every file, if the application sends none.
func TestS3OffloadedResponsesHaveAValidTag(t *testing.T) {
	t.Parallel()
	mounts := []proxy.Mount{{Store: "docs", Location: "/srv/"}}
	for optimizer, o := range map[string]blobdownload.Optimizer{
		"XSendfile": &proxy.XSendfile{Mounts: mounts, Paths: proxy.RawPaths},
		"XAccel":    &proxy.XAccel{Mounts: mounts, Validators: blobdownload.AppValidators},
	} {
		for name, c := range map[string]struct {
			stored  string
			known   wrapper.Info
			offload bool
			stats   int
		}{
			"nothing known":          {`"v1"`, wrapper.Info{}, true, 1},
			"size alone":             {`"v1"`, wrapper.Info{Size: 5}, true, 1},
			"size and time":          {`"v1"`, wrapper.Info{Size: 5, ModTime: time.Unix(1e9, 0)}, true, 1},
			"size and invalid tag":   {`"v1"`, wrapper.Info{Size: 5, ETag: "v1"}, true, 1},
			"size and tag":           {`"v1"`, wrapper.Info{Size: 5, ETag: `"v1"`}, true, 0},
			"no tag at all":          {"", wrapper.Info{}, false, 1},
			"size of untagged bytes": {"", wrapper.Info{Size: 5}, false, 1},
		} {
			src := &taggedSource{etag: c.stored}
			resp := offloaded(o, wrapper.New("k", src).WithStore("docs").WithInfo(c.known))
			require.Equal(t, http.StatusOK, resp.StatusCode, "%s: %s", optimizer, name)
			field := resp.Header.Get("X-Sendfile") + resp.Header.Get("X-Accel-Redirect")
			assert.Equal(t, c.offload, field != "", "%s: %s", optimizer, name)
			assert.Equal(t, c.stored, resp.Header.Get("ETag"), "%s: %s", optimizer, name)
			assert.Equal(t, c.stats, src.stats, "%s: %s", optimizer, name)
		}
	}
}

// The proxy would derive a validator from the time.
func TestI11FrozenFilesAreNotOffloadedToProxies(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	for name, modTime := range map[string]time.Time{"frozen": time.Unix(1, 0), "dated": time.Unix(1e9, 0)} {
		require.NoError(t, os.WriteFile(filepath.Join(dir, name), []byte("hello"), 0o600))
		require.NoError(t, os.Chtimes(filepath.Join(dir, name), modTime, modTime))
	}
	s, err := blobdownload.OpenStorage(t.Context(), "docs=file://"+dir+"?no_tmp_dir=true")
	require.NoError(t, err)
	t.Cleanup(func() { assert.NoError(t, s.Bucket.Close()) })
	mounts := []proxy.Mount{{Store: "docs", Location: "/srv/"}}
	for optimizer, o := range map[string]blobdownload.Optimizer{
		"Apache":                     &proxy.XSendfile{Mounts: mounts, Paths: proxy.RawPaths},
		"lighttpd":                   &proxy.XSendfile{Mounts: mounts, Paths: proxy.EscapedPaths, Validators: blobdownload.ProxyValidators},
		"nginx's validators":         &proxy.XAccel{Mounts: mounts},
		"the application's in nginx": &proxy.XAccel{Mounts: mounts, Validators: blobdownload.AppValidators},
	} {
		for key, offload := range map[string]bool{"frozen": false, "dated": true} {
			for known, info := range map[string]wrapper.Info{"": {}, "size": {Size: 5}} {
				resp := offloaded(o, s.File(key).WithInfo(info))
				assert.Equal(t, http.StatusOK, resp.StatusCode)
				field := resp.Header.Get("X-Sendfile") + resp.Header.Get("X-Accel-Redirect")
				assert.Equal(t, offload, field != "", "%s: %s, known %q", optimizer, key, known)
			}
		}
	}
}

// A size cannot decide a precondition: the storage has the validators.
func TestS3SizeAloneDecidesNoPreconditionOfARedirect(t *testing.T) {
	t.Parallel()
	cdn := &proxy.CDN{Mounts: []proxy.Mount{{Store: "docs", Location: "https://cdn.example.com/"}}, Signer: plainSigner{}}
	for name, c := range map[string]struct {
		fields []string
		status int
	}{
		"unconditional":   {nil, http.StatusFound},
		"another version": {[]string{"If-None-Match", `"v0"`}, http.StatusFound},
		"If-Match":        {[]string{"If-Match", `"v1"`}, http.StatusFound},
		"range":           {[]string{"Range", "bytes=0-1"}, http.StatusFound},
		"past the end":    {[]string{"Range", "bytes=9-"}, http.StatusRequestedRangeNotSatisfiable},
	} {
		f := wrapper.New("k", &taggedSource{etag: `"v1"`}).WithStore("docs").WithInfo(wrapper.Info{Size: 5})
		assert.Equal(t, c.status, offloaded(cdn, f, c.fields...).StatusCode, name)
	}
}

// taggedSigner signs URLs that name the signed type.
type taggedSigner struct{ taggedSource }

func (s *taggedSigner) SignedURL(_ context.Context, o wrapper.SignOptions) (string, error) {
	return "https://store.example.com/k?type=" + url.QueryEscape(o.ContentType), nil
}

func TestS3SizeAloneIsLookedUpWhereMetadataIsSigned(t *testing.T) {
	t.Parallel()
	known := wrapper.Info{Size: 5}
	src := &taggedSigner{taggedSource{etag: `"v1"`}}
	o := &proxy.Presign{Validators: blobdownload.AppValidators}
	resp := offloaded(o, wrapper.New("k", src).WithStore("docs").WithInfo(known), "If-None-Match", `"v1"`)
	assert.Equal(t, http.StatusNotModified, resp.StatusCode)
	assert.Equal(t, 1, src.stats)

	inside := &proxy.XAccelPresigned{Location: "/_url"}
	resp = offloaded(inside, wrapper.New("k", src).WithStore("docs").WithInfo(known), "If-None-Match", `"v1"`)
	assert.Equal(t, http.StatusNotModified, resp.StatusCode)
	assert.Equal(t, 2, src.stats)
}

// A storage sends the stored field.
func TestW1UnknownCodingIsNotRedirected(t *testing.T) {
	t.Parallel()
	for coding, redirected := range map[string]bool{"": true, "gzip": true, "base64": false, "aws-chunked,gzip": false, "none": false} {
		src := &taggedSigner{taggedSource{etag: `"v1"`}}
		f := wrapper.New("k", src).WithStore("docs").WithInfo(wrapper.Info{Size: 5, ETag: `"v1"`, ContentEncoding: coding})
		resp := offloaded(&proxy.Presign{}, f, "Accept-Encoding", "gzip")
		assert.Equal(t, redirected, resp.StatusCode == http.StatusFound, "%q", coding)
		resp = offloaded(&proxy.XAccelPresigned{Location: "/_url"}, f, "Accept-Encoding", "gzip")
		assert.Equal(t, redirected, resp.Header.Get("X-Accel-Redirect") != "", "%q", coding)
	}
}

type plainSigner struct{}

func (plainSigner) SignURL(rawURL string, _ time.Time) (string, error) {
	return rawURL + "?signed", nil
}
