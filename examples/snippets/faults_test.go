package snippets_test

import (
	"net/http"
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/go-downloadview/downloadview/blobdownload"
	"github.com/go-downloadview/downloadview/storagetest"
	"github.com/go-downloadview/downloadview/wrapper"
)

func docsHandler(b *storagetest.Bucket) http.Handler {
	storage := &blobdownload.Storage{Name: "docs", Bucket: wrapper.NewBucket(b.Bucket)}
	mux := http.NewServeMux()
	mux.Handle("/docs/{key}", (&blobdownload.Server{Logger: quiet}).Handler(
		blobdownload.StorageView(storage, blobdownload.PathValue("key"))))
	return mux
}

// docs: begin testfaults
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
