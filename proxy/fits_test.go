package proxy_test

import (
	"net/http"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/go-downloadview/downloadview/blobdownload"
	"github.com/go-downloadview/downloadview/proxy"
)

// A coding that the application says by itself goes with nothing that a store or a CDN sends.
func TestOwnContentEncodingIsStreamed(t *testing.T) {
	t.Parallel()
	for name, o := range map[string]blobdownload.Optimizer{
		"Presign": new(proxy.Presign), "XAccelPresigned": &proxy.XAccelPresigned{Location: "/_url"}, "CDN": cdn(),
	} {
		for coding, handed := range map[string]bool{"": true, "gzip": false} {
			s, d := signingObject("public/k", signs("https://s/k"))
			if coding != "" {
				d.Header = http.Header{"Content-Encoding": {coding}}
			}
			to, err := o.Optimize(getRequest, d)
			require.NoError(t, err)
			assert.Equal(t, handed, to != nil, name)
			assert.True(t, handed || s.count.Load() == 0, "%s signs nothing", name)
		}
	}
}
