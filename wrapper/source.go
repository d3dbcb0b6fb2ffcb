package wrapper

import (
	"context"
	"io"
)

// Source is the content behind a [File]: the interface that a new kind of content implements. Its methods are called by
// many goroutines at once. Run storagetest.TestFile against an implementation.
type Source interface {
	// Stat returns the metadata without reading the content. For missing content the error satisfies
	// errors.Is(err, fs.ErrNotExist).
	Stat(ctx context.Context) (Info, error)

	// Open reads n bytes from off, or everything from off when n is negative; n is never 0. The reader returns io.EOF
	// after the last byte, once the source has verified what it can, such as a checksum. ctx holds for the life of the
	// reader. A reader may have a method Info() Info: if that metadata contradicts the metadata from Stat, File closes
	// the reader and fails with ErrChanged.
	Open(ctx context.Context, off, n int64) (io.ReadCloser, error)
}

// Fetcher is a Source that processes a whole conditional request, with at most one range, in one round trip. It returns a
// Response with status 200, 206, 304, 412 or 416 by RFC 9110 sections 13 and 14. The Response has a body only if there are
// bytes to send, positioned at the first of them. For missing content the error satisfies errors.Is(err, fs.ErrNotExist).
type Fetcher interface {
	Fetch(ctx context.Context, req Request) (*Response, error)
}

// VersionOpener is a Source that opens a window of one version: the version that info, a result of its Stat, describes.
// If another version is current, it fails with ErrChanged. File calls OpenVersion instead of Open when it has metadata.
// A Source that reads several files implements it, because their metadata must not change between Stat and Open.
type VersionOpener interface {
	OpenVersion(ctx context.Context, info Info, off, n int64) (io.ReadCloser, error)
}

// URLSigner is a Source that can sign a URL to its content. A client needs no other credentials to use it.
// SignedURL signs all of the options or fails with errors.ErrUnsupported.
type URLSigner interface {
	SignedURL(ctx context.Context, opts SignOptions) (string, error)
}

// Locator is a Source with a place in a storage. Without the method the [Location] is the zero value. It makes no request.
type Locator interface {
	Location() Location
}

// LocalSource is a Source that reports whether its content is stored on this machine. Sources without the method count as
// remote.
type LocalSource interface {
	Local() bool
}

// NetworkSource is a Source that reports whether a call of its Stat or Open counts as a request over a network, see [Trace].
// A source that reads other files returns false, because those files count their own requests. Sources without the method
// count unless they are local.
type NetworkSource interface {
	Network() bool
}

// Resolver is a Source that stands for another file, which it selects by request: stored content of a [Materializer], for
// example.
type Resolver interface {
	// Resolve returns the file that has the content now, or nil if there is none that optimizers may refer to.
	Resolve(ctx context.Context) (*File, error)
}

// Location is the place of a file's content: a bucket and a key. It is comparable, and the key of an [InfoCache]. The zero
// value is the location of content that is in no storage.
type Location struct {
	Store  string // the application's name for the storage, which optimizers' rules match; see File.WithStore
	Bucket string // the identity of the opened bucket, Bucket.ID; "" outside buckets
	Key    string // the bucket's, not escaped; "" outside storages
}

// Invalid returns a file whose every use fails with err. A view or a storage returns one for a key that it rejects.
func Invalid(name string, err error) *File { return New(name, invalidSource{err}) }

// invalidSource is content that was found invalid when its file was made.
type invalidSource struct{ err error }

func (s invalidSource) Stat(context.Context) (Info, error) { return Info{}, s.err }

func (s invalidSource) Open(context.Context, int64, int64) (io.ReadCloser, error) { return nil, s.err }

func (s invalidSource) Local() bool { return true }
