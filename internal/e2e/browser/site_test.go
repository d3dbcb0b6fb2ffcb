package browser_test

import (
	"log/slog"
	"net/http"
	"net/http/httptest"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"
	"gocloud.dev/blob"
	"gocloud.dev/blob/memblob"

	"github.com/go-downloadview/downloadview/blobdownload"
	"github.com/go-downloadview/downloadview/wrapper"
)

// sandbox is the policy under which SVG and HTML are shown.
const sandbox = "default-src 'none'; style-src 'unsafe-inline'; sandbox"

// site serves objects inline under /files/ and pages that embed them under /in/, and records the responses to the browser.
type site struct {
	*httptest.Server
	bucket *blob.Bucket

	mu        sync.Mutex
	responses []response
}

type response struct {
	path, byteRange string
	status          int
}

func newSite(t *testing.T) *site {
	t.Helper()
	s := &site{bucket: memblob.OpenBucket(nil)}
	storage := &blobdownload.Storage{Name: "docs", Bucket: wrapper.NewBucket(s.bucket)}
	view := blobdownload.StorageView(storage, blobdownload.PathValue("key")).With(func(_ *http.Request, d *blobdownload.Download) error {
		d.Inline, d.Sandbox = true, sandbox
		return nil
	})
	server := &blobdownload.Server{Logger: slog.New(slog.DiscardHandler)}
	mux := http.NewServeMux()
	mux.Handle("/files/{key...}", s.recorded(server.Handler(view)))
	mux.HandleFunc("/in/{tag}/{key}", func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		_, _ = w.Write([]byte(page(r.PathValue("tag"), r.PathValue("key"))))
	})
	s.Server = httptest.NewServer(mux)
	t.Cleanup(func() {
		s.Close()
		_ = s.bucket.Close()
	})
	return s
}

// page returns a document with one element that embeds an object.
func page(tag, key string) string {
	element := "<" + tag + ` id="x" src="/files/` + key + `" width="400" height="300" muted controls></` + tag + ">"
	if tag == "img" {
		element = `<img id="x" src="/files/` + key + `">`
	}
	return "<!doctype html><title>page</title>" + element
}

func (s *site) recorded(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		rec := &statusWriter{ResponseWriter: w}
		defer func() {
			s.mu.Lock()
			defer s.mu.Unlock()
			s.responses = append(s.responses, response{r.URL.Path, r.Header.Get("Range"), rec.status})
		}()
		next.ServeHTTP(rec, r)
	})
}

// matching returns the recorded responses that match.
func (s *site) matching(match func(response) bool) (found []response) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, r := range s.responses {
		if match(r) {
			found = append(found, r)
		}
	}
	return found
}

func (s *site) store(t *testing.T, o object) {
	t.Helper()
	require.NoError(t, s.bucket.WriteAll(t.Context(), o.key, o.content, &blob.WriterOptions{ContentType: o.contentType}))
}

type statusWriter struct {
	http.ResponseWriter
	status int
}

func (w *statusWriter) WriteHeader(status int) {
	w.status = status
	w.ResponseWriter.WriteHeader(status)
}

func (w *statusWriter) Unwrap() http.ResponseWriter { return w.ResponseWriter }
