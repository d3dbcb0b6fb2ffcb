package providers_test

import (
	"fmt"
	"io"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"gocloud.dev/blob"

	"github.com/go-downloadview/downloadview/blobdownload"
	"github.com/go-downloadview/downloadview/internal/e2e/azureserver"
	"github.com/go-downloadview/downloadview/internal/e2e/gcsserver"
	"github.com/go-downloadview/downloadview/internal/e2e/s3server"
	"github.com/go-downloadview/downloadview/internal/e2e/wirecount"
	"github.com/go-downloadview/downloadview/wrapper"
)

// letters are the characters of the keys: those with a special meaning in URLs, paths, signatures and drivers, and
// plain letters.
var letters = []rune("ab09 %25+?#;:&=@!$'()*,~-_.\"\\|<>[]{}^`éß文🙂\u00a0")

// canonicalKey returns a random key that CanonicalKey accepts, in its own directory.
func canonicalKey(r *rand.Rand, i int) string {
	for {
		var b strings.Builder
		fmt.Fprintf(&b, "d%d/", i)
		for range 1 + r.IntN(12) {
			b.WriteRune(letters[r.IntN(len(letters))])
			if r.IntN(8) == 0 {
				b.WriteByte('/')
			}
		}
		if key := b.String(); blobdownload.CanonicalKey(key) == nil {
			return key
		}
	}
}

// Every key that the policy accepts names its own object with every driver.
func TestCanonicalKeysRoundTrip(t *testing.T) {
	buckets := map[string]*blob.Bucket{
		"s3":  s3Bucket(t, s3server.Start(t)),
		"gcs": openURL(t, gcsserver.Start(t, newFaulty(t)).URL()),
	}
	buckets["gcs, SDK"] = gcsserver.Start(t, newFaulty(t)).Bucket(t)
	azure := azureserver.Start(t)
	buckets["azure, SDK"], _ = azure.Bucket(t, "keys", wirecount.New(t))
	buckets["azure"] = openURL(t, azure.Front(t, wirecount.New(t)).URL(t, "keys"))
	for name, b := range buckets {
		r := rand.New(rand.NewPCG(1, 2))
		for i := range 150 {
			key := canonicalKey(r, i)
			content := fmt.Sprintf("%d %q", i, key)
			require.NoError(t, b.WriteAll(t.Context(), key, []byte(content), nil), "%s %q", name, key)
			resp, err := wrapper.Blob(b, key).Fetch(t.Context(), wrapper.Request{})
			require.NoError(t, err, "%s %q", name, key)
			got, err := io.ReadAll(resp.Body)
			require.NoError(t, err)
			require.NoError(t, resp.Body.Close())
			assert.Equal(t, content, string(got), "%s %q", name, key)
		}
	}
}
