package main

import (
	"net/http"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/go-downloadview/downloadview/blobdownload"
	"github.com/go-downloadview/downloadview/storagetest"
)

func TestAFileOfTheDirectoryIsServedWithRanges(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	require.NoError(t, os.WriteFile(filepath.Join(dir, "report.txt"), []byte("all is well"), 0o600))
	docs, err := blobdownload.OpenStorage(t.Context(), "file://"+filepath.ToSlash(dir))
	require.NoError(t, err)
	t.Cleanup(func() { _ = docs.Close(t.Context()) })

	h := handler(docs)
	response := storagetest.Serve(h, storagetest.Get(t, "/docs/report.txt", storagetest.Range(4, 5)))
	storagetest.CheckDownload(t, response, storagetest.Want{
		Status: http.StatusPartialContent, Body: "is", Filename: "report.txt", Disposition: "attachment", ContentRange: "bytes 4-5/11",
	})
	storagetest.CheckDownload(t, storagetest.Serve(h, storagetest.Get(t, "/docs/missing.txt")), storagetest.Want{Status: http.StatusNotFound})
}
