package wrapper

import (
	"context"
	"errors"
	"io/fs"
	"net/http"
	"time"

	"github.com/go-downloadview/downloadview/internal/checksum"
)

// storeObject is an object that is read through its provider's Store. It is a remote source that sends its own requests.
type storeObject struct {
	remote
	bucket  *Bucket // kept alive: the store references it weakly
	backend *backend
	key     string
}

func (o *storeObject) send(ctx context.Context, method, version string, h http.Header) (*http.Response, error) {
	if err := o.bucket.CheckKey(o.key); err != nil {
		return nil, err
	}
	return o.backend.store.Send(ctx, method, o.key, version, h)
}

func (o *storeObject) canSend(h http.Header) bool {
	return o.backend.conditional == nil || o.backend.conditional.CanSend(h)
}

func (o *storeObject) describe(resp *http.Response, info *Info) { o.backend.store.Describe(resp, info) }

// sharedStat is the time limit of a request that several callers wait for.
const sharedStat = 30 * time.Second

// Stat requests the metadata. Concurrent calls for one key share a request, which continues as long as one of them
// waits. The last of them to leave cancels the request and returns after its end, so that a request in flight always
// has a connection of the Limiter. Errors are not cached.
func (o *storeObject) Stat(ctx context.Context) (Info, error) {
	return o.backend.stats.Do(ctx, o.key, o.remote.Stat)
}

func (o *storeObject) partEnds(ctx context.Context, info *Info, after int, at int64) ([]int64, error) {
	if o.backend.parts == nil {
		return nil, errors.ErrUnsupported
	}
	countRequest(ctx)
	ends, err := o.backend.parts.PartEnds(ctx, o.key, info, after, at)
	if err != nil && !refusesParts(err) {
		err = &transportError{err}
	}
	return ends, err
}

// refusesParts reports whether a storage responds that it does not report the parts: with a 4xx, with 501, or with the
// whole object, as one that ignores the number of a part. After no response, or one that makes no sense, another attempt may succeed.
func refusesParts(err error) bool {
	if e, ok := errors.AsType[*UpstreamError](err); ok {
		return e.Status/100 == 4 || e.Status == http.StatusNotImplemented || e.Status == http.StatusOK
	}
	return errors.Is(err, errors.ErrUnsupported) || errors.Is(err, ErrChanged) ||
		errors.Is(err, fs.ErrNotExist) || errors.Is(err, fs.ErrPermission)
}

func (o *storeObject) partLayouts(info *Info) (memory *checksum.Layouts, version string) {
	if info.Version == "" && info.ETag == "" {
		return nil, "" // the next version may have another layout
	}
	return &o.backend.layouts, o.key + "\x00" + info.Version + "\x00" + info.ETag
}

func (o *storeObject) SignedURL(ctx context.Context, opts SignOptions) (string, error) {
	return o.backend.store.SignedURL(ctx, o.key, opts)
}
