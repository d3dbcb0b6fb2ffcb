package gcs_test

import (
	"context"
	"errors"
	"net/http"
	"net/url"
	"runtime"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"golang.org/x/oauth2"
	"golang.org/x/sync/errgroup"

	"github.com/go-downloadview/downloadview/internal/objectserver"
	"github.com/go-downloadview/downloadview/wrapper"
	"github.com/go-downloadview/downloadview/wrapper/gcs"
)

// tokens are one token a call, the first of which has expired when it is used again.
type tokens struct {
	made    atomic.Int64
	release chan struct{}
	err     error
}

func (s *tokens) Token() (*oauth2.Token, error) {
	<-s.release
	if s.err != nil {
		return nil, s.err
	}
	token := &oauth2.Token{AccessToken: "secret", TokenType: "Bearer", Expiry: time.Now().Add(time.Hour)}
	if s.made.Add(1) == 1 {
		token.Expiry = time.Now()
	}
	return token, nil
}

func startBearer(t *testing.T, source oauth2.TokenSource) (*objectserver.Server, wrapper.Store) {
	t.Helper()
	s := (&objectserver.Server{
		Key: func(r *http.Request) string { return r.URL.Path },
		Verify: func(r *http.Request, _ time.Time) *objectserver.Refusal {
			if r.Header.Get("Authorization") != "Bearer secret" {
				return &objectserver.Refusal{Status: http.StatusUnauthorized, Code: "AuthenticationRequired"}
			}
			return nil
		},
		Decorate: decorate,
		NotFound: "NoSuchKey",
	}).Start()
	t.Cleanup(s.Close)
	s.Put("/bucket/k", &objectserver.Object{Content: []byte("content"), ETag: `"x"`})
	u, err := url.Parse(s.URL)
	require.NoError(t, err)
	store := gcs.WithTokens(u, "bucket", source)
	t.Cleanup(store.(wrapper.IdleCloser).CloseIdleConnections)
	return s, store
}

func head(ctx context.Context, s wrapper.Store) error {
	resp, err := s.Send(ctx, http.MethodHead, "k", "", nil)
	if err != nil {
		return err
	}
	return resp.Body.Close()
}

// A token is fetched when it is needed, and again when it has expired.
func TestTokenIsKeptUntilItExpires(t *testing.T) {
	t.Parallel()
	source := &tokens{release: make(chan struct{})}
	s, store := startBearer(t, source)
	canceled, cancel := context.WithCancel(t.Context())
	cancel()
	require.ErrorIs(t, head(canceled, store), context.Canceled, "a request does not wait longer than its context")

	close(source.release)
	require.NoError(t, head(t.Context(), store))
	var g errgroup.Group
	for range 8 {
		g.Go(func() error { return head(t.Context(), store) })
	}
	require.NoError(t, g.Wait())
	made := source.made.Load()
	require.NoError(t, head(t.Context(), store))
	assert.Equal(t, made, source.made.Load(), "the token is valid")
	for _, status := range objectserver.Statuses(s.Take()) {
		assert.Equal(t, http.StatusOK, status)
	}
}

// The body of the endpoint's error may have what was sent.
func TestErrorOfTheTokenEndpointHasItsStatusAlone(t *testing.T) {
	t.Parallel()
	source := &tokens{release: make(chan struct{}), err: &oauth2.RetrieveError{
		Response: &http.Response{StatusCode: http.StatusBadRequest}, Body: []byte("assertion=secret"),
	}}
	close(source.release)
	s, store := startBearer(t, source)
	err := head(t.Context(), store)
	require.EqualError(t, err, "GCS credentials: the endpoint of tokens answered 400: are they valid, and not revoked?")
	assert.Empty(t, s.Take())
}

// ending is a source of tokens whose calls end with a panic or a Goexit.
type ending struct{ end func() }

func (s ending) Token() (*oauth2.Token, error) { s.end(); return nil, errors.New("not reached") }

func TestE6TokenSourceThatEndsItsGoroutineFailsTheRequest(t *testing.T) {
	t.Parallel()
	for how, end := range map[string]func(){"Goexit": runtime.Goexit, "boom": func() { panic("boom") }} {
		_, store := startBearer(t, ending{end})
		require.ErrorContains(t, head(t.Context(), store), how)
	}
}
