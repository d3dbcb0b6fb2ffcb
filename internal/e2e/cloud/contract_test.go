package cloud_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/go-downloadview/downloadview/internal/e2e/s3server"
	"github.com/go-downloadview/downloadview/storagetest"
	"github.com/go-downloadview/downloadview/wrapper"
)

// TestContract runs the contract of a file against every provider, as it is and recorded, and against S3 by the
// portable interface.
func TestContract(t *testing.T) {
	all := map[string]func(key string) *wrapper.File{}
	for name, p := range providers(t) {
		recorded := storagetest.Record(t, p.bucket)
		all[name] = func(key string) *wrapper.File { return wrapper.Blob(p.bucket, key) }
		all[name+", recorded"] = func(key string) *wrapper.File { return wrapper.Blob(recorded.Bucket, key) }
	}
	s3 := s3server.Start(t).Bucket(t)
	require.NoError(t, s3.WriteAll(t.Context(), "dir/a b.txt", []byte(content), nil))
	require.NoError(t, s3.WriteAll(t.Context(), "empty", nil, nil))
	recorded := storagetest.Record(t, s3)
	all["s3"] = func(key string) *wrapper.File { return wrapper.Blob(s3, key) }
	all["s3, recorded"] = func(key string) *wrapper.File { return wrapper.Blob(recorded.Bucket, key) }

	for name, file := range all {
		t.Run(name, func(t *testing.T) {
			assert.NoError(t, storagetest.TestFile(file("dir/a b.txt"), []byte(content)))
			assert.NoError(t, storagetest.TestFile(file("empty"), []byte{}))
			assert.NoError(t, storagetest.TestFile(file("missing"), nil))
		})
	}
}

// What goes by a provider's own lane is recorded, and fails, like what goes by the portable interface.
func TestRecorderSeesAProvidersOwnLane(t *testing.T) {
	for name, p := range providers(t) {
		t.Run(name, func(t *testing.T) {
			b := storagetest.Record(t, p.bucket)
			f := b.File("dir/a b.txt").Tuned(wrapper.Transfer{Retries: -1, Resumes: -1})
			rc, err := f.Open(t.Context(), 10, 20)
			require.NoError(t, err)
			require.NoError(t, rc.Close())
			assert.Equal(t, 1, b.Trips(storagetest.OpRead), b.Trace())
			assert.True(t, strings.HasPrefix(b.Trace(), "read dir/a b.txt [10:30]"), b.Trace())
			b.Fault(storagetest.Fault{Op: storagetest.OpRead, Action: storagetest.Fail(nil)})
			_, err = f.Open(t.Context(), 10, 20)
			assert.ErrorIs(t, err, storagetest.ErrInjected)
		})
	}
}
