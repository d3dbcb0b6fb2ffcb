package main

import (
	"archive/zip"
	"bytes"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/go-downloadview/downloadview/storagetest"
	"github.com/go-downloadview/downloadview/wrapper"
)

// A file that is selected twice is packed once, each folder is listed once, and a folder without objects ends the request.
func TestZipOfASelectionByHand(t *testing.T) {
	t.Parallel()
	b := storagetest.NewBucket(t, storagetest.Objects{"sub/a.txt": "a", "sub/deep/b.txt": "b"})
	h := siteOf(wrapper.NewBucket(b.Bucket)).handler()
	query := "/zip/docs?" + strings.Repeat("name=sub/&name=sub/a.txt&name=sub/deep/b.txt&", 1000)
	assert.Equal(t, []string{"sub/a.txt", "sub/deep/b.txt"}, zipNames(t, get(t, h, query)))
	assert.Equal(t, 1, listings(b))
	b.Reset()
	var none strings.Builder
	for i := range 1000 {
		fmt.Fprintf(&none, "name=none%d/&", i)
	}
	assert.Equal(t, http.StatusNotFound, get(t, h, "/zip/docs?"+none.String()).Code)
	assert.Equal(t, 1, listings(b))
}

func listings(b *storagetest.Bucket) (n int) {
	for _, c := range b.Calls() {
		if c.Op == storagetest.OpList {
			n++
		}
	}
	return n
}

// Ten thousand selected files are one archive.
func TestZipOfTenThousandNames(t *testing.T) {
	t.Parallel()
	keys, query := map[string]string{}, url.Values{}
	for i := range maxZipEntries {
		name := fmt.Sprintf("%05d", i)
		keys[name] = ""
		query.Add("name", name)
	}
	h := handlerOf(t, keys)
	assert.Len(t, zipNames(t, get(t, h, "/zip/docs?"+query.Encode())), maxZipEntries)
}

// An archive has the files of its whole query or none: a part that cannot be parsed does not make it the whole bucket.
func TestZipOfAnInvalidQuery(t *testing.T) {
	t.Parallel()
	h := handlerOf(t, map[string]string{"a": "", "b": ""})
	for _, query := range []string{"name=a;b", "name=%zz", "prefix=;", strings.Repeat("name=a&", maxZipEntries+1)} {
		assert.Equal(t, http.StatusBadRequest, get(t, h, "/zip/docs?"+query).Code, "%.20q", query)
		w := request(t, h, "/zip/docs?"+query, "Accept", "text/html")
		assert.Equal(t, http.StatusBadRequest, w.Code, "%.20q", query)
		assert.Contains(t, w.Body.String(), "The address is invalid")
	}
}

// An archive of three selected files is interrupted at each of its bytes and resumed with If-Range.
func TestZipOfThreeResumes(t *testing.T) {
	t.Parallel()
	h := handlerOf(t, map[string]string{"a.txt": "one", "sub/b.txt": strings.Repeat("two", 99), "c.txt": "", "d.txt": "not selected"})
	const target = "/zip/docs?name=a.txt&name=sub/b.txt&name=c.txt"
	whole := get(t, h, target)
	archive, err := zip.NewReader(bytes.NewReader(whole.Body.Bytes()), int64(whole.Body.Len()))
	require.NoError(t, err)
	assert.Len(t, archive.File, 3)
	etag := whole.Header().Get("ETag")
	for cut := 1; cut < whole.Body.Len(); cut += 7 {
		rest := request(t, h, target, "Range", fmt.Sprintf("bytes=%d-", cut), "If-Range", etag)
		require.Equal(t, http.StatusPartialContent, rest.Code)
		require.Equal(t, whole.Body.Bytes()[cut:], rest.Body.Bytes(), cut)
	}
	other := request(t, h, target, "Range", "bytes=9-", "If-Range", `"other"`)
	assert.Equal(t, http.StatusOK, other.Code, "another archive starts again")
	assert.Equal(t, whole.Body.Bytes(), other.Body.Bytes())
}

// W7 for the archives: no request of a client makes an error of the gateway's in the log.
func TestW7ArchiveOfNoFilesIsNoErrorInTheLog(t *testing.T) {
	t.Parallel()
	var log bytes.Buffer
	g := openLogged(t, &log, "-bucket", "docs="+bucketOf(t, map[string]string{"a.txt": "A"}))
	for target, status := range map[string]int{"/zip/docs?prefix=none/": 404, "/zip/docs?%zz": 400, "/zip/docs?name=none": 404, "/zip/none": 404} {
		for _, accept := range []string{"text/html", "*/*"} {
			assert.Equal(t, status, request(t, g.handler, target, "Accept", accept).Code, "%s %s", target, accept)
		}
	}
	assert.NotContains(t, log.String(), `"ERROR"`)
}
