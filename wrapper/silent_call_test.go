package wrapper_test

import (
	"context"
	"io"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"gocloud.dev/blob"
	"gocloud.dev/blob/driver"
	"gocloud.dev/gcerrors"

	"github.com/go-downloadview/downloadview/wrapper"
)

// silence is a response that does not arrive.
func silence(ctx ctx) error {
	<-ctx.Done()
	return ctx.Err()
}

// silentStore is a store that does not respond to requests for anything but content.
type silentStore struct{ wrapper.Store }

func (silentStore) Check(ctx ctx) error { return silence(ctx) }

func (silentStore) VersionAt(ctx ctx, _ string, _ time.Time) (string, error) { return "", silence(ctx) }

func (silentStore) SignedURL(ctx ctx, _ string, _ wrapper.SignOptions) (string, error) {
	return "", silence(ctx)
}

// silentDriver is a storage behind Go CDK's portable API that does not respond, except to the first requests for metadata. A body
// has half of the content, and then nothing.
type silentDriver struct {
	driver.Bucket
	described atomic.Int64 // requests that are left to respond to
}

func (d *silentDriver) Attributes(ctx ctx, _ string) (*driver.Attributes, error) {
	if d.described.Add(-1) < 0 {
		return nil, silence(ctx)
	}
	return &driver.Attributes{Size: 10, ModTime: time.Now().Add(-time.Hour)}, nil
}

func (d *silentDriver) NewRangeReader(ctx ctx, _ string, _, _ int64, _ *driver.ReaderOptions) (driver.Reader, error) {
	return &silentReader{ctx: ctx, content: strings.NewReader(digits[:5])}, nil
}

func (d *silentDriver) ListPaged(ctx ctx, _ *driver.ListOptions) (*driver.ListPage, error) {
	return nil, silence(ctx)
}

func (d *silentDriver) SignedURL(ctx ctx, _ string, _ *driver.SignedURLOptions) (string, error) {
	return "", silence(ctx)
}

func (d *silentDriver) As(any) bool                        { return false }
func (d *silentDriver) ErrorCode(error) gcerrors.ErrorCode { return gcerrors.Unknown }
func (d *silentDriver) Close() error                       { return nil }

type silentReader struct {
	ctx     ctx //nolint:containedctx // of the request
	content *strings.Reader
}

func (r *silentReader) Read(p []byte) (int, error) {
	if r.content.Len() == 0 {
		return 0, silence(r.ctx)
	}
	return r.content.Read(p)
}

func (r *silentReader) Close() error { return nil }
func (r *silentReader) As(any) bool  { return false }
func (r *silentReader) Attributes() *driver.ReaderAttributes {
	return &driver.ReaderAttributes{Size: 10}
}

// The caller's context has no deadline.
func TestE8SilentCallIsATimeout(t *testing.T) {
	t.Parallel()
	for name, tc := range map[string]struct {
		described int64
		call      func(ctx, *wrapper.Bucket) error
		portable  bool // only through the portable API
		store     bool // only through a store
	}{
		"Check": {call: func(ctx ctx, b *wrapper.Bucket) error { return b.Check(ctx) }},
		"AsOf": {store: true, call: func(ctx ctx, b *wrapper.Bucket) error {
			_, err := b.File("k").AsOf(ctx, time.Now())
			return err
		}},
		"SignedURL": {call: func(ctx ctx, b *wrapper.Bucket) error {
			_, err := b.File("k").SignedURL(ctx, wrapper.SignOptions{})
			return err
		}},
		"Resolve": {described: 1, portable: true, call: func(ctx ctx, b *wrapper.Bucket) error {
			m := &wrapper.Materializer{Bucket: b, MaxAge: time.Minute}
			_, err := m.File(wrapper.Bytes("f", []byte(digits)), "k").Resolve(ctx)
			return err
		}},
	} {
		for _, store := range []bool{false, true} {
			if store && tc.portable || !store && tc.store {
				continue
			}
			t.Run(name, func(t *testing.T) {
				t.Parallel()
				synctest.Test(t, func(t *testing.T) {
					d := &silentDriver{}
					d.described.Store(tc.described)
					b := blob.NewBucket(d)
					if store {
						faultyStores.Store(b, silentStore{})
						defer faultyStores.Delete(b)
					}
					begun := time.Now()
					require.ErrorIs(t, tc.call(t.Context(), wrapper.NewBucket(b)), context.DeadlineExceeded)
					assert.Equal(t, 30*time.Second, time.Since(begun), "the default of FirstByteTimeout, by the bubble's clock")
					assert.NoError(t, b.Close())
				})
			})
		}
	}
}

// The caller's context has no deadline, and nothing else ends the Read.
func TestE8SilentBodyOfThePortableAPIIsGivenUp(t *testing.T) {
	t.Parallel()
	for name, open := range map[string]func(ctx, *wrapper.File) (io.ReadCloser, error){
		"Open": func(ctx ctx, f *wrapper.File) (io.ReadCloser, error) { return f.Open(ctx, 0, -1) },
		"Fetch": func(ctx ctx, f *wrapper.File) (io.ReadCloser, error) {
			resp, err := f.WithInfo(wrapper.Info{Size: 10}).Fetch(ctx, wrapper.Request{})
			if err != nil {
				return nil, err
			}
			return resp.Body, nil
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				b := blob.NewBucket(&silentDriver{})
				rc, err := open(t.Context(), wrapper.Blob(b, "k"))
				require.NoError(t, err)
				time.Sleep(time.Hour) // the client's time does not count
				got, err := io.ReadAll(rc)
				require.ErrorIs(t, err, io.ErrUnexpectedEOF)
				assert.Equal(t, digits[:5], string(got))
				require.NoError(t, rc.Close())
				assert.NoError(t, b.Close())
			})
		})
	}
}

func TestE8FirstByteTimeoutLimitsCallsWithoutContent(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		b := blob.NewBucket(&silentDriver{})
		faultyStores.Store(b, silentStore{})
		defer faultyStores.Delete(b)
		f := wrapper.Blob(b, "k").WithReadOptions(wrapper.ReadOptions{FirstByteTimeout: time.Second})
		begun := time.Now()
		_, err := f.AsOf(t.Context(), begun)
		require.ErrorIs(t, err, context.DeadlineExceeded)
		_, err = f.SignedURL(t.Context(), wrapper.SignOptions{})
		require.ErrorIs(t, err, context.DeadlineExceeded)
		assert.Equal(t, 2*time.Second, time.Since(begun), "by the bubble's clock")
		assert.NoError(t, b.Close())
	})
}
