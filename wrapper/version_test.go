package wrapper_test

import (
	"context"
	"io/fs"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"gocloud.dev/blob"
	"gocloud.dev/blob/memblob"

	"github.com/go-downloadview/downloadview/wrapper"
)

// versionedStore is the provider of one bucket with one object, of which it holds versions. A 304, a 412 and a 416 have
// neither a version nor an entity-tag, as those of MinIO.
type versionedStore struct {
	srv      *httptest.Server
	versions map[string]string
	current  string

	mu  sync.Mutex
	got []string
}

var versionedStores sync.Map // *blob.Bucket to *versionedStore

func init() {
	wrapper.RegisterStore(func(b *blob.Bucket, _ *url.URL) (wrapper.Store, bool) {
		s, ok := versionedStores.Load(b)
		if !ok {
			return nil, false
		}
		return s.(*versionedStore), true
	})
}

func newVersionedStore(t *testing.T) (*versionedStore, *wrapper.File) {
	s := &versionedStore{versions: map[string]string{"1": digits, "2": "the current content"}, current: "2"}
	s.srv = httptest.NewServer(http.HandlerFunc(s.serve))
	b := memblob.OpenBucket(nil)
	versionedStores.Store(b, s)
	t.Cleanup(func() {
		versionedStores.Delete(b)
		s.srv.Close()
		require.NoError(t, b.Close())
	})
	return s, wrapper.Blob(b, "k")
}

type withoutValidators struct{ http.ResponseWriter }

func (w withoutValidators) WriteHeader(status int) {
	if status >= 300 {
		w.Header().Del("X-Version")
		w.Header().Del("ETag")
		w.Header().Del("Last-Modified")
	}
	w.ResponseWriter.WriteHeader(status)
}

func (s *versionedStore) serve(w http.ResponseWriter, r *http.Request) {
	version := r.URL.Query().Get("versionId")
	s.mu.Lock()
	s.got = append(s.got, strings.TrimSpace(r.Method+" "+version))
	s.mu.Unlock()
	if version == "" {
		version = s.current
	}
	content, ok := s.versions[version]
	switch {
	case version == "malformed":
		http.Error(w, "InvalidArgument", http.StatusBadRequest)
		return
	case version == "deleted":
		http.Error(w, "MethodNotAllowed", http.StatusMethodNotAllowed)
		return
	case !ok:
		http.Error(w, "NoSuchVersion", http.StatusNotFound)
		return
	}
	w.Header().Set("X-Version", version)
	w.Header().Set("ETag", `"tag`+version+`"`)
	http.ServeContent(withoutValidators{w}, r, "k.txt", modified, strings.NewReader(content))
}

func (s *versionedStore) requests() []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.got
}

func (s *versionedStore) Send(ctx ctx, method, _, version string, h http.Header) (*http.Response, error) {
	req, err := http.NewRequestWithContext(ctx, method, s.srv.URL+"/k?versionId="+version, http.NoBody)
	if err != nil {
		return nil, err
	}
	if h != nil {
		req.Header = h
	}
	return s.srv.Client().Transport.RoundTrip(req)
}

func (s *versionedStore) Describe(resp *http.Response, info *wrapper.Info) {
	info.Version = resp.Header.Get("X-Version")
}

func (s *versionedStore) SignedURL(_ ctx, _ string, o wrapper.SignOptions) (string, error) {
	return s.srv.URL + "/k?versionId=" + o.Version, nil
}

// named returns the file as a version, in each way that names one.
func named(f *wrapper.File, version string) map[string]*wrapper.File {
	return map[string]*wrapper.File{
		"WithVersion":           f.WithVersion(version),
		"WithInfo":              f.WithInfo(wrapper.Info{Version: version}),
		"WithInfo, cached":      f.WithInfo(wrapper.Info{Version: version}).WithInfoCache(wrapper.NewInfoCache(9, time.Minute)),
		"WithInfo and size":     f.WithInfo(wrapper.Info{Version: version, Size: 10}),
		"WithVersion and size":  f.WithInfo(wrapper.Info{Size: 10}).WithVersion(version),
		"WithVersion and cache": f.WithInfoCache(warmCache(f)).WithVersion(version),
	}
}

