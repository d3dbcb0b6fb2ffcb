package main

import (
	"io/fs"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/go-downloadview/downloadview/blobdownload"
	"github.com/go-downloadview/downloadview/storagetest"
	"github.com/go-downloadview/downloadview/wrapper"
)

const playlist = `#EXTM3U
#EXT-X-KEY:METHOD=AES-128,URI="key.bin"
#EXTINF:6.0,
1%20%231.ts
#EXT-X-ENDLIST
`

func service(t *testing.T) http.Handler {
	t.Helper()
	bucket := storagetest.NewBucket(t, storagetest.Objects{
		"7/index.m3u8": playlist, "7/key.bin": "key of the film", "7/1 #1.ts": "segment", "8/1.ts": "of another film",
	})
	storage := &blobdownload.Storage{Name: "films", Bucket: wrapper.NewBucket(bucket.Bucket)}
	h, err := handler(storage, []byte(strings.Repeat("x", blobdownload.MinSecret)), func(r *http.Request) error {
		if r.Header.Get("Authorization") != "Bearer letmein" {
			return fs.ErrPermission
		}
		return nil
	})
	require.NoError(t, err)
	return h
}

func TestThePlaylistAndItsSegmentsHaveOneGrant(t *testing.T) {
	t.Parallel()
	h := service(t)
	page := storagetest.Serve(h, storagetest.Get(t, "/films/7", storagetest.Header("Authorization", "Bearer letmein")))
	require.Equal(t, http.StatusSeeOther, page.Code)
	link, err := url.Parse(page.Header().Get("Location"))
	require.NoError(t, err)
	storagetest.CheckDownload(t, storagetest.Serve(h, storagetest.Get(t, link.String())), storagetest.Want{Status: http.StatusOK, Body: playlist})

	for _, tt := range []struct {
		ref  string
		want storagetest.Want
	}{
		{"key.bin", storagetest.Want{Status: http.StatusPartialContent, Body: "key"}},
		{"1%20%231.ts", storagetest.Want{Status: http.StatusPartialContent, Body: "seg"}},
		{"missing.ts", storagetest.Want{Status: http.StatusNotFound}},
		{"..%2F8/1.ts", storagetest.Want{Status: http.StatusForbidden}},
		{"/play/7/key.bin", storagetest.Want{Status: http.StatusForbidden}},
	} {
		segment, err := link.Parse(tt.ref) // as a player resolves it
		require.NoError(t, err)
		storagetest.CheckDownload(t, storagetest.Serve(h, storagetest.Get(t, segment.String(), storagetest.Range(0, 2))), tt.want)
	}
}

func TestThePageNeedsPermission(t *testing.T) {
	t.Parallel()
	response := storagetest.Serve(service(t), storagetest.Get(t, "/films/7"))
	storagetest.CheckDownload(t, response, storagetest.Want{Status: http.StatusForbidden, Body: "Forbidden\n"})
	assert.Empty(t, response.Header().Get("Location"))
}
