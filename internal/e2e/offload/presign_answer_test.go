package offload_test

import (
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/go-downloadview/downloadview/blobdownload"
	"github.com/go-downloadview/downloadview/proxy"
)

// TestPresignedAnswer asks for the same objects of a store as they are streamed and as the store sends them to a
// client that was redirected, and writes what differs.
func TestPresignedAnswer(t *testing.T) {
	t.Parallel()
	s := newStore(t)
	fillStored(t, s.storage.Bucket)
	offered := func(o blobdownload.Optimizer) string {
		view := blobdownload.StorageView(s.storage, blobdownload.PathValue("name")).With(func(_ *http.Request, d *blobdownload.Download) error {
			d.Header = http.Header{"Set-Cookie": {"a=b"}, "Cache-Control": {"public, max-age=60"}, "Vary": {"Origin"}, "X-Mine": {"kept"}}
			return nil
		})
		mux := http.NewServeMux()
		mux.Handle("/cloud/{name...}", (&blobdownload.Server{Optimizer: o}).Handler(view))
		app := httptest.NewServer(mux)
		t.Cleanup(app.Close)
		return app.URL
	}
	rows := differences{}
	direct := offered(nil)
	for _, m := range []struct {
		title string
		says  blobdownload.Validators
	}{{"Presign", blobdownload.Edge}, {"Presign, Application", blobdownload.Application}} {
		p := &proxy.Presign{AllowHTTP: true, Validators: m.says}
		require.NoError(t, proxy.Validate(p))
		c := comparison{mode: mode{title: m.title}, direct: direct, front: offered(p), rows: rows}
		for _, o := range stored {
			c.compare(t, "cloud", o.name, o.url)
		}
	}
	for d := range rows { // so that a download goes on where another way began it; decoded content is another one
		if d.what != "GET without codings" {
			assert.NotContains(t, []string{"another Etag", "another Last-Modified", "another Content-Disposition", "another Cache-Control", "another body"}, d.how, d.what)
		}
	}
	checkPart(t, 1, "\nWritten by `go test ./offload -run TestPresignedAnswer -update` in internal/e2e: what a client that is redirected to S3\n"+
		"(versitygw) sees otherwise than one that is streamed to. ETag, Last-Modified, Content-Disposition, Cache-Control and the\n"+
		"bytes are the same, but for a client that does not take the stored coding, which is not known in Edge mode. The type is\n"+
		"the stored one with the application's validators alone. The store sends none of the security fields, and no field of\n"+
		"yours. A HEAD, and a Range with If-Range, are answered by the application.\n\n"+
		rows.table(true))
}
