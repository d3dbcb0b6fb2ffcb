package proxy_test

import (
	"errors"
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/go-downloadview/downloadview/blobdownload"
	"github.com/go-downloadview/downloadview/proxy"
	"github.com/go-downloadview/downloadview/wrapper"
)

func TestFirstReturnsTheFirstRedirectOrError(t *testing.T) {
	t.Parallel()
	one, two := &blobdownload.Redirect{Status: 302}, &blobdownload.Redirect{Status: 303}
	failed := errors.New("failed")
	returns := func(to *blobdownload.Redirect, err error) blobdownload.Optimizer {
		return blobdownload.OptimizerFunc(func(*http.Request, *blobdownload.Download) (*blobdownload.Redirect, error) { return to, err })
	}
	none := returns(nil, nil)
	for name, tc := range map[string]struct {
		optimizers []blobdownload.Optimizer
		want       *blobdownload.Redirect
		err        error
	}{
		"none":           {nil, nil, nil},
		"no redirect":    {[]blobdownload.Optimizer{none, none}, nil, nil},
		"first redirect": {[]blobdownload.Optimizer{none, returns(one, nil), returns(two, nil)}, one, nil},
		"first error":    {[]blobdownload.Optimizer{returns(nil, failed), returns(two, nil)}, nil, failed},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := httptest.NewRequest(http.MethodGet, "/", http.NoBody)
			got, err := proxy.First(tc.optimizers...).Optimize(r, &blobdownload.Download{File: wrapper.Bytes("a", nil)})
			assert.Same(t, tc.want, got)
			assert.Equal(t, tc.err, err)
		})
	}
}
