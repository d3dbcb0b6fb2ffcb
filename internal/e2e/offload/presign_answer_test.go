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

// TestPresignedAnswer compares three responses for the same objects: the application's, the storage's to a client that is
// redirected, and nginx's with the object from the storage. It writes the differences.
func TestPresignedAnswer(t *testing.T) {
	t.Parallel()
	s := newStore(t)
	fillStored(t, s.storage.Bucket.Bucket)
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
		for d := range rows { // an interrupted download can resume another way; decoded content is another representation
			if d.what != "GET, identity only" && d.what != "missing file" && d.what != "unsatisfiable Range" {
				assert.NotContains(t, []string{"another Etag", "another Last-Modified", "another Content-Disposition", "another Cache-Control", "another body"}, d.how, d.what)
			}
		}
	}
	checkPart(t, 1, "\nWritten by `go test ./offload -run TestPresignedAnswer -update` in internal/e2e: every difference between the response\n"+
		"of S3 (versitygw) to a client that is redirected and the application's response. ETag, Last-Modified, Content-Disposition,\n"+
		"Cache-Control and the body are equal, except if the client does not accept the stored coding: with proxy validators the\n"+
		"coding is unknown. Only with application validators is the media type the stored one. The storage sends no security fields\n"+
		"and no fields of yours. The application responds to a HEAD, and to a Range with If-Range.\n\n"+
		redirects.table(true)+
		"\nIf nginx fetches the object from the storage, with the line that clears uploaders' metadata:\n\n"+
		fetches.table(true))
}

// presignedModes are the ways to offload with a signed URL, with and without a proxy. A storage's own response lacks fields
// with either validators.
var presignedModes = []mode{
	{"", "Presign", false, func(string) blobdownload.Optimizer { return &proxy.Presign{AllowHTTP: true} }},
	{"", "Presign, application validators", false, func(string) blobdownload.Optimizer {
		return &proxy.Presign{AllowHTTP: true, Validators: blobdownload.AppValidators}
	}},
	{"nginx", "/_url", false, func(string) blobdownload.Optimizer {
		return &proxy.XAccelPresigned{Location: "/_url", AllowHTTP: true}
	}},
	{"nginx", "/_url, application validators", true, func(string) blobdownload.Optimizer {
		return &proxy.XAccelPresigned{Location: "/_url", AllowHTTP: true, Validators: blobdownload.AppValidators}
	}},
	{"nginx", "/_cached", false, func(string) blobdownload.Optimizer {
		return &proxy.XAccelPresigned{Location: "/_cached", AllowHTTP: true, WholeOnly: true}
	}},
	{"nginx", "/_cached, application validators", true, func(string) blobdownload.Optimizer {
		return &proxy.XAccelPresigned{Location: "/_cached", AllowHTTP: true, Validators: blobdownload.AppValidators, WholeOnly: true}
	}},
}
