package blobdownload_test

import (
	"net/http"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/go-downloadview/downloadview/blobdownload"
)

func TestS12TokenIsValidAtItsPathAlone(t *testing.T) {
	t.Parallel()
	ok := http.HandlerFunc(func(http.ResponseWriter, *http.Request) {})
	for name, c := range map[string]struct {
		options blobdownload.SignerOptions
		request string // TOKEN stands for the token
		status  int
	}{
		"signed path":          {blobdownload.SignerOptions{URL: "https://files.example/dl/"}, "/dl/TOKEN", 200},
		"rooted URL":           {blobdownload.SignerOptions{URL: "/dl"}, "/dl/TOKEN", 200},
		"at the root":          {blobdownload.SignerOptions{URL: "https://files.example"}, "/TOKEN", 200},
		"escaped prefix":       {blobdownload.SignerOptions{URL: "/d%20l/"}, "/d%20l/TOKEN", 200},
		"other path":           {blobdownload.SignerOptions{URL: "/dl/"}, "/other/TOKEN", 403},
		"deeper":               {blobdownload.SignerOptions{URL: "/dl/"}, "/dl/x/TOKEN", 403},
		"above":                {blobdownload.SignerOptions{URL: "/dl/"}, "/TOKEN", 403},
		"empty segment":        {blobdownload.SignerOptions{URL: "/dl/"}, "/dl//TOKEN", 403},
		"suffix":               {blobdownload.SignerOptions{URL: "/dl/"}, "/dl/TOKEN/", 403},
		"escaped path":         {blobdownload.SignerOptions{URL: "/dl/"}, "/%64l/TOKEN", 403},
		"stripped":             {blobdownload.SignerOptions{URL: "/site/dl/", Path: "/dl/"}, "/dl/TOKEN", 200},
		"stripped to the root": {blobdownload.SignerOptions{URL: "/site/dl/", Path: "/"}, "/TOKEN", 200},
		"not stripped":         {blobdownload.SignerOptions{URL: "/site/dl/", Path: "/dl/"}, "/site/dl/TOKEN", 403},
		"any host":             {blobdownload.SignerOptions{URL: "https://files.example/dl/"}, "https://other.example/dl/TOKEN", 200},
		"its host":             {blobdownload.SignerOptions{URL: "https://files.example/dl/", SameHost: true}, "https://Files.example/dl/TOKEN", 200},
		"other host":           {blobdownload.SignerOptions{URL: "https://files.example/dl/", SameHost: true}, "https://other.example/dl/TOKEN", 403},
		"other port":           {blobdownload.SignerOptions{URL: "https://files.example/dl/", SameHost: true}, "https://files.example:8443/dl/TOKEN", 403},
		// The port of the scheme may be present or absent on both sides.
		"its port":          {blobdownload.SignerOptions{URL: "https://files.example/dl/", SameHost: true}, "https://files.example:443/dl/TOKEN", 200},
		"port of the URL":   {blobdownload.SignerOptions{URL: "https://files.example:443/dl/", SameHost: true}, "https://files.example/dl/TOKEN", 200},
		"port of http":      {blobdownload.SignerOptions{URL: "http://127.0.0.1:80/dl/", SameHost: true}, "http://127.0.0.1/dl/TOKEN", 200},
		"port of another":   {blobdownload.SignerOptions{URL: "https://files.example/dl/", SameHost: true}, "https://files.example:80/dl/TOKEN", 403},
		"port that is kept": {blobdownload.SignerOptions{URL: "https://files.example:8443/dl/", SameHost: true}, "https://files.example/dl/TOKEN", 403},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := newSigner(t, func(o *blobdownload.SignerOptions) {
				o.URL, o.Path, o.SameHost = c.options.URL, c.options.Path, c.options.SameHost
			})
			token, err := s.Token(blobdownload.Link{Key: "a", Expires: inAMinute()})
			require.NoError(t, err)
			assert.Equal(t, c.status, exchange(t, s.Require(ok), "GET", strings.ReplaceAll(c.request, "TOKEN", token)).StatusCode)
		})
	}
}

func TestS12StripPrefix(t *testing.T) {
	t.Parallel()
	s := newSigner(t, func(o *blobdownload.SignerOptions) { o.URL, o.Path = "/site/dl/", "/dl/" })
	u, err := s.Sign(blobdownload.Link{Key: "a", Expires: inAMinute()})
	require.NoError(t, err)
	h := http.StripPrefix("/site", s.Require(http.HandlerFunc(func(http.ResponseWriter, *http.Request) {})))
	assert.Equal(t, http.StatusOK, exchange(t, h, "GET", u).StatusCode)
}

func TestS12InvalidPlaceOfLinks(t *testing.T) {
	t.Parallel()
	for name, o := range map[string]blobdownload.SignerOptions{
		"Path":     {URL: "/dl/", Path: "dl"},
		"query":    {URL: "/dl/", Path: "/dl?"},
		"SameHost": {URL: "/dl/", SameHost: true},
	} {
		o.Keys = []blobdownload.SigningKey{newKey}
		_, err := blobdownload.NewSigner(o)
		assert.Error(t, err, name)
	}
}
