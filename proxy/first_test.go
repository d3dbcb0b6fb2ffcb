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

func TestFirst(t *testing.T) {
	t.Parallel()
	one, two := &blobdownload.Redirect{Status: 302}, &blobdownload.Redirect{Status: 303}
	failed := errors.New("failed")
	answer := func(to *blobdownload.Redirect, err error) blobdownload.Optimizer {
		return blobdownload.OptimizerFunc(func(*http.Request, *blobdownload.Download) (*blobdownload.Redirect, error) { return to, err })
	}
	pass := answer(nil, nil)
	for name, tc := range map[string]struct {
		optimizers []blobdownload.Optimizer
		want       *blobdownload.Redirect
		err        error
	}{
		"none":           {nil, nil, nil},
		"all pass":       {[]blobdownload.Optimizer{pass, pass}, nil, nil},
		"first wins":     {[]blobdownload.Optimizer{pass, answer(one, nil), answer(two, nil)}, one, nil},
		"an error stops": {[]blobdownload.Optimizer{answer(nil, failed), answer(two, nil)}, nil, failed},
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
