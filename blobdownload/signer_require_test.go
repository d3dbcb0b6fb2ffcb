package blobdownload_test

import (
	"bytes"
	"encoding/hex"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/go-downloadview/downloadview/blobdownload"
)

// SG1, SG10: a token is one opaque path element. Any other text is rejected before I/O.
func TestSignedURLWithAnyByteChangedIsRejected(t *testing.T) {
	t.Parallel()
	s := newSigner(t, nil)
	l := newLinkServer(t, s, map[string]string{"a b+c.txt": "content"})
	link, err := s.Sign(blobdownload.Link{Store: "docs", Key: "a b+c.txt", Expires: inAMinute()})
	require.NoError(t, err)
	path := strings.TrimPrefix(link, "https://files.example")
	require.Equal(t, http.StatusOK, l.get(t, path).Code)
	before := l.requests.Load()
	for i := len("/dl/"); i < len(path); i++ {
		for _, c := range []byte("A_z/.-%;") {
			if path[i] == c {
				continue
			}
			b := []byte(path)
			b[i] = c
			u, err := url.Parse(string(b))
			if err != nil {
				continue // refused by every server before a handler sees it
			}
			code := l.get(t, u.String()).Code
			if strings.Contains(u.Path, "//") {
				assert.Equal(t, http.StatusTemporaryRedirect, code, "http.ServeMux cleans the path: what is left is no token")
				continue
			}
			assert.Equal(t, http.StatusForbidden, code, "%d %q", i, c)
		}
	}
	variants := []string{
		path + "=", path + "/", path[:len(path)-1], path + "A", "/dl/%" + hex.EncodeToString([]byte(path[4:5])) + path[5:],
		"/dl/", "/dl/" + strings.ToUpper(path[4:]), path + ";x", path + "%0A", path + "%00",
	}
	for _, v := range variants {
		assert.Equal(t, http.StatusForbidden, l.get(t, v).Code, v)
	}
	assert.Equal(t, before, l.requests.Load(), "a storage request before the signature was checked")
}

// SG6, SG8, SG9, SG12: a signed link has no query.
func TestSignedURLWithAQueryIsRejected(t *testing.T) {
	t.Parallel()
	s := newSigner(t, nil)
	l := newLinkServer(t, s, map[string]string{"a": "content"})
	link, err := s.Sign(blobdownload.Link{Store: "docs", Key: "a", Expires: inAMinute()})
	require.NoError(t, err)
	for _, q := range []string{"?", "?response-content-type=text/html", "?download=0", "?key=a&key=secret", "?x=", "?utm_source=x", "?expires=9999999999"} {
		w := l.get(t, link+q)
		assert.Equal(t, http.StatusForbidden, w.Code, q)
		assert.Equal(t, "Forbidden\n", w.Body.String())
	}
	assert.Zero(t, l.requests.Load())
}

// SG2, SG28: invalid, expired and missing links get the same response.
func TestRejectedLinksGetTheSameResponse(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := newSigner(t, nil)
		l := newLinkServer(t, s, map[string]string{"a": "content"})
		sign := func(link blobdownload.Link) string {
			u, err := s.Sign(link)
			require.NoError(t, err)
			return u
		}
		good := sign(blobdownload.Link{Store: "docs", Key: "a", Expires: inAMinute()})
		missing := sign(blobdownload.Link{Store: "docs", Key: "b", Expires: inAMinute().Add(time.Hour)})
		noStore := sign(blobdownload.Link{Store: "other", Key: "a", Expires: inAMinute().Add(time.Hour)})
		require.Equal(t, http.StatusOK, l.get(t, good).Code)
		time.Sleep(2 * time.Minute)
		before := l.requests.Load()
		var answers []*httptest.ResponseRecorder
		for _, u := range []string{good, good + "x", "https://files.example/dl/"} {
			answers = append(answers, l.get(t, u))
		}
		assert.Equal(t, before, l.requests.Load())
		for _, u := range []string{missing, noStore} {
			answers = append(answers, l.get(t, u))
		}
		for _, w := range answers {
			assert.Equal(t, http.StatusForbidden, w.Code)
			assert.Equal(t, answers[0].Body.String(), w.Body.String())
			assert.Equal(t, answers[0].Header(), w.Header())
		}
	})
}

// SG29: the address of links is configured and does not depend on the Host field.
func TestSignedURLIgnoresHost(t *testing.T) {
	t.Parallel()
	s := newSigner(t, nil)
	u, err := s.Sign(blobdownload.Link{Store: "docs", Key: "a", Expires: inAMinute()})
	require.NoError(t, err)
	assert.True(t, strings.HasPrefix(u, "https://files.example/dl/"), u)
	l := newLinkServer(t, s, map[string]string{"a": "content"})
	assert.Equal(t, http.StatusOK, l.get(t, "https://evil.example/dl/"+u[strings.LastIndexByte(u, '/')+1:]).Code)
}

func TestTokensStayOutOfLogs(t *testing.T) {
	t.Parallel()
	var log bytes.Buffer
	s := newSigner(t, func(o *blobdownload.SignerOptions) {
		o.Logger = slog.New(slog.NewTextHandler(&log, &slog.HandlerOptions{Level: slog.LevelDebug}))
	})
	l := newLinkServer(t, s, map[string]string{"a": "content"})
	token, err := s.Token(blobdownload.Link{Store: "docs", Key: "missing", Expires: inAMinute()})
	require.NoError(t, err)
	l.get(t, "/dl/"+token)
	other, err := newSigner(t, func(o *blobdownload.SignerOptions) { o.Purpose = "upload" }).
		Token(blobdownload.Link{Store: "docs", Key: "a", Expires: inAMinute()})
	require.NoError(t, err)
	l.get(t, "/dl/"+other)
	assert.Contains(t, l.log.String(), "not exist")
	assert.Contains(t, log.String(), "wrong signature")
	assert.NotContains(t, l.log.String()+log.String(), token)
	assert.NotContains(t, log.String(), other)
}
