package resume_test

import (
	"context"
	"io"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/go-downloadview/downloadview/internal/resume"
)

// closeRecorder is a body that records whether it was closed.
type closeRecorder struct {
	io.Reader
	closed bool
}

func (b *closeRecorder) Close() error {
	b.closed = true
	return nil
}

func TestOpenCancelsEveryRequestWithoutABody(t *testing.T) {
	t.Parallel()
	for name, tc := range map[string]struct {
		takes    time.Duration
		respond  func(body io.ReadCloser) (io.ReadCloser, error)
		deadline time.Duration // 0: none
		err      error
		open     bool
		closed   bool // the body, by Open
	}{
		"body": {
			takes: time.Second, deadline: 2 * time.Second, open: true,
			respond: func(body io.ReadCloser) (io.ReadCloser, error) { return body, nil },
		},
		"body without a deadline": {
			takes: time.Hour, open: true,
			respond: func(body io.ReadCloser) (io.ReadCloser, error) { return body, nil },
		},
		"late body": {
			takes: 3 * time.Second, deadline: 2 * time.Second, err: resume.ErrNoResponse, closed: true,
			respond: func(body io.ReadCloser) (io.ReadCloser, error) { return body, nil },
		},
		"late error": {
			takes: 3 * time.Second, deadline: 2 * time.Second, err: resume.ErrNoResponse,
			respond: func(io.ReadCloser) (io.ReadCloser, error) { return nil, context.Canceled },
		},
		"error": {
			takes: time.Second, deadline: 2 * time.Second, err: errForbidden,
			respond: func(io.ReadCloser) (io.ReadCloser, error) { return nil, errForbidden },
		},
		"response without a body": {
			takes: time.Second, deadline: 2 * time.Second,
			respond: func(io.ReadCloser) (io.ReadCloser, error) { return nil, nil }, //nolint:nilnil // a 304
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				body := &closeRecorder{Reader: strings.NewReader("content")}
				var deadline time.Time
				if tc.deadline > 0 {
					deadline = time.Now().Add(tc.deadline)
				}
				var request context.Context
				conn, err := resume.Open(t.Context(), deadline, func(ctx context.Context) (io.ReadCloser, error) {
					request = ctx
					time.Sleep(tc.takes)
					return tc.respond(body)
				})
				require.ErrorIs(t, err, tc.err)
				assert.Equal(t, tc.open, conn.Body != nil)
				assert.Equal(t, tc.closed, body.closed)
				assert.Equal(t, !tc.open, request.Err() != nil)
				time.Sleep(time.Hour) // a body that has arrived has no deadline
				assert.Equal(t, !tc.open, request.Err() != nil)
				conn.Cancel()
				assert.Error(t, request.Err())
			})
		})
	}
}

func TestOpenCancelsARequestThatPanics(t *testing.T) {
	t.Parallel()
	var request context.Context
	assert.PanicsWithValue(t, "defect", func() {
		_, _ = resume.Open(t.Context(), time.Now().Add(time.Hour), func(ctx context.Context) (io.ReadCloser, error) {
			request = ctx
			panic("defect")
		})
	})
	assert.ErrorIs(t, request.Err(), context.Canceled)
}
