package blobdownload_test

import (
	"net/http"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/go-downloadview/downloadview/blobdownload"
)

// D3: object, path and HTTP views never returned 304.
func TestD3_EveryViewAnswers304(t *testing.T) {
	t.Parallel()
	for _, p := range storedViews(t, []byte("content")) {
		t.Run(p.name, func(t *testing.T) {
			t.Parallel()
			h := quietServer().Handler(p.view)
			first := exchange(t, h, "GET", "/?key="+docKey)
			tag, date := first.Header.Get("ETag"), first.Header.Get("Last-Modified")
			require.NotEmpty(t, tag)
			require.NotEmpty(t, date)
			for name, c := range map[string]struct {
				header []string
				want   int
			}{
				"tag":                 {[]string{"If-None-Match", tag}, 304},
				"weak tag":            {[]string{"If-None-Match", "W/" + tag}, 304},
				"tag in a list":       {[]string{"If-None-Match", `"other", ` + tag}, 304},
				"another tag":         {[]string{"If-None-Match", `"other"`}, 200},
				"date":                {[]string{"If-Modified-Since", date}, 304},
				"old date":            {[]string{"If-Modified-Since", "Tue, 01 Jan 1980 00:00:00 GMT"}, 200},
				"tag goes over date":  {[]string{"If-None-Match", `"other"`, "If-Modified-Since", date}, 200},
				"precondition":        {[]string{"If-Match", `"other"`}, 412},
				"precondition, date":  {[]string{"If-Unmodified-Since", "Tue, 01 Jan 1980 00:00:00 GMT"}, 412},
				"precondition, holds": {[]string{"If-Match", tag}, 200},
			} {
				t.Run(name, func(t *testing.T) {
					resp := exchange(t, h, "GET", "/?key="+docKey, c.header...)
					require.Equal(t, c.want, resp.StatusCode)
					if c.want != http.StatusNotModified {
						return
					}
					assert.Empty(t, bodyText(t, resp))
					assert.Equal(t, tag, resp.Header.Get("ETag"))
					if p.name != "http" { // a remote may leave it out where it sends a tag
						assert.Equal(t, date, resp.Header.Get("Last-Modified"))
					}
					assert.Equal(t, "private, no-cache", resp.Header.Get("Cache-Control"))
					assert.NotContains(t, resp.Header, "Content-Length")
					assert.NotContains(t, resp.Header, "Content-Disposition")
				})
			}
		})
	}
}

// D4: Last-Modified was never sent.
func TestD4_LastModifiedAndETagAreSent(t *testing.T) {
	t.Parallel()
	began := time.Now().Add(-2 * time.Second)
	for _, p := range storedViews(t, []byte("content")) {
		t.Run(p.name, func(t *testing.T) {
			t.Parallel()
			for _, method := range []string{"GET", "HEAD"} {
				resp := exchange(t, quietServer().Handler(p.view), method, "/?key="+docKey)
				assert.Regexp(t, `^"[^"]+"$`, resp.Header.Get("ETag"))
				date, err := http.ParseTime(resp.Header.Get("Last-Modified"))
				require.NoError(t, err)
				switch p.name {
				case "mem", "file", "object": // written by this test
					assert.WithinRange(t, date, began, time.Now())
				default:
					assert.Equal(t, modTime, date)
				}
			}
		})
	}
}

// RFC 9110 section 8.8.2.1: Last-Modified is not later than Date.
func TestLastModifiedIsNotInTheFuture(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name string
		at   time.Time
		want bool
	}{
		{"past", modTime, true},
		{"future", time.Now().Add(48 * time.Hour), true},
		{"unknown", time.Time{}, false},
		{"the epoch means unknown", time.Unix(0, 0), false},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			p := newCountingSource("content")
			p.info.ModTime = c.at
			field := exchange(t, handlerOf(blobdownload.Download{File: p.file("a")}), "GET", "/").Header.Get("Last-Modified")
			assert.Equal(t, c.want, field != "")
			if c.want {
				at, err := http.ParseTime(field)
				require.NoError(t, err)
				assert.False(t, at.After(time.Now()))
			}
		})
	}
}
