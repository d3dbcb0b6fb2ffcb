package providers_test

import (
	"io"
	"sync"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"gocloud.dev/blob"

	"github.com/go-downloadview/downloadview/internal/e2e/azureserver"
	"github.com/go-downloadview/downloadview/internal/e2e/gcsserver"
	"github.com/go-downloadview/downloadview/internal/e2e/wirecount"
	"github.com/go-downloadview/downloadview/wrapper"
)

// Parallel downloads leave as many idle connections, which the next ones reuse. The pools of the SDKs keep two or
// ten.
func TestManyAtATimeUseTheirConnectionsAgain(t *testing.T) {
	const many, rounds = 64, 5
	gcs := gcsserver.Start(t, wirecount.New(t))
	azure := azureserver.Start(t)
	azure.Bucket(t, "many", wirecount.New(t))
	front := azure.Front(t, wirecount.New(t))
	for name, tc := range map[string]struct {
		b        *blob.Bucket
		accepted func() int
	}{
		"gcs":   {openURL(t, gcs.URL()), gcs.Accepted},
		"azure": {openURL(t, front.URL(t, "many")), front.Accepted},
	} {
		require.NoError(t, tc.b.WriteAll(t.Context(), "k", []byte(content), nil))
		before := tc.accepted()
		for range rounds {
			var together, all sync.WaitGroup
			together.Add(many)
			for range many {
				all.Go(func() {
					resp, err := wrapper.Blob(tc.b, "k").Fetch(t.Context(), wrapper.Request{})
					together.Done()
					if !assert.NoError(t, err) {
						return
					}
					together.Wait() // until every body is open
					n, err := io.Copy(io.Discard, resp.Body)
					assert.NoError(t, err)
					assert.EqualValues(t, len(content), n)
					assert.NoError(t, resp.Body.Close())
				})
			}
			all.Wait()
		}
		// net/http dials for a waiting request; if another connection becomes free meanwhile, it keeps both.
		assert.LessOrEqual(t, tc.accepted()-before, many+many/2, "%s: %d downloads", name, many*rounds)
	}
}
