package blobdownload_test

import (
	"bytes"
	"context"
	"io"
	"net/http"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/go-downloadview/downloadview/blobdownload"
)

// E14: Shutdown aborts downloads that sendfile sends, although their clients continue to read.
func TestE14ShutdownAbortsSendfile(t *testing.T) {
	t.Parallel()
	const clients, size = 12, 256 << 20
	dir := t.TempDir()
	writeFile(t, dir, "a", bytes.Repeat([]byte("x"), size))
	path := blobdownload.PathView(openRoot(t, dir), queryKey)
	for name, tc := range map[string]struct {
		view blobdownload.View
		wrap func(http.Handler) http.Handler
	}{
		"PathView":        {path, func(h http.Handler) http.Handler { return h }},
		"Storage":         {blobdownload.StorageView(&blobdownload.Storage{Bucket: fileBucket(t, dir)}, queryKey), func(h http.Handler) http.Handler { return h }},
		"hidden deadline": {path, hideDeadline},
	} {
		t.Run(name, func(t *testing.T) {
			server := quietServer()
			results := make(chan blobdownload.Result, clients)
			server.Observe = func(_ *http.Request, r blobdownload.Result) { results <- r }
			srv := startServer(t, tc.wrap(server.Handler(tc.view)))
			reading := make(chan struct{})
			failed := make(chan bool, clients)
			for i := range clients {
				resp := get(t, srv, "/?key=a")
				_, err := io.CopyN(io.Discard, resp.Body, 1<<20)
				require.NoError(t, err)
				go func() {
					<-reading
					buf := make([]byte, 64<<10)
					for {
						_, err := resp.Body.Read(buf)
						if err != nil {
							failed <- err != io.EOF
							return
						}
						time.Sleep(time.Duration(i%4) * time.Millisecond)
					}
				}()
			}
			close(reading)
			ctx, cancel := context.WithTimeout(t.Context(), 20*time.Millisecond)
			defer cancel()
			require.ErrorContains(t, server.Shutdown(ctx), "downloads aborted")
			for range clients {
				assert.True(t, <-failed, "the download went on")
				r := <-results
				require.Error(t, r.Err)
				assert.Less(t, r.Bytes, int64(size-1<<20), "sent all but the last block")
			}
		})
	}
}

// readFromOnly is an http.ResponseWriter that hides all but ReadFrom.
type readFromOnly struct {
	http.ResponseWriter
	io.ReaderFrom
}

func hideDeadline(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		next.ServeHTTP(readFromOnly{w, w.(io.ReaderFrom)}, r)
	})
}
