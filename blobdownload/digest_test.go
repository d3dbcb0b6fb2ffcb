package blobdownload_test

import (
	"crypto/md5"
	"crypto/sha256"
	"encoding/base64"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/go-downloadview/downloadview/blobdownload"
	"github.com/go-downloadview/downloadview/wrapper"
)

func TestDigests(t *testing.T) {
	t.Parallel()
	sha, sum5 := sha256.Sum256([]byte("content")), md5.Sum([]byte("content"))
	sha256Field := "sha-256=:" + base64.StdEncoding.EncodeToString(sha[:]) + ":"
	md5Field := "md5=:" + base64.StdEncoding.EncodeToString(sum5[:]) + ":"
	known := wrapper.Info{Digests: []wrapper.Digest{
		{Algorithm: "md5", Sum: sum5[:]}, {Algorithm: "sha-256", Sum: sha[:]}, {Algorithm: "sha-512", Sum: []byte("too short")},
		{Algorithm: "crc64nvme", Sum: make([]byte, 8)},
	}}
	h := handlerOf(blobdownload.Download{File: newCountingSource("content").file("a").WithInfo(known)})
	for want, field := range map[string]string{
		"sha-256=10":                 sha256Field,
		"sha-256=1, md5=1":           sha256Field,
		"sha-256=1, md5=9":           md5Field,
		"sha-512=10, sha-256=3":      sha256Field,
		" md5=1;x=y ":                md5Field,
		"sha-256=0":                  "",
		"frob-99=10":                 "",
		"crc64nvme=5":                "",
		"":                           "",
		"sha-256":                    "",
		"sha-256=11":                 "",
		"sha-256=-1":                 "",
		"sha-256=1.5":                "",
		"sha-256=10, ":               "",
		strings.Repeat("a=1,", 1000): "",
	} {
		for _, c := range []struct {
			method, rng string
			content     bool
		}{{"GET", "", true}, {"HEAD", "", false}, {"GET", "bytes=1-2", false}} {
			resp := exchange(t, h, c.method, "/", "Want-Repr-Digest", want, "Want-Content-Digest", want, "Range", c.rng)
			assert.Equal(t, field, resp.Header.Get("Repr-Digest"), "%q %v", want, c)
			if c.content {
				assert.Equal(t, field, resp.Header.Get("Content-Digest"), "%q %v", want, c)
			} else {
				assert.NotContains(t, resp.Header, "Content-Digest", "%q %v", want, c)
			}
		}
	}
	plain := exchange(t, h, "GET", "/")
	assert.NotContains(t, plain.Header, "Repr-Digest", "no Want field")
	for _, c := range [][]string{{"If-None-Match", "*"}, {"If-Match", `"x"`}, {"Range", "bytes=99-"}} {
		resp := exchange(t, h, "GET", "/", append(c, "Want-Repr-Digest", "sha-256=1")...)
		assert.NotContains(t, resp.Header, "Content-Digest")
	}
}

// Storages in memory and on disk store an MD5.
func TestDigestOfTheStorage(t *testing.T) {
	t.Parallel()
	sum := md5.Sum([]byte("content"))
	for _, p := range storedViews(t, []byte("content")) {
		if p.name != "mem" && p.name != "file" {
			continue
		}
		resp := exchange(t, quietServer().Handler(p.view), "GET", "/?"+query(docKey), "Want-Repr-Digest", "md5=1")
		assert.Equal(t, "md5=:"+base64.StdEncoding.EncodeToString(sum[:])+":", resp.Header.Get("Repr-Digest"), p.name)
	}
}
