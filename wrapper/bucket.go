package wrapper

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"net/url"
	"sync"
	"unicode/utf8"

	"gocloud.dev/blob"

	"github.com/go-downloadview/downloadview/internal/bucketdir"
	"github.com/go-downloadview/downloadview/internal/redact"
)

// Bucket is an opened bucket: a *blob.Bucket with an identity, its provider's [Store] and, for file://, its directory.
// Make one with [OpenBucket] or [NewBucket]. It may be used by many goroutines at once, and must stay open as long as its
// files are used.
type Bucket struct {
	*blob.Bucket
	backend *backend // nil in a literal; see known
}

// OpenBucket opens a bucket by a Go CDK URL, such as "s3://docs?region=eu-west-1". It accepts every URL that
// blob.OpenBucket does, and fails with its errors, without the credentials in their texts. The bucket's provider gets
// the URL: where the URL selects the credentials, the provider signs requests itself instead of using an SDK. A
// file:// bucket is read through an os.Root, so symlinks cannot escape its directory.
//
// A cloud bucket whose provider package (wrapper/s3, wrapper/gcs, wrapper/azure) is not imported works through Go CDK's
// portable API, with more requests. OpenBucket logs one warning for each such scheme.
func OpenBucket(ctx context.Context, rawURL string) (*Bucket, error) {
	u, err := url.Parse(rawURL)
	if err != nil {
		return nil, redact.Error(err)
	}
	if err := bucketdir.CheckURL(u); err != nil {
		return nil, err
	}
	if err := checkEndpoint(u); err != nil {
		return nil, err
	}
	b, err := blob.OpenBucket(ctx, rawURL)
	if err != nil {
		return nil, redact.Error(err)
	}
	dir, err := bucketdir.Open(u)
	if err != nil {
		return nil, errors.Join(err, b.Close())
	}
	opened := &Bucket{Bucket: b, backend: register(b, u, dir)}
	if opened.backend.store == nil {
		warnNoProvider(ctx, u.Scheme)
	}
	return opened, nil
}

// checkEndpoint returns an error for an endpoint of S3 that is no URL. The AWS SDK accepts one, and fails each request.
func checkEndpoint(u *url.URL) error {
	endpoint := u.Query().Get("endpoint")
	if u.Scheme != "s3" || endpoint == "" {
		return nil
	}
	if e, err := url.Parse(endpoint); err == nil && (e.Scheme == "http" || e.Scheme == "https") && e.Host != "" {
		return nil
	}
	return errors.New("S3 URL: endpoint has no scheme or no host: write one like http://127.0.0.1:9000")
}

// NewBucket returns the Bucket of a *blob.Bucket that was opened elsewhere. Its provider's package serves it, if imported;
// without the URL some providers need their SDK for every request. For the same *blob.Bucket the result has the same ID.
func NewBucket(b *blob.Bucket) *Bucket { return &Bucket{Bucket: b, backend: backendOf(b)} }

// known returns what the registry holds of the bucket, for a literal &Bucket{Bucket: b} too.
func (b *Bucket) known() *backend {
	if b.backend != nil {
		return b.backend
	}
	return backendOf(b.Bucket)
}

// ID returns the bucket's identity, unique in this process: the key for caches. Two buckets never share one, even if they
// were opened with equal URLs, because the environment selects endpoint and credentials too. It begins with the URL,
// without its query, or with "bucket".
func (b *Bucket) ID() string { return b.known().id }

// Store returns the store of the bucket's provider, or nil if no imported package serves it.
func (b *Bucket) Store() Store { return b.known().store }

// File returns the object under a key. It sends no request. The file's name and the Key of its Location are the key; give
// the Location a Store with WithStore.
//
// Fetch costs one request if the provider's package is imported, otherwise two: one for the metadata and one for the
// content. Buckets of fileblob and memblob need no network for either.
func (b *Bucket) File(key string) *File {
	f := new(File) // not on the heap where the compiler inlines the methods that copy it
	b.initFile(f, key)
	return f
}

// initFile makes a zero File the object under a key.
func (b *Bucket) initFile(f *File, key string) {
	known := b.known()
	var src Source
	switch {
	case known.dir != nil:
		src = newDirSource(b, known.dir, key)
	case known.store != nil:
		object := &storeObject{bucket: b, backend: known, key: key}
		object.remote = remote{object, &known.datesFail}
		src = object
	default:
		src = &blobSource{bucket: b, key: key}
	}
	f.init(key, src)
	f.loc = Location{Bucket: known.id, Key: key}
}

// Blob returns the object of a *blob.Bucket under a key, as [NewBucket] and [Bucket.File] do.
func Blob(b *blob.Bucket, key string) *File { return NewBucket(b).File(key) }

// CheckKey returns an error if no object can be stored under the key: it is empty, not UTF-8, or reserved for the
// attributes that fileblob stores beside a file. The error wraps fs.ErrNotExist.
func (b *Bucket) CheckKey(key string) error {
	if key == "" || !utf8.ValidString(key) {
		return fs.ErrNotExist
	}
	if b.known().dir != nil {
		return bucketdir.CheckKey(key)
	}
	return nil
}

// Check reports whether objects can be read: nil, or the reason why not. It sends one request, for an object that need
// not exist, and needs no permission to list. S3 and Google Cloud Storage deny such a request both to credentials that may
// read but not list and to those that may not read: Check returns nil and logs a warning.
//
// A store that does not respond for 30 seconds is an error. A bucket whose provider package is not imported is listed
// instead. A directory that is missing or unreadable is an error.
func (b *Bucket) Check(ctx context.Context) error {
	known := b.known()
	if known.dir != nil {
		return known.dir.Check()
	}
	ctx, cancel := context.WithTimeout(ctx, defaultFirstByte)
	defer cancel()
	if c, ok := known.store.(checker); ok {
		return withSentinel(c.Check(ctx))
	}
	ok, err := b.IsAccessible(ctx)
	if err != nil {
		return err
	}
	if !ok {
		return fmt.Errorf("no such bucket: %w", fs.ErrNotExist)
	}
	return nil
}

// checker is a Store that checks permissions itself.
type checker interface {
	Check(ctx context.Context) error
}

// Close closes the bucket, the idle connections of its Store, and the directory of a file:// bucket. It does not wait for
// readers in use: close them before, or use blobdownload.Storage.Close, which waits.
func (b *Bucket) Close() error {
	known := b.known()
	if c, ok := known.store.(IdleCloser); ok {
		c.CloseIdleConnections()
	}
	err := b.Bucket.Close()
	if known.dir != nil {
		err = errors.Join(err, known.dir.Close())
	}
	return err
}

// providers maps a URL scheme to the package that serves its buckets.
var providers = map[string]string{"s3": "wrapper/s3", "gs": "wrapper/gcs", "azblob": "wrapper/azure"}

var warned sync.Map // schemes whose missing provider was logged

func warnNoProvider(ctx context.Context, scheme string) {
	provider, ok := providers[scheme]
	if !ok {
		return
	}
	if _, before := warned.LoadOrStore(scheme, true); before {
		return
	}
	slog.WarnContext(ctx, "provider package not imported: each download costs two requests, does not resume, "+
		"and signed URLs carry no overrides",
		"scheme", scheme, "import", "github.com/go-downloadview/downloadview/"+provider)
}
