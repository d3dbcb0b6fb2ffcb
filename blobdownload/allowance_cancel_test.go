package blobdownload_test

import (
	"context"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"

	"github.com/go-downloadview/downloadview/blobdownload"
)

// leavingUses is a UseStore during each of whose updates the client leaves.
type leavingUses struct {
	blobdownload.MemoryUses
	leave   context.CancelFunc
	updates int
	failed  int
}

func (u *leavingUses) Update(ctx context.Context, id string, expires time.Time, change func([]byte) ([]byte, error)) error {
	u.updates++
	u.leave()
	if ctx.Err() != nil {
		u.failed++
	}
	return u.MemoryUses.Update(ctx, id, expires, change)
}

// An update is not cancelled: a database may store one whose caller has an error, and its part would stay accounted.
func TestAnUpdateOfTheAccountIsNotCancelled(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithCancel(t.Context())
	uses := &leavingUses{leave: cancel}
	l := newAllowanceLinkOf(t, uses, 3, []byte("content"), nil)
	r := httptest.NewRequestWithContext(ctx, http.MethodGet, l.url, http.NoBody)
	func() {
		defer func() { _ = recover() }() // http.ErrAbortHandler
		l.ServeHTTP(httptest.NewRecorder(), r)
	}()
	assert.Positive(t, uses.updates)
	assert.Zero(t, uses.failed)
	uses.leave = func() {}
	assert.Equal(t, 3, l.left(t))
}
