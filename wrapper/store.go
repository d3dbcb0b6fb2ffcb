package wrapper

import (
	"context"
	"net/http"
	"net/url"
	"runtime"
	"sync"
	"weak"

	"gocloud.dev/blob"
)

// Store is a bucket as its provider's own protocol knows it: what Go CDK's portable interface cannot do.
// A provider package implements it, and registers it by [RegisterStore]. Its methods are called by
// many goroutines at once. Keys are those of the bucket, before the driver escapes or prefixes them.
type Store interface {
	// Send makes one request, GET or HEAD, for an object, and returns the answer whatever its status, with
	// its body as it is stored, never decoded. Of h, which may be nil, it sends Range, If-Match, If-None-Match,
	// If-Modified-Since and If-Unmodified-Since; a version that is not "" is the only one to be served.
	// It repeats nothing, except once what was refused for a signature that it can make better. Errors are
	// those of a request that got no answer, or could not be signed; and a refusal that no repetition
	// changes may be an error around a *UpstreamError, to say more of it than the status does.
	Send(ctx context.Context, method, key, version string, h http.Header) (*http.Response, error)

	// Describe adds to info what the provider's own fields tell of an object: its Version, its Digests,
	// and on a 416 without a Content-Range its Size, which is UnknownSize when Describe is called.
	Describe(resp *http.Response, info *Info)

	// SignedURL signs all of the options or fails with errors.ErrUnsupported.
	SignedURL(ctx context.Context, key string, opts SignOptions) (string, error)
}

// IdleCloser is a Store that keeps connections of its own, as an http.Client does.
type IdleCloser interface {
	// CloseIdleConnections closes those that are not in use. A blobdownload.Storage calls it when it is closed.
	CloseIdleConnections()
}

// ConditionalStore is a Store whose protocol cannot say everything in one request.
type ConditionalStore interface {
	// CanSend reports whether one GET can carry all of the fields. Where it cannot, the object is
	// described first, and then read pinned to what was described.
	CanSend(h http.Header) bool
}

var stores struct {
	sync.RWMutex
	openers []StoreOpener
	known   map[weak.Pointer[blob.Bucket]]*knownStore // nil for a bucket of no registered provider
}

// StoreOpener returns the store behind a bucket, or false for a bucket of another provider. The URL is the one
// that [OpenBucket] opened it by, which tells whose credentials it uses; it is nil for a bucket that was
// opened in another way. It makes no request to the store.
type StoreOpener func(b *blob.Bucket, opened *url.URL) (Store, bool)

// RegisterStore makes a provider known, from a package's init. For every bucket that is served, open is
// called once.
func RegisterStore(open StoreOpener) {
	stores.Lock()
	defer stores.Unlock()
	stores.openers = append(stores.openers, open)
	stores.known = nil
}

// StoreOf returns the store behind a bucket, or nil where no imported package knows its provider.
func StoreOf(b *blob.Bucket) Store {
	if s := storeOf(b, nil); s != nil {
		return s.Store
	}
	return nil
}

func storeOf(b *blob.Bucket, opened *url.URL) *knownStore {
	w := weak.Make(b)
	stores.RLock()
	s, ok := stores.known[w]
	stores.RUnlock()
	if ok {
		return s
	}
	stores.Lock()
	defer stores.Unlock()
	for _, open := range stores.openers {
		if found, mine := open(b, opened); mine {
			s = newKnownStore(found)
			break
		}
	}
	if stores.known == nil {
		stores.known = map[weak.Pointer[blob.Bucket]]*knownStore{}
	}
	stores.known[w] = s
	runtime.AddCleanup(b, forgetStore, w)
	return s
}

func forgetStore(w weak.Pointer[blob.Bucket]) {
	stores.Lock()
	defer stores.Unlock()
	delete(stores.known, w)
}
