package main

import (
	"io/fs"
	"net/http"
	"regexp"
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
1 %231.ts
#EXTINF:6.0,
../8/1.ts
#EXTINF:6.0,
https://ads.example/1.ts
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

func TestThePlaylistNamesSignedSegments(t *testing.T) {
	t.Parallel()
	h := service(t)
	response := storagetest.Serve(h, storagetest.Get(t, "/films/7/index.m3u8", storagetest.Header("Authorization", "Bearer letmein")))
	storagetest.CheckDownload(t, response, storagetest.Want{Status: http.StatusOK, CacheControl: "private, no-cache"})
	text := response.Body.String()
	links := regexp.MustCompile(`/segments/[^"\s]+`).FindAllString(text, -1)
	require.Len(t, links, 2, text)
	assert.Equal(t, strings.NewReplacer("key.bin", links[0], "1 %231.ts", links[1]).Replace(playlist), text)

	storagetest.CheckDownload(t, storagetest.Serve(h, storagetest.Get(t, links[0])), storagetest.Want{Status: http.StatusOK, Body: "key of the film"})
	storagetest.CheckDownload(t, storagetest.Serve(h, storagetest.Get(t, links[1], storagetest.Range(0, 2))), storagetest.Want{
		Status: http.StatusPartialContent, Body: "seg",
	})
}

func TestNothingIsServedWithoutPermission(t *testing.T) {
	t.Parallel()
	h := service(t)
	for _, path := range []string{"/films/7/index.m3u8", "/films/%2e%2e/index.m3u8", "/segments/guessed", "/segments/7/key.bin"} {
		storagetest.CheckDownload(t, storagetest.Serve(h, storagetest.Get(t, path)), storagetest.Want{Status: http.StatusForbidden, Body: "Forbidden\n"})
	}
}