// warmCache returns a cache with the metadata of the current version.
func warmCache(f *wrapper.File) *wrapper.InfoCache {
	c := wrapper.NewInfoCache(10, time.Minute)
	resp, err := f.WithInfoCache(c).Fetch(context.Background(), wrapper.Request{})
	if err == nil {
		_ = resp.Close()
	}
	return c
}

func TestI9ANamedVersionIsRequested(t *testing.T) {
	t.Parallel()
	for _, req := range []wrapper.Request{
		{}, {Head: true}, {Range: "bytes=2-4"}, {Range: "bytes=0-0,9-9"}, {IfNoneMatch: `"x", "y"`}, {Range: "bytes=0-1", IfRange: `"tag2"`},
	} {
		_, f := newVersionedStore(t)
		for name, f := range named(f, "1") {
			t.Run(name+" "+req.Range+req.IfNoneMatch, func(t *testing.T) {
				resp, err := f.Fetch(t.Context(), req)
				require.NoError(t, err)
				assert.Equal(t, int64(10), resp.Info.Size)
				if !req.Head || resp.Info.ETag != "" { // HEAD with WithInfo makes no request
					assert.Equal(t, "1", resp.Info.Version)
				}
				if resp.Body != nil {
					got := readAll(t, resp.Body)
					assert.NotEmpty(t, got)
					assert.Contains(t, digits, got)
				}
			})
		}
	}
}

func TestI9ANamedVersionCostsOneRequest(t *testing.T) {
	t.Parallel()
	s, f := newVersionedStore(t)
	for _, f := range []*wrapper.File{f.WithVersion("1"), f.WithInfo(wrapper.Info{Version: "1"}), f.WithInfo(wrapper.Info{Version: "1", Size: 10})} {
		_, err := fetchAll(t, f, wrapper.Request{Range: "bytes=2-4"})
		require.NoError(t, err)
	}
	assert.Equal(t, []string{"GET 1", "GET 1", "GET 1"}, s.requests())
}

func TestI9AVersionThatDoesNotExistIsAnError(t *testing.T) {
	t.Parallel()
	for _, version := range []string{"0", "malformed", "deleted"} {
		_, f := newVersionedStore(t)
		for name, f := range named(f, version) {
			t.Run(version+" "+name, func(t *testing.T) {
				if name == "WithInfo and size" { // stale metadata
					resp, err := f.Fetch(t.Context(), wrapper.Request{})
					require.NoError(t, err)
					assert.Equal(t, "2", resp.Info.Version)
					assert.Equal(t, "the current content", readAll(t, resp.Body))
					return
				}
				_, err := f.Fetch(t.Context(), wrapper.Request{})
				require.ErrorIs(t, err, fs.ErrNotExist)
				if !strings.Contains(name, "size") {
					_, err = f.Stat(t.Context())
					require.ErrorIs(t, err, fs.ErrNotExist)
				}
				_, err = f.Open(t.Context(), 0, -1)
				require.ErrorIs(t, err, fs.ErrNotExist)
			})
		}
	}
}

func TestI9ANamedVersionIsReadByEveryMethod(t *testing.T) {
	t.Parallel()
	_, f := newVersionedStore(t)
	for name, f := range named(f, "1") {
		t.Run(name, func(t *testing.T) {
			info, err := f.Stat(t.Context())
			require.NoError(t, err)
			assert.Equal(t, int64(10), info.Size)
			r, err := f.Open(t.Context(), 0, -1)
			require.NoError(t, err)
			assert.Equal(t, digits, readAll(t, r))
			assert.Equal(t, "1", f.KnownInfo().Version, "for signed URLs")
		})
	}
}

