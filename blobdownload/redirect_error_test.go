package blobdownload_test

import (
	"net/http"
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/go-downloadview/downloadview/blobdownload"
)

// A view redirects with a StatusError. A status of 3xx that is no redirect is a failure of the application.
func TestStatusErrorRedirects(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		status   int
		location string
		want     int
	}{
		{301, "/login", 301}, {302, "/login", 302}, {303, "/login", 303}, {307, "/login", 307}, {308, "./about", 308},
		{302, "", 500}, {300, "/login", 500}, {304, "/login", 500}, {305, "/login", 500}, {299, "/login", 500}, {200, "/login", 500},
	} {
		h := http.Header{}
		if tc.location != "" {
			h.Set("Location", tc.location)
		}
		view := func(*http.Request) (*blobdownload.Download, error) {
			return nil, &blobdownload.StatusError{Status: tc.status, Header: h}
		}
		resp := exchange(t, quietServer().Handler(view), http.MethodGet, "/")
		assert.Equal(t, tc.want, resp.StatusCode, "%v", tc)
		assert.Equal(t, http.StatusText(tc.want)+"\n", bodyText(t, resp))
		assert.Equal(t, "no-store", resp.Header.Get("Cache-Control"))
		if tc.want < 400 {
			assert.Equal(t, tc.location, resp.Header.Get("Location"))
		}
	}
}
