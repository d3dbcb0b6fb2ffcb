package main

import (
	"net/http"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/go-downloadview/downloadview/blobdownload"
	"github.com/go-downloadview/downloadview/storagetest"
	"github.com/go-downloadview/downloadview/wrapper"
)

// login returns the session cookie, or "" if the login is rejected.
func login(t *testing.T, h http.Handler, user, password string) string {
	t.Helper()
	r := storagetest.NewRequest(t, http.MethodPost, "/login", storagetest.Header("Content-Type", "application/x-www-form-urlencoded"))
	r.URL.RawQuery = "user=" + user + "&password=" + password
	cookie, _, _ := strings.Cut(storagetest.Serve(h, r).Header().Get("Set-Cookie"), ";")
	return cookie
}

func TestAFileIsServedToItsOwnerAlone(t *testing.T) {
	t.Parallel()
	bucket := storagetest.NewBucket(t, storagetest.Objects{"5f3a": "for Alice\n"})
	s := &site{
		storage:  &blobdownload.Storage{Name: "files", Bucket: wrapper.NewBucket(bucket.Bucket)},
		records:  map[string]record{"1": {"5f3a", "letter.txt", "alice"}},
		sessions: sessions{passwords: map[string]string{"alice": "a", "bob": "b"}},
	}
	h := s.handler()
	alice, bob := login(t, h, "alice", "a"), login(t, h, "bob", "b")
	require.NotEmpty(t, alice)
	require.NotEmpty(t, bob)
	assert.Empty(t, login(t, h, "alice", "b"))
	assert.Empty(t, login(t, h, "eve", ""))

	storagetest.CheckDownload(t, storagetest.Serve(h, storagetest.Get(t, "/files/1", storagetest.Header("Cookie", alice))), storagetest.Want{
		Status: http.StatusOK, Body: "for Alice\n", Filename: "letter.txt", CacheControl: "private, no-cache",
	})
	bucket.Reset()
	for _, cookie := range []string{bob, "session=guessed", ""} {
		response := storagetest.Serve(h, storagetest.Get(t, "/files/1", storagetest.Header("Cookie", cookie)))
		storagetest.CheckDownload(t, response, storagetest.Want{Status: http.StatusNotFound, Body: "Not Found\n"})
	}
	storagetest.CheckDownload(t, storagetest.Serve(h, storagetest.Get(t, "/files/2", storagetest.Header("Cookie", alice))), storagetest.Want{
		Status: http.StatusNotFound, Body: "Not Found\n",
	})
	assert.Zero(t, bucket.Requests(), bucket.Trace())
}
