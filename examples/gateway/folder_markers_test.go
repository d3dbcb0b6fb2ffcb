package main

import (
	"net/http"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"gocloud.dev/blob"
)

// W18 for the pages: the empty objects that blobfuse and others store for folders are no files of a listing or an archive.
func TestW18FolderMarkersAreNoFiles(t *testing.T) {
	t.Parallel()
	b := memBucket(t, "dir/a.txt", "dir/deep/b.txt", "plain")
	marker := &blob.WriterOptions{Metadata: map[string]string{"hdi_isfolder": "true"}, DisableContentTypeDetection: true}
	require.NoError(t, b.WriteAll(t.Context(), "dir", nil, marker))
	require.NoError(t, b.WriteAll(t.Context(), "dir/deep", nil, marker))
	require.NoError(t, b.WriteAll(t.Context(), "alone", nil, marker))
	require.NoError(t, b.WriteAll(t.Context(), "empty", nil, &blob.WriterOptions{ContentType: "text/plain"}))
	h := siteOf(b).handler()
	page := getJSON(t, h, "/b/docs/").Body.String()
	assert.Contains(t, page, `"/b/docs/dir/"`)
	assert.NotContains(t, page, `"/f/docs/dir"`)
	assert.Contains(t, page, `"/f/docs/empty"`)
	assert.Contains(t, page, `"/f/docs/plain"`)

	all := get(t, h, "/zip/docs")
	require.Equal(t, http.StatusOK, all.Code)
	assert.ElementsMatch(t, []string{"dir/a.txt", "dir/deep/b.txt", "empty", "plain"}, zipNames(t, all))
	folder := get(t, h, "/zip/docs?prefix=dir/")
	require.Equal(t, http.StatusOK, folder.Code)
	assert.ElementsMatch(t, []string{"a.txt", "deep/b.txt"}, zipNames(t, folder))
	selected := get(t, h, "/zip/docs?name=dir/&name=plain")
	require.Equal(t, http.StatusOK, selected.Code)
	assert.ElementsMatch(t, []string{"dir/a.txt", "dir/deep/b.txt", "plain"}, zipNames(t, selected))
}
