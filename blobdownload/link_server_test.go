package blobdownload_test

import (
	"bytes"
	"context"
	"log/slog"
	"maps"
	"net/http"
	"net/http/httptest"
	"net/url"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"gocloud.dev/blob/memblob"

	"github.com/go-downloadview/downloadview/blobdownload"
	"github.com/go-downloadview/downloadview/wrapper"
)

var (
	oldKey = blobdownload.SigningKey{ID: "2025", Secret: bytes.Repeat([]byte{1}, 32)}
	newKey = blobdownload.SigningKey{ID: "2026", Secret: bytes.Repeat([]byte{2}, 32)}
)

func newSigner(t testing.TB, change func(*blobdownload.SignerOptions)) *blobdownload.Signer {
	o := blobdownload.SignerOptions{
		Keys:   []blobdownload.SigningKey{newKey, oldKey},
		URL:    "https://files.example/dl/",
		Logger: slog.New(slog.DiscardHandler),
	}
	if change != nil {
		change(&o)
	}
	s, err := blobdownload.NewSigner(o)
	require.NoError(t, err)
	return s
}

// linkServer serves the objects of a storage through signed links, and counts the requests to the storage.
type linkServer struct {
	*blobdownload.Storage
	http.Handler
	requests atomic.Int64
	log      bytes.Buffer
}

func (l *linkServer) get(t *testing.T, rawURL string) *httptest.ResponseRecorder {
	return l.do(t, http.MethodGet, rawURL, nil)
}

func (l *linkServer) do(t *testing.T, method, rawURL string, h http.Header) *httptest.ResponseRecorder {
	u, err := url.Parse(rawURL)
	require.NoError(t, err)
	r := httptest.NewRequest(method, "/", http.NoBody).WithContext(t.Context())
	r.URL = u
	maps.Copy(r.Header, h)
	w := httptest.NewRecorder()
	l.ServeHTTP(w, r)
	return w
}

func newLinkServer(t *testing.T, s *blobdownload.Signer, objects map[string]string) *linkServer {
	bucket := memblob.OpenBucket(nil)
	t.Cleanup(func() { _ = bucket.Close() })
	for key, content := range objects {
		require.NoError(t, bucket.WriteAll(t.Context(), key, []byte(content), nil))
	}
	l := &linkServer{Storage: &blobdownload.Storage{Name: "docs", Bucket: wrapper.NewBucket(bucket), Keys: blobdownload.AnyKey, Signer: s}}
	server := &blobdownload.Server{Logger: slog.New(slog.NewTextHandler(&l.log, &slog.HandlerOptions{Level: slog.LevelDebug}))}
	view := blobdownload.LinkView(l.Storage).With(func(_ *http.Request, d *blobdownload.Download) error {
		d.File = d.File.WithAdmission(func(context.Context) (func(), error) { l.requests.Add(1); return func() {}, nil })
		return nil
	})
	mux := http.NewServeMux()
	mux.Handle("/dl/", s.Require(server.Handler(view)))
	l.Handler = mux
	return l
}

func inAMinute() time.Time { return time.Now().Add(time.Minute) }

type oneUseMap struct {
	mu  sync.Mutex
	ids map[string]bool
	err error
}

func (u *oneUseMap) Use(_ context.Context, id string, _ time.Time) (bool, error) {
	u.mu.Lock()
	defer u.mu.Unlock()
	fresh := !u.ids[id]
	u.ids[id] = true
	return fresh, u.err
}
