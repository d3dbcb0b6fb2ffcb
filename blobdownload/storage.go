package blobdownload

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"net/http"
	"sync"

	"github.com/go-downloadview/downloadview/internal/drain"
	"github.com/go-downloadview/downloadview/internal/redact"
	"github.com/go-downloadview/downloadview/wrapper"
)

// DefaultStorage is the name that [OpenStorage] gives a storage whose specification has none.
const DefaultStorage = "default"

// Storage is a bucket with a name and a policy for its keys. Make one with [OpenStorage], or as a literal around
// [wrapper.NewBucket]. Bucket is required. Do not change exported fields after the first use; its methods may be called by
// many goroutines at once.
type Storage struct {
	// Name identifies the storage in optimizers' rules, links and logs. Give each storage of an application its own: links
	// and mounts of a name that two buckets have are refused where the second one is used.
	Name   string
	Bucket *wrapper.Bucket

	// Keys returns an error for a key to reject; nil means [CanonicalKey]. The file of a rejected key fails with
	// fs.ErrNotExist, and no request is made for it.
	Keys func(key string) error

	// Variants returns the content codings under which an object is also stored: "br" at the key with ".br"
	// appended, "zstd" at ".zst", "gzip" at ".gz". nil means none. A variant that is missing costs one request, and the
	// next is tried. [StorageView] and [GrantView] serve variants; [LinkView] does not, because a link is for one object.
	Variants func(key string) []string

	// ReadOptions configures retries, resumes and read-ahead for remote buckets. The zero value is the default.
	ReadOptions wrapper.ReadOptions

	// Limiter bounds the connections to the bucket that are in use; nil means no bound.
	Limiter *wrapper.Limiter

	// InfoCache caches the metadata of objects; nil means that every response is the storage's current version.
	InfoCache *wrapper.InfoCache

	// Signer signs the SignedURL of the storage's files, if set: links to the application's own [LinkView] handler. It is
	// for buckets whose driver signs no URLs (file://, mem://), or that clients cannot reach. nil means that the bucket signs.
	Signer *Signer

	drain drain.Group // requests to the bucket, open bodies included, and responses of a Server that have made one

	once     sync.Once         // sets acquired
	acquired wrapper.Admission // the method acquire, allocated once
}

// File returns the object under a key. It sends no request. If Keys rejects the key, every use of the file fails with
// fs.ErrNotExist.
func (s *Storage) File(key string) *wrapper.File {
	f := new(wrapper.File) // not on the heap where the compiler inlines a method that copies it
	s.initFile(f, key)
	return f
}

// initFile makes a zero File the object under a key.
func (s *Storage) initFile(f *wrapper.File, key string) {
	if err := s.checkKey(key); err != nil {
		*f = *wrapper.Invalid(key, err).WithStore(s.Name)
		return
	}
	*f = *s.Bucket.File(key).WithStore(s.Name).WithAdmission(s.acquired)
	if s.ReadOptions != (wrapper.ReadOptions{}) || s.Limiter != nil || s.InfoCache != nil || s.Signer != nil {
		s.configure(f, key)
	}
}

// configure gives a file the options of the storage. It is a function of its own, since every copy takes much of a stack.
func (s *Storage) configure(of *wrapper.File, key string) {
	f := of
	if s.ReadOptions != (wrapper.ReadOptions{}) {
		f = f.WithReadOptions(s.ReadOptions)
	}
	if s.Limiter != nil {
		f = f.WithLimiter(s.Limiter)
	}
	if s.InfoCache != nil {
		f = f.WithInfoCache(s.InfoCache)
	}
	if s.Signer != nil {
		f = f.WithSigner(storageSigner{s.Signer, s.Name, s.Bucket.ID(), key})
	}
	*of = *f
}

// checkKey makes the storage ready for use. It returns fs.ErrNotExist for a key that the policy or the bucket rejects.
func (s *Storage) checkKey(key string) error {
	if s.Bucket == nil || s.Bucket.Bucket == nil {
		return s.misuse()
	}
	s.once.Do(func() { s.acquired = s.acquire })
	check := s.Keys
	if check == nil {
		check = CanonicalKey
	}
	err := check(key)
	if err == nil {
		err = s.Bucket.CheckKey(key)
	}
	if err != nil {
		return fmt.Errorf("%w: %w", fs.ErrNotExist, err)
	}
	return nil
}

// Check reports whether objects can be read from the bucket, as [wrapper.Bucket.Check] does: nil, or the reason why not.
// It sends one request.
func (s *Storage) Check(ctx context.Context) error {
	if !s.opened() {
		return s.misuse()
	}
	release, err := s.acquire(ctx)
	if err != nil {
		return fmt.Errorf("storage %q: %w", s.Name, err)
	}
	defer release()
	if err := s.Bucket.Check(ctx); err != nil {
		return fmt.Errorf("storage %q: %w", s.Name, redact.Error(err))
	}
	return nil
}

// Close waits until no response from the bucket is in flight or ctx is done, and then closes the bucket. A response is in
// flight until its last range or zip entry has been sent. Downloads that start after the call fail with status 503. A
// second call returns nil at once.
func (s *Storage) Close(ctx context.Context) error {
	if !s.drain.Close() {
		return nil
	}
	err := s.drain.Wait(ctx)
	if err != nil {
		err = fmt.Errorf("storage %q: closed with downloads in flight: %w", s.Name, err)
	}
	if !s.opened() {
		return err
	}
	return errors.Join(err, s.Bucket.Close())
}

func (s *Storage) opened() bool { return s.Bucket != nil && s.Bucket.Bucket != nil }

func (s *Storage) misuse() error {
	return misuse("storage %q: Storage.Bucket is nil; set it with OpenStorage, or to wrapper.NewBucket", s.Name)
}

// acquire is the Admission of every request to the bucket.
func (s *Storage) acquire(ctx context.Context) (release func(), err error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	if h := drain.HoldOf(ctx); h != nil && h.Acquire(&s.drain) {
		return func() {}, nil
	}
	if !s.drain.Acquire() {
		return nil, errClosed
	}
	return s.drain.Release, nil
}

var errClosed = &StatusError{Status: http.StatusServiceUnavailable, Err: errors.New("storage is closed")}
