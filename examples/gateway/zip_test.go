package main

import (
	"archive/zip"
	"bytes"
	"fmt"
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func zipNames(t *testing.T, w *httptest.ResponseRecorder) (names []string) {
	t.Helper()
	require.Equal(t, http.StatusOK, w.Code)
	assert.Contains(t, w.Header().Get("Content-Disposition"), "attachment")
	archive, err := zip.NewReader(bytes.NewReader(w.Body.Bytes()), int64(w.Body.Len()))
	require.NoError(t, err)
	for _, f := range archive.File {
		names = append(names, f.Name)
	}
	return names
}

// The length of an archive is known before its first byte, so that a browser shows progress.
func TestZipHasALength(t *testing.T) {
	t.Parallel()
	w := get(t, handlerOf(t, map[string]string{"a/1.txt": "one", "a/2.txt": "two"}), "/zip/docs?prefix=a/")
	assert.Equal(t, fmt.Sprint(w.Body.Len()), w.Header().Get("Content-Length"))
	assert.Contains(t, w.Header().Get("Content-Disposition"), `filename="a.zip"`)
}

// An archive of a bucket is named as the page names the bucket. A slash of the title is no folder.
func TestZipIsNamedAfterTheTitle(t *testing.T) {
	t.Parallel()
	s := siteOf(memBucket(t, "a"))
	s.buckets[0].Title = "../Plans\r\nX: 1"
	w := get(t, s.handler(), "/zip/docs")
	assert.Equal(t, http.StatusOK, w.Code)
	assert.Contains(t, w.Header().Get("Content-Disposition"), "Plans")
	assert.NotContains(t, w.Header().Get("Content-Disposition"), "/")
	assert.NotRegexp(t, `[\r\n]`, w.Header().Get("Content-Disposition"))
}

func TestZipOfTooManyFilesIsRejected(t *testing.T) {
	t.Parallel()
	keys := map[string]string{}
	for i := range maxZipEntries + 1 {
		keys[fmt.Sprintf("%05d", i)] = ""
	}
	assert.Equal(t, http.StatusRequestEntityTooLarge, get(t, handlerOf(t, keys), "/zip/docs").Code)
}

// An interrupted archive resumes where it ended.
func TestZipResumes(t *testing.T) {
	t.Parallel()
	h := handlerOf(t, map[string]string{"a/1.txt": "one", "a/2.txt": "two"})
	whole := get(t, h, "/zip/docs?prefix=a/")
	etag := whole.Header().Get("ETag")
	require.Regexp(t, `^"`, etag, "a strong entity-tag")
	r := httptest.NewRequestWithContext(t.Context(), http.MethodGet, "/zip/docs?prefix=a/", nil)
	r.Header.Set("Range", "bytes=50-")
	r.Header.Set("If-Range", etag)
	rest := httptest.NewRecorder()
	h.ServeHTTP(rest, r)
	assert.Equal(t, http.StatusPartialContent, rest.Code)
	assert.Equal(t, whole.Body.Bytes()[50:], rest.Body.Bytes())
}
