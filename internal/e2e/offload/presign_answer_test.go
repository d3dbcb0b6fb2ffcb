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

// TestPresignedAnswer compares three responses for an object: streamed, sent by the storage to a redirected client,
// and requested by nginx from the storage. With -update it writes the differences.
func TestPresignedAnswer(t *testing.T) {
	t.Parallel()
	s := newStore(t)
	fillStored(t, s.storage.Bucket)
	handler := func(o blobdownload.Optimizer) http.Handler {
		view := blobdownload.StorageView(s.storage, blobdownload.PathValue("name")).With(func(_ *http.Request, d *blobdownload.Download) error {
			d.Header = http.Header{"Set-Cookie": {"a=b"}, "Cache-Control": {"public, max-age=60"}, "Vary": {"Origin"}, "X-Mine": {"kept"}}
			return nil
		})
		mux := http.NewServeMux()
		mux.Handle("/cloud/{name...}", (&blobdownload.Server{Optimizer: o}).Handler(view))
		return mux
	}
	start := func(h http.Handler) string {
		app := httptest.NewServer(h)
		t.Cleanup(app.Close)
		return app.URL
	}
	redirects, fetches := differences{}, differences{}
	direct := start(handler(nil))
	for _, m := range presignedModes {
		require.NoError(t, proxy.Validate(m.optimizer("")), m.title)
		h, rows := handler(m.optimizer("")), redirects
		var front string
		if m.front == "" {
			front = start(h)
		} else {
			rows, front = fetches, withHeadersMore(*frontOf(m.front)).start(t, h, filesDir(t), s.host)
		}
		c := comparison{mode: m, direct: direct, front: front, rows: rows, whole: m.front != ""}
		for _, o := range stored {
			c.compare(t, "cloud", o.name, o.url)
		}
	}
	for _, rows := range []differences{redirects, fetches} {
		for d := range rows { // so that a download goes on where another way began it; decoded content is another one
			if d.what != "GET without codings" && d.what != "missing file" && d.what != "unsatisfiable Range" {
				assert.NotContains(t, []string{"another Etag", "another Last-Modified", "another Content-Disposition", "another Cache-Control", "another body"}, d.how, d.what)
			}
		}
	}
	checkPart(t, 1, "\nWritten by `go test ./offload -run TestPresignedAnswer -update` in internal/e2e: what a client that is redirected to S3\n"+
		"(versitygw) sees otherwise than one that is streamed to. ETag, Last-Modified, Content-Disposition, Cache-Control and the\n"+
		"bytes are the same, but for a client that does not take the stored coding, which is not known in Edge mode. The type is\n"+
		"the stored one with the application's validators alone. The store sends none of the security fields, and no field of\n"+
		"yours. A HEAD, and a Range with If-Range, are answered by the application.\n\n"+
		redirects.table(true)+
		"\nAnd what one sees to whom nginx sends what it fetches from there itself, with the line that clears metadata:\n\n"+
		fetches.table(true))
}

// presignedModes are the ways to offload with a signed URL, with and without a proxy. The storage's own response
// lacks fields in either mode.
var presignedModes = []mode{
	{"", "Presign", false, func(string) blobdownload.Optimizer { return &proxy.Presign{AllowHTTP: true} }},
	{"", "Presign, Application", false, func(string) blobdownload.Optimizer {
		return &proxy.Presign{AllowHTTP: true, Validators: blobdownload.AppValidators}
	}},
	{"nginx", "/_url", false, func(string) blobdownload.Optimizer {
		return &proxy.XAccelPresigned{Location: "/_url", Presign: proxy.Presign{AllowHTTP: true}}
	}},
	{"nginx", "/_url, Application", true, func(string) blobdownload.Optimizer {
		return &proxy.XAccelPresigned{Location: "/_url", Presign: proxy.Presign{AllowHTTP: true, Validators: blobdownload.AppValidators}}
	}},
	{"nginx", "/_cached", false, func(string) blobdownload.Optimizer {
		return &proxy.XAccelPresigned{Location: "/_cached", Presign: proxy.Presign{AllowHTTP: true}, WholeOnly: true}
	}},
	{"nginx", "/_cached, Application", true, func(string) blobdownload.Optimizer {
		return &proxy.XAccelPresigned{Location: "/_cached", Presign: proxy.Presign{AllowHTTP: true, Validators: blobdownload.AppValidators}, WholeOnly: true}
	}},
}
