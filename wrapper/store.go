package wrapper

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"os"
	"reflect"
	"runtime"
	"sync"
	"sync/atomic"
	"time"
	"weak"

	"gocloud.dev/blob"

	"github.com/go-downloadview/downloadview/internal/bucketdir"
	"github.com/go-downloadview/downloadview/internal/checksum"
	"github.com/go-downloadview/downloadview/internal/flight"
)

// Store is a bucket accessed with its provider's own protocol, which supports what Go CDK's portable API does not. A
// provider package implements it and registers it with [RegisterStore]. Its methods are called by many goroutines at once.
// Keys are the bucket's, before the driver escapes or prefixes them.
type Store interface {
	// Send makes one GET or HEAD request for an object and returns the response with any status. The body is as
	// stored, never decoded. From h, which may be nil, it sends Range, If-Match, If-None-Match, If-Modified-Since and
	// If-Unmodified-Since. A version other than "" requests that version alone.
	//
	// Send does not retry, with one exception: a request refused for a signature that the store can correct. It fails if
	// there is no response or the request cannot be signed. It may also return an error that wraps a *UpstreamError, for
	// a refusal that no retry changes and whose cause the status alone does not show.
	Send(ctx context.Context, method, key, version string, h http.Header) (*http.Response, error)

	// Describe adds the metadata in the provider's own fields to info: Version, Digests, and Size on a 416 without a
	// Content-Range. In that case Size is UnknownSize before the call.
	Describe(resp *http.Response, info *Info)

	// SignedURL signs all of the options or fails with errors.ErrUnsupported.
	SignedURL(ctx context.Context, key string, opts SignOptions) (string, error)
}

// IdleCloser is a Store with connections of its own.
type IdleCloser interface {
	// CloseIdleConnections closes connections that are not in use. [Bucket.Close] calls it.
	CloseIdleConnections()
}

// ConditionalStore is a Store whose protocol cannot express every request as one GET.
type ConditionalStore interface {
	// CanSend reports whether one GET can carry all of the fields. If it cannot, File requests the metadata first and
	// then the content, pinned to that metadata.
	CanSend(h http.Header) bool
}

// VersionStore is a Store that keeps earlier versions of an object.
type VersionStore interface {
	// VersionAt returns the version that was current at a time, or its entity-tag where the store has no versions. It fails
	// with fs.ErrNotExist if there was none.
	VersionAt(ctx context.Context, key string, at time.Time) (version string, err error)
}

// PartStore is a Store of objects that were uploaded in parts and whose checksum is a composite: a [Digest] with Parts.
type PartStore interface {
	// PartEnds makes one request and returns the offsets at which consecutive parts of the version that info describes
	// end. The first of them is the part that follows the first `after` parts, which end at offset at. If the store
	// reports nothing in response to this request, but may respond to another one, PartEnds returns nil and no error.
	PartEnds(ctx context.Context, key string, info *Info, after int, at int64) ([]int64, error)
}

// backend is the state of a *blob.Bucket in this package, set when the bucket is opened or first used. It must not
// reference the bucket, or the registry would keep the bucket alive.
type backend struct {
	id          string
	store       Store            // nil if no imported package serves the bucket
	conditional ConditionalStore // store, if it is one
	parts       PartStore        // store, if it is one
	layouts     checksum.Layouts
	stats       flight.Group[Info]
	datesFail   atomic.Bool          // the store sent 200 where its own Last-Modified gives 304
	local       bool                 // the driver is fileblob, which alone exposes an os.FileInfo
	dir         *bucketdir.Directory // of a file:// bucket opened by OpenBucket
	memory      bool                 // of memblob
}

// registry maps buckets to their backends. Bucket.File needs no lookup; the registry serves Blob and NewBucket, whose
// callers hold only a *blob.Bucket. Keys are weak: an entry is deleted after its bucket is collected.
var registry struct {
	sync.RWMutex
	openers  []StoreOpener
	backends map[weak.Pointer[blob.Bucket]]*backend
}

var lastID atomic.Uint64

// StoreOpener returns the store of a bucket, or false for a bucket of another provider. The URL is the one passed to
// [OpenBucket]; its parameters select the credentials of the bucket. It is nil for a bucket that was opened in another
// way. A StoreOpener sends no request to the storage.
type StoreOpener func(b *blob.Bucket, opened *url.URL) (Store, bool)

// RegisterStore registers a provider. Call it from a package's init: buckets that a provider serves already stay with it.
// open is called once for each bucket. The first registered provider that returns true serves it.
func RegisterStore(open StoreOpener) {
	registry.Lock()
	defer registry.Unlock()
	registry.openers = append(registry.openers, open)
	for b, known := range registry.backends {
		if known.store == nil && known.dir == nil {
			delete(registry.backends, b)
		}
	}
}

// backendOf returns the backend of a bucket, and makes it for a bucket that OpenBucket did not open.
func backendOf(b *blob.Bucket) *backend {
	registry.RLock()
	known := registry.backends[weak.Make(b)]
	registry.RUnlock()
	if known != nil {
		return known
	}
	return register(b, nil, nil)
}

// register returns the backend of a bucket; it makes one unless another goroutine has. opened and dir are nil for a
// bucket that OpenBucket did not open.
func register(b *blob.Bucket, opened *url.URL, dir *bucketdir.Directory) *backend {
	w := weak.Make(b)
	registry.Lock()
	defer registry.Unlock()
	if known := registry.backends[w]; known != nil {
		return known
	}
	var info os.FileInfo
	known := &backend{
		id: newID(opened), dir: dir, local: b.As(&info), memory: inMemory(b),
		stats: flight.Group[Info]{Limit: sharedStat, Attached: true},
	}
	for _, open := range registry.openers {
		if store, ok := open(b, opened); ok {
			known.store = store
			known.conditional, _ = store.(ConditionalStore)
			known.parts, _ = store.(PartStore)
			break
		}
	}
	if registry.backends == nil {
		registry.backends = map[weak.Pointer[blob.Bucket]]*backend{}
	}
	registry.backends[w] = known
	runtime.AddCleanup(b, unregister, w)
	return known
}

func unregister(w weak.Pointer[blob.Bucket]) {
	registry.Lock()
	defer registry.Unlock()
	delete(registry.backends, w)
}

// newID returns an identity that no other bucket of this process has. The URL's query is left out: it may hold secrets.
func newID(opened *url.URL) string {
	prefix := "bucket"
	if opened != nil {
		prefix = opened.Scheme + "://" + opened.Host + opened.Path
	}
	return fmt.Sprintf("%s#%d", prefix, lastID.Add(1))
}

// inMemory reports whether a bucket is memblob's, whose driver has no public type.
func inMemory(b *blob.Bucket) bool {
	if b == nil {
		return false
	}
	driver := reflect.ValueOf(b).Elem().FieldByName("b")
	for driver.Kind() == reflect.Interface && !driver.IsNil() {
		t := driver.Elem().Type()
		if t.Kind() != reflect.Pointer || t.Elem().Kind() != reflect.Struct {
			return false
		}
		if t.Elem().PkgPath() == "gocloud.dev/blob/memblob" {
			return true
		}
		driver = driver.Elem().Elem().FieldByName("base") // of a prefixed bucket
	}
	return false
}
