package snippets_test

import (
	"log/slog"
	"net/http"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/go-downloadview/downloadview/blobdownload"
	"github.com/go-downloadview/downloadview/proxy"
	"github.com/go-downloadview/downloadview/storagetest"
	"github.com/go-downloadview/downloadview/wrapper"
	_ "github.com/go-downloadview/downloadview/wrapper/s3"
)

// docs: begin testfaults
func docsHandler(b *storagetest.Bucket) http.Handler { // the handler of your application
	storage := &blobdownload.Storage{Name: "docs", Bucket: wrapper.NewBucket(b.Bucket)}
	server := &blobdownload.Server{Logger: slog.New(slog.DiscardHandler)}
	mux := http.NewServeMux()
	mux.Handle("/docs/{key}", server.Handler(blobdownload.StorageView(storage, blobdownload.PathValue("key"))))
	return mux
}

func TestARangeOfTheReportIsOneRead(t *testing.T) {
	b := storagetest.NewBucket(t, storagetest.Objects{"report.txt": "all is well"})
	response := storagetest.Serve(docsHandler(b), storagetest.Get(t, "/docs/report.txt", storagetest.Range(0, 2)))
	storagetest.CheckDownload(t, response, storagetest.Want{Status: 206, Filename: "report.txt", Body: "all"})
	assert.Equal(t, 1, b.Requests(storagetest.OpRead), b.Trace())
}

func TestAFailingStoreIsABadGateway(t *testing.T) {
	b := storagetest.NewBucket(t, storagetest.Objects{"report.txt": "all is well"})
	b.Fault(storagetest.Fault{Op: storagetest.OpRead, Action: storagetest.Fail(storagetest.ErrInjected)})
	response := storagetest.Serve(docsHandler(b), storagetest.Get(t, "/docs/report.txt"))
	storagetest.CheckDownload(t, response, storagetest.Want{Status: 502, Body: "Bad Gateway\n"})
}

// docs: end

// docs: begin testpresigned
func TestAReportIsRedirectedToTheStore(t *testing.T) {
	t.Setenv("AWS_ACCESS_KEY_ID", "test")
	t.Setenv("AWS_SECRET_ACCESS_KEY", "secret")
	docs, err := blobdownload.OpenStorage(t.Context(), "docs=s3://my-docs?region=eu-west-1") // sends no request
	require.NoError(t, err)
	server := &blobdownload.Server{Optimizer: &proxy.Presign{}}
	view := blobdownload.StorageView(docs, func(*http.Request) string { return "2026/report.txt" })
	response := storagetest.Serve(server.Handler(view), storagetest.Get(t, "/report"))
	storagetest.CheckPresigned(t, response, storagetest.WantPresigned{
		Status: 302, Host: "my-docs.s3.eu-west-1.amazonaws.com", Key: "2026/report.txt", Filename: "report.txt",
		Secrets: []string{"secret"}, // nowhere in the response
	})
}

// docs: end
