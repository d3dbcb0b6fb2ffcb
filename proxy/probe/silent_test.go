package probe_test

import (
	"bytes"
	"context"
	"io"
	"testing"
	"testing/synctest"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"gocloud.dev/blob"
	"gocloud.dev/blob/driver"
	"gocloud.dev/gcerrors"

	"github.com/go-downloadview/downloadview/blobdownload"
	"github.com/go-downloadview/downloadview/proxy/probe"
	"github.com/go-downloadview/downloadview/wrapper"
)

// silentStorage does not respond to a deletion and, if set, to a write. It has empty objects.
type silentStorage struct {
	driver.Bucket
	writes bool
}

func silence(ctx context.Context) error {
	<-ctx.Done()
	return ctx.Err()
}

func (s silentStorage) NewTypedWriter(ctx context.Context, _, _ string, _ *driver.WriterOptions) (driver.Writer, error) {
	if s.writes {
		return nil, silence(ctx)
	}
	return discarded{io.Discard}, nil
}

func (silentStorage) NewRangeReader(context.Context, string, int64, int64, *driver.ReaderOptions) (driver.Reader, error) {
	return empty{io.NopCloser(&bytes.Reader{})}, nil
}

func (silentStorage) Delete(ctx context.Context, _ string, _ *driver.DeleteOptions) error {
	return silence(ctx)
}
func (silentStorage) As(any) bool                        { return false }
func (silentStorage) ErrorCode(error) gcerrors.ErrorCode { return gcerrors.Unknown }
func (silentStorage) Close() error                       { return nil }

type discarded struct{ io.Writer }

func (discarded) Close() error { return nil }

type empty struct{ io.ReadCloser }

func (empty) Attributes() *driver.ReaderAttributes { return &driver.ReaderAttributes{} }
func (empty) As(any) bool                          { return false }

// The caller's context has no deadline.
func TestProberOfASilentStorageEnds(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		silent silentStorage
		want   string
	}{
		"write":    {silentStorage{writes: true}, `"docs" cannot be written: context deadline exceeded`},
		"deletion": {silentStorage{}, "no response"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				b := blob.NewBucket(c.silent)
				p := probe.Prober{
					Storage:   &blobdownload.Storage{Name: "docs", Bucket: wrapper.NewBucket(b)},
					PublicURL: "http:///", // has no host, so that a request fails at once
				}
				findings := p.Run(t.Context())
				require.Len(t, findings, 1)
				assert.Contains(t, findings[0].Fault, c.want)
				assert.NoError(t, b.Close())
			})
		})
	}
}