func TestI10AStatusWithoutMetadataPassesForANamedVersion(t *testing.T) {
	t.Parallel()
	date := modified.Format(http.TimeFormat)
	for name, tc := range map[string]struct {
		req    wrapper.Request
		status int
	}{
		"304":              {wrapper.Request{IfNoneMatch: `"tag1"`}, 304},
		"304 of a list":    {wrapper.Request{IfNoneMatch: `"x", "tag1"`}, 304},
		"304 by date":      {wrapper.Request{IfModifiedSince: date}, 304},
		"412":              {wrapper.Request{IfMatch: `"x"`}, 412},
		"412 by date":      {wrapper.Request{IfUnmodifiedSince: "Thu, 01 Jan 1990 00:00:00 GMT"}, 412},
		"416":              {wrapper.Request{Range: "bytes=100-"}, 416},
		"200, other tag":   {wrapper.Request{IfNoneMatch: `"tag2"`}, 200},
		"206":              {wrapper.Request{Range: "bytes=0-1", IfRange: `"tag1"`}, 206},
		"200, If-Range":    {wrapper.Request{Range: "bytes=0-1", IfRange: `"tag2"`}, 200},
		"206, If-Match":    {wrapper.Request{Range: "bytes=0-1", IfMatch: `"tag1"`}, 206},
		"412, current tag": {wrapper.Request{IfMatch: `"tag2"`}, 412},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, f := newVersionedStore(t)
			resp, err := f.WithVersion("1").Fetch(t.Context(), tc.req)
			require.NoError(t, err)
			require.NoError(t, resp.Close())
			assert.Equal(t, tc.status, resp.Status)
			resp, err = f.WithInfo(wrapper.Info{Version: "1"}).Fetch(t.Context(), tc.req)
			require.NoError(t, err)
			require.NoError(t, resp.Close())
			assert.Equal(t, tc.status, resp.Status)
		})
	}
}

func TestI10AnEntityTagAsTheVersion(t *testing.T) {
	t.Parallel()
	_, f := newVersionedStore(t)
	for name, tc := range map[string]struct {
		version string
		req     wrapper.Request
		status  int // 0: fs.ErrNotExist
	}{
		"current":       {`"tag2"`, wrapper.Request{}, 200},
		"revalidation":  {`"tag2"`, wrapper.Request{IfNoneMatch: `"tag2"`}, 304},
		"416":           {`"tag2"`, wrapper.Request{Range: "bytes=100-"}, 416},
		"old":           {`"tag1"`, wrapper.Request{}, 0},
		"old, HEAD":     {`"tag1"`, wrapper.Request{Head: true}, 0},
		"old, If-Range": {`"tag1"`, wrapper.Request{Range: "bytes=0-1", IfRange: `"tag1"`}, 0},
	} {
		t.Run(name, func(t *testing.T) {
			resp, err := f.WithVersion(tc.version).Fetch(t.Context(), tc.req)
			if tc.status == 0 {
				require.ErrorIs(t, err, fs.ErrNotExist)
				return
			}
			require.NoError(t, err)
			require.NoError(t, resp.Close())
			assert.Equal(t, tc.status, resp.Status)
		})
	}
}

func TestI9ANamedVersionIsNotCachedAsTheCurrentOne(t *testing.T) {
	t.Parallel()
	_, f := newVersionedStore(t)
	f = f.WithInfoCache(wrapper.NewInfoCache(10, time.Minute))
	for _, f := range []*wrapper.File{f.WithVersion("1"), f.WithInfo(wrapper.Info{Version: "1"})} {
		resp, err := f.Fetch(t.Context(), wrapper.Request{})
		require.NoError(t, err)
		assert.Equal(t, digits, readAll(t, resp.Body))
	}
	resp, err := f.Fetch(t.Context(), wrapper.Request{Head: true})
	require.NoError(t, err)
	assert.Equal(t, "2", resp.Info.Version)
}

func TestI9APinnedVersionOfASourceWithoutVersionsIsAnError(t *testing.T) {
	t.Parallel()
	o := newOrigin(t, goServer(digits))
	_, err := o.file(t).WithVersion("1").Fetch(t.Context(), wrapper.Request{})
	require.ErrorIs(t, err, fs.ErrNotExist)
	s := newFaultyStore(t, []byte(digits))
	_, err = s.file().WithInfo(wrapper.Info{Version: "1"}).Fetch(t.Context(), wrapper.Request{})
	require.ErrorIs(t, err, fs.ErrNotExist, "the store returned a version without a name")
}
