package main

import (
	"net/http"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/go-downloadview/downloadview/blobdownload"
	"github.com/go-downloadview/downloadview/storagetest"
)

func open(t *testing.T, spec string) http.Handler {
	t.Helper()
	docs, err := blobdownload.OpenStorage(t.Context(), spec)
	require.NoError(t, err)
	t.Cleanup(func() { _ = docs.Close(t.Context()) })
	return handler(docs)
}

// Signing makes no request: the test needs no S3 server.
func TestProductionRedirectsToS3(t *testing.T) {
	t.Setenv("AWS_ACCESS_KEY_ID", "AKIAIOSFODNN7EXAMPLE")
	t.Setenv("AWS_SECRET_ACCESS_KEY", "a secret of the test")
	h := open(t, "docs=s3://my-docs?region=eu-central-1")
	response := storagetest.Serve(h, storagetest.Get(t, "/docs/2026/report.pdf"))
	storagetest.CheckPresigned(t, response, storagetest.WantPresigned{
		Status: http.StatusFound, Host: "my-docs.s3.eu-central-1.amazonaws.com", Key: "2026/report.pdf",
		Filename: "report.pdf", Disposition: "attachment", ContentType: "application/pdf",
		MinExpiry: 5 * time.Minute, MaxExpiry: 10 * time.Minute, Secrets: []string{"a secret of the test"},
	})
}

func TestDevelopmentStreams(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	require.NoError(t, os.WriteFile(filepath.Join(dir, "report.txt"), []byte("all is well"), 0o600))
	h := open(t, "docs=file://"+filepath.ToSlash(dir))
	storagetest.CheckDownload(t, storagetest.Serve(h, storagetest.Get(t, "/docs/report.txt")), storagetest.Want{
		Status: http.StatusOK, Body: "all is well", Filename: "report.txt", Disposition: "attachment",
	})
}
