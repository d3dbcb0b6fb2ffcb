package blobdownload_test

import (
	"bytes"
	"compress/gzip"
	"context"
	"io"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/go-downloadview/downloadview/blobdownload"
	"github.com/go-downloadview/downloadview/wrapper"
)

// aheadSource is gzipped content of a storage whose clock is ahead of this machine's.
type aheadSource struct{ info wrapper.Info }

func (s aheadSource) Stat(context.Context) (wrapper.Info, error) { return s.info, nil }

func (s aheadSource) Open(context.Context, int64, int64) (io.ReadCloser, error) {
	var b bytes.Buffer
	w := gzip.NewWriter(&b)
	_, _ = io.WriteString(w, "content")
	_ = w.Close()
	return io.NopCloser(&b), nil
}

// Dates of decoded content are compared by the storage's clock, like those of stored content: both are in this machine's
// future, and the content was replaced in between.
func TestDatesOfDecodedContentAreByTheStoragesClock(t *testing.T) {
	t.Parallel()
	now := time.Now()
	src := aheadSource{wrapper.Info{
		Size: wrapper.UnknownSize, ContentEncoding: "gzip", ModTime: now.Add(90 * time.Minute), ClockAhead: 2 * time.Hour,
	}}
	for coding, since := range map[string]time.Duration{"gzip": 60, "identity": 60, "gzip, ": 90, "identity, ": 90} {
		r := httptest.NewRequestWithContext(t.Context(), http.MethodGet, "/", http.NoBody)
		r.Header.Set("Accept-Encoding", coding)
		r.Header.Set("If-Modified-Since", now.Add(since*time.Minute).UTC().Format(http.TimeFormat))
		w := httptest.NewRecorder()
		server := quietServer()
		require.NoError(t, server.Serve(w, r, &blobdownload.Download{File: wrapper.New("a", src)}))
		want := http.StatusOK
		if since == 90 {
			want = http.StatusNotModified
		}
		assert.Equal(t, want, w.Code, "%s, %d minutes", coding, since)
	}
}
