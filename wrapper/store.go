package wrapper

import (
	"context"
	"net/http"
	"time"
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
