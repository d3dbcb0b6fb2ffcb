package gateway_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"gocloud.dev/blob"
	_ "gocloud.dev/blob/fileblob"

	"github.com/go-downloadview/downloadview/internal/e2e/conformance"
	"github.com/go-downloadview/downloadview/internal/e2e/s3server"
)

// The gateway passes all HTTP cases except those that need an application's records: entity-tags and digests that
// no storage has. cmd/conformance passes these, too.
func TestGatewayConforms(t *testing.T) {
	t.Parallel()
	fixtures, err := conformance.Fixtures()
	require.NoError(t, err)
	tables, err := conformance.Load()
	require.NoError(t, err)

	fileURL := "file://" + t.TempDir() + "?no_tmp_dir=true"
	s3URL := s3server.Start(t).URL(s3server.BucketName)
	for name, url := range map[string]string{"file": fileURL, "s3": s3URL} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			b, err := blob.OpenBucket(t.Context(), url)
			require.NoError(t, err)
			for i := range fixtures {
				f := &fixtures[i]
				require.NoError(t, b.WriteAll(t.Context(), f.Name, f.Bytes(), &blob.WriterOptions{ContentType: f.ContentType}))
			}
			require.NoError(t, b.Close())
			written := time.Now().Unix()
			// A date of the current second is no strong validator.
			require.Eventually(t, func() bool { return time.Now().Unix() > written }, 3*time.Second, 10*time.Millisecond)

			target := &conformance.Target{Host: startGateway(t, "-bucket", url).Host(), Files: "/f/default/"}
			played := 0
			for i := range tables.HTTP {
				if c := &tables.HTTP[i]; !c.NeedsRecords() {
					played++
					assert.Empty(t, target.Play(t.Context(), c), c.ID)
				}
			}
			assert.Equal(t, 291, played)
		})
	}
}
