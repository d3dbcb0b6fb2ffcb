package proxy_test

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"gocloud.dev/blob/memblob"

	"github.com/go-downloadview/downloadview/blobdownload"
	"github.com/go-downloadview/downloadview/proxy"
	"github.com/go-downloadview/downloadview/wrapper"
)

// Two tenants may both name their storage docs, and share one Presign.
func TestPresignDistinguishesBucketsOfOneStoreName(t *testing.T) {
	t.Parallel()
	p := &proxy.Presign{}
	for _, want := range []string{"https://a.example/k", "https://b.example/k"} {
		b := memblob.OpenBucket(nil)
		t.Cleanup(func() { assert.NoError(t, b.Close()) })
		s := &signingSource{sign: signsAs(want)}
		f := wrapper.Blob(b, "k").WithStore("docs").WithSigner(s)
		for range 2 { // signed, then from the cache
			to, err := p.Optimize(getRequest, &blobdownload.Download{File: f})
			require.NoError(t, err)
			require.NotNil(t, to)
			assert.Equal(t, want, to.Header.Get("Location"))
		}
		assert.EqualValues(t, 1, s.count.Load())
	}
}
