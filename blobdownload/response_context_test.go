package blobdownload_test

import (
	"bytes"
	"context"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/go-downloadview/downloadview/blobdownload"
	"github.com/go-downloadview/downloadview/wrapper"
)

// contextSource keeps the context of its last request.
type contextSource struct {
	use func(context.Context)
	ctx context.Context //nolint:containedctx // compared after the response
}

func (*contextSource) Local() bool { return true }

func (*contextSource) Stat(context.Context) (wrapper.Info, error) { return wrapper.Info{Size: 3}, nil }

func (s *contextSource) Open(ctx context.Context, _, _ int64) (io.ReadCloser, error) {
	if s.ctx = ctx; s.use != nil {
		s.use(ctx)
	}
	return io.NopCloser(bytes.NewReader([]byte("abc"))), nil
}

// The first call of Done makes the context of a local file cancellable, during or after the response.
func TestTheContextOfASourceEndsWithTheResponse(t *testing.T) {
	t.Parallel()
	for name, use := range map[string]func(context.Context){
		"not used": nil,
		"waited for": func(ctx context.Context) {
			select {
			case <-ctx.Done():
				t.Error("done during the response")
			default:
			}
		},
		"parent of another": func(ctx context.Context) {
			child, cancel := context.WithCancel(ctx)
			defer cancel()
			assert.NoError(t, child.Err())
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			src := &contextSource{use: use}
			w := httptest.NewRecorder()
			server := quietServer()
			require.NoError(t, server.Serve(w, httptest.NewRequestWithContext(t.Context(), http.MethodGet, "/", http.NoBody),
				&blobdownload.Download{File: wrapper.New("a", src)}))
			assert.Equal(t, "abc", w.Body.String())
			require.ErrorIs(t, src.ctx.Err(), context.Canceled)
			<-src.ctx.Done()
			require.ErrorIs(t, context.Cause(src.ctx), context.Canceled)
			child, cancel := context.WithCancel(src.ctx)
			defer cancel()
			require.ErrorIs(t, child.Err(), context.Canceled)
		})
	}
}

// The context of a source ends with the request, and has its cause.
func TestTheContextOfASourceEndsWithTheRequest(t *testing.T) {
	t.Parallel()
	left := errors.New("client left")
	ctx, cancel := context.WithCancelCause(t.Context())
	src := &contextSource{use: func(ctx context.Context) {
		cancel(left)
		assert.ErrorIs(t, ctx.Err(), context.Canceled)
		<-ctx.Done()
		assert.ErrorIs(t, context.Cause(ctx), left)
	}}
	server := quietServer()
	err := server.Serve(httptest.NewRecorder(), httptest.NewRequestWithContext(ctx, http.MethodGet, "/", http.NoBody),
		&blobdownload.Download{File: wrapper.New("a", src)})
	require.NoError(t, err, "the source does not fail")
	require.NotNil(t, src.ctx)
}
