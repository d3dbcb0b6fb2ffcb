package s3_test

import (
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/go-downloadview/downloadview/blobdownload"
	"github.com/go-downloadview/downloadview/internal/objectserver"
	"github.com/go-downloadview/downloadview/wrapper"
)

// The store compares its times with fractions of a second: an object is newer than its own Last-Modified.
func TestW25DateIsDecidedByHeadWhereTheStoreComparesFractions(t *testing.T) {
	t.Parallel()
	for name, change := range routes {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			modified := time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC).Format(http.TimeFormat)
			s := startService(t)
			var methods []string
			s.answer = func(w http.ResponseWriter, r *http.Request) {
				methods = append(methods, r.Method)
				w.Header().Set("ETag", `"x"`)
				w.Header().Set("Last-Modified", modified)
				_, _ = w.Write([]byte("content"))
			}
			b := s.bucket(t, change)
			for range 4 {
				resp, err := wrapper.Blob(b, "k").Fetch(t.Context(), wrapper.Request{IfModifiedSince: modified})
				require.NoError(t, err)
				assert.Equal(t, http.StatusNotModified, resp.Status)
				require.NoError(t, resp.Close())
			}
			assert.Equal(t, []string{"GET", "HEAD", "HEAD", "HEAD"}, methods)
			_, err := fetch(t, wrapper.Blob(b, "k"))
			require.NoError(t, err)
			assert.Equal(t, "GET", methods[4], "no date decides")
		})
	}
}

// This machine's clock is behind: a new object is not from the future.
func TestW23LastModifiedIsClampedByTheStoresClock(t *testing.T) {
	t.Parallel()
	forBoth(t, func(t *testing.T, s *objectserver.Server, f *wrapper.File) {
		t.Helper()
		s.Skew(2 * time.Hour)
		modified := time.Now().Add(time.Hour).UTC().Truncate(time.Second)
		s.Put("k", &objectserver.Object{Content: []byte("content"), ETag: `"x"`, Modified: modified})
		serve := func(method, since string) *httptest.ResponseRecorder {
			w := httptest.NewRecorder()
			r := httptest.NewRequestWithContext(t.Context(), method, "/k", http.NoBody)
			if since != "" {
				r.Header.Set("If-Modified-Since", since)
			}
			new(blobdownload.Server).Handler(func(*http.Request) (*blobdownload.Download, error) {
				return &blobdownload.Download{File: f}, nil
			}).ServeHTTP(w, r)
			return w
		}
		for _, method := range []string{http.MethodGet, http.MethodHead} {
			w := serve(method, "")
			assert.Equal(t, modified.Format(http.TimeFormat), w.Header().Get("Last-Modified"), method)
			date, err := http.ParseTime(w.Header().Get("Date"))
			require.NoError(t, err)
			assert.False(t, date.Before(modified), "%s: RFC 9110 section 8.8.2.1", method)
		}
		assert.Equal(t, http.StatusNotModified, serve(http.MethodGet, modified.Format(http.TimeFormat)).Code)
	})
}

// W25 for invalid dates: the SDK would fail the response for a field that a download can do without.
func TestW25MalformedLastModifiedIsNoDate(t *testing.T) {
	t.Parallel()
	for route, change := range routes {
		for _, date := range []string{"", "2026-01-02T03:04:05Z", "garbage", "0"} {
			s := startService(t)
			s.answer = func(w http.ResponseWriter, _ *http.Request) {
				w.Header().Set("ETag", `"x"`)
				w.Header().Set("Last-Modified", date)
				_, _ = w.Write([]byte("content"))
			}
			f := wrapper.Blob(s.bucket(t, change), "k")
			info, err := f.Stat(t.Context())
			require.NoError(t, err, "%s %q", route, date)
			assert.True(t, info.ModTime.IsZero())
			got, err := fetch(t, f)
			require.NoError(t, err, "%s %q", route, date)
			assert.Equal(t, "content", got)
		}
	}
}
