package blobdownload_test

import (
	"errors"
	"log/slog"
	"net/http"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/go-downloadview/downloadview/blobdownload"
	"github.com/go-downloadview/downloadview/wrapper"
)

// SG17: a link for HEAD does not serve GET.
func TestSignedURLMethods(t *testing.T) {
	t.Parallel()
	s := newSigner(t, nil)
	l := newLinkServer(t, s, map[string]string{"a": "content"})
	get, err := l.File("a").SignedURL(t.Context(), wrapper.SignOptions{})
	require.NoError(t, err)
	head, err := l.File("a").SignedURL(t.Context(), wrapper.SignOptions{Method: http.MethodHead})
	require.NoError(t, err)
	for _, tc := range []struct {
		method, url string
		want        int
	}{
		{"GET", get, 200}, {"HEAD", get, 200}, {"HEAD", head, 200}, {"GET", head, 403}, {"HEAD", get + "x", 403},
		{"POST", get, 405}, {"PUT", get, 405}, {"DELETE", get, 405}, {"PATCH", get + "x", 405},
	} {
		assert.Equal(t, tc.want, l.do(t, tc.method, tc.url, nil).Code, tc.method)
	}
}

// SG26, SG30, SG25: options are typed fields of the token, and max-age ends with the link.
func TestSignedURLOptions(t *testing.T) {
	t.Parallel()
	s := newSigner(t, nil)
	l := newLinkServer(t, s, map[string]string{"a.bin": "content"})
	u, err := l.File("a.bin").SignedURL(t.Context(), wrapper.SignOptions{
		Expiry:             time.Minute,
		ContentDisposition: `attachment; filename="r.pdf"; filename*=UTF-8''r%C3%A9.pdf`,
		ContentType:        "application/pdf",
		CacheControl:       "public, max-age=86400, s-maxage=30",
	})
	require.NoError(t, err)
	w := l.get(t, u)
	require.Equal(t, http.StatusOK, w.Code)
	assert.Equal(t, "application/pdf", w.Header().Get("Content-Type"))
	assert.Contains(t, w.Header().Get("Content-Disposition"), "r%C3%A9.pdf")
	assert.Regexp(t, `^public, max-age=(60|59), s-maxage=30$`, w.Header().Get("Cache-Control"))
	_, err = l.File("a.bin").SignedURL(t.Context(), wrapper.SignOptions{ContentDisposition: "form-data; name=x"})
	require.ErrorIs(t, err, errors.ErrUnsupported)

	revoked := errors.New("no longer shared")
	view := blobdownload.LinkView(l.Storage).Authorized(func(r *http.Request) error {
		assert.Equal(t, "a.bin", blobdownload.LinkOf(r).Key)
		return &blobdownload.StatusError{Status: http.StatusForbidden, Err: revoked}
	})
	l.Handler = s.Require((&blobdownload.Server{Logger: slog.New(slog.DiscardHandler)}).Handler(view))
	assert.Equal(t, http.StatusForbidden, l.get(t, u).Code, "a check of the application's runs on every use")
}
