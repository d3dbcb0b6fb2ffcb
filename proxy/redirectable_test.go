package proxy_test

import (
	"net/http"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/go-downloadview/downloadview/blobdownload"
	"github.com/go-downloadview/downloadview/proxy"
)

// A Content-Encoding of the download would not be in the response of a storage or a CDN.
func TestDownloadsThatSetContentEncodingAreStreamed(t *testing.T) {
	t.Parallel()
	for name, o := range map[string]blobdownload.Optimizer{
		"Presign": new(proxy.Presign), "XAccelPresigned": &proxy.XAccelPresigned{Location: "/_url"}, "CDN": cdn(),
	} {
		for coding, offloaded := range map[string]bool{"": true, "gzip": false} {
			s, d := signedObject("public/k", signsAs("https://s/k"))
			if coding != "" {
				d.Header = http.Header{"Content-Encoding": {coding}}
			}
			to, err := o.Optimize(getRequest, d)
			require.NoError(t, err)
			assert.Equal(t, offloaded, to != nil, name)
			assert.True(t, offloaded || s.count.Load() == 0, "%s signs no URL", name)
		}
	}
}
