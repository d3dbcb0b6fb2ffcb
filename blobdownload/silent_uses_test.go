package blobdownload_test

import (
	"context"
	"net/http"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/go-downloadview/downloadview/blobdownload"
)

// silentUses is a UseStore whose database does not respond.
type silentUses struct{}

func (silentUses) Use(ctx context.Context, _ string, _ time.Time) (bool, error) {
	<-ctx.Done()
	return false, ctx.Err()
}

func (silentUses) Update(ctx context.Context, _ string, _ time.Time, _ func([]byte) ([]byte, error)) error {
	<-ctx.Done()
	return ctx.Err()
}

func TestSilentUseStoreRejectsTheLink(t *testing.T) {
	t.Parallel()
	file := quietServer().Handler(viewOf(&blobdownload.Download{File: newCountingSource("content").file("a")}))
	other := http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusNoContent) })
	for name, c := range map[string]struct {
		handler http.Handler
		link    blobdownload.Link
		status  int
	}{
		"for one use":           {file, blobdownload.Link{Once: true}, http.StatusServiceUnavailable},
		"for several downloads": {file, blobdownload.Link{Downloads: 2}, http.StatusServiceUnavailable},
		"without a Server":      {other, blobdownload.Link{Once: true}, http.StatusNoContent}, // it is spent after the response
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				signer := newSigner(t, func(o *blobdownload.SignerOptions) { o.Once, o.URL = silentUses{}, "/dl/" })
				c.link.Key, c.link.Expires = "a", time.Now().Add(time.Hour)
				url, err := signer.Sign(c.link)
				require.NoError(t, err)
				assert.Equal(t, c.status, exchange(t, signer.Require(c.handler), http.MethodGet, url).StatusCode)
			})
		})
	}
}
