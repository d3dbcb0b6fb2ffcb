package blobdownload

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"net/http"
	"os"
	"sync"

	"gocloud.dev/blob"

	"github.com/go-downloadview/downloadview/wrapper"
)

// DefaultStorage is the name of a storage that was given none.
const DefaultStorage = "default"

// Storage is a bucket with a name. Its exported fields must not change once it is used; its methods may
// be called by many goroutines at once.
type Storage struct {
	Name   string // by which rules of optimizers and logs know it
	Bucket *blob.Bucket

	// Keys refuses keys; nil means CanonicalKey. A refused key does not exist: it is never asked of the
	// bucket.
	Keys func(key string) error

	// Variants says under which content codings the object under a key is stored beside it: "br" under the
	// key with ".br" behind it, "zstd" under ".zst", "gzip" under ".gz". nil means under none, and then nothing
	// is asked. One that is missing costs a trip, and the next is tried.
	Variants func(key string) []string

	// ReadOptions tunes how objects of a remote bucket are read.
	ReadOptions wrapper.ReadOptions

	// Limiter bounds the connections to the bucket that are in use; nil means without bound.
	Limiter *wrapper.Limiter

	// Cache remembers descriptions of objects; nil means that every answer is the storage's latest.
	InfoCache *wrapper.InfoCache

	// Signer, when set, makes the SignedURL of the storage's files: links to the application's own handler of
	// [LinkView], for buckets whose driver signs none (file://, mem://) or which clients cannot reach.
	Signer *Signer

	root   *os.Root // of a bucket that is a local directory
	prefix string   // of its keys in there

	once    sync.Once // for the two
	entered wrapper.Admission
	left    func()

	mu      sync.Mutex
	trips   int // to the bucket, under way
	closing bool
	idle    chan struct{} // closed when closing and the last trip is over
}

// File returns the object under a key, or a file that does not exist when the key is refused.
func (s *Storage) File(key string) *wrapper.File {
	f := s.file(key)
	if s.Signer != nil && s.refuses(key) == nil {
		f = f.WithSigner(storageSigner{s.Signer, s.Name, key})
	}
	return f
}

func (s *Storage) refuses(key string) error {
	refuses := s.Keys
	if refuses == nil {
		refuses = CanonicalKey
	}
	err := refuses(key)
	if err == nil && s.root != nil {
		err = reservedByDirectory(key)
	}
	return err
}

// file is File without the storage's Signer.
func (s *Storage) file(key string) *wrapper.File {
	if err := s.refuses(key); err != nil {
		return wrapper.Invalid(key, fmt.Errorf("%w: %w", fs.ErrNotExist, err)).WithStore(s.Name)
	}
	f := wrapper.Blob(s.Bucket, key)
	if s.root != nil {
		f = wrapper.InDir(s.Bucket, s.root, s.prefix, key)
	}
	f = f.WithStore(s.Name).WithAdmission(s.gate())
	if s.ReadOptions != (wrapper.ReadOptions{}) {
		f = f.WithReadOptions(s.ReadOptions)
	}
	if s.Limiter != nil {
		f = f.WithLimiter(s.Limiter)
	}
	if s.InfoCache != nil {
		f = f.WithInfoCache(s.InfoCache)
	}
	return f
}

// Check asks the bucket whether it can be read, by listing one key.
func (s *Storage) Check(ctx context.Context) error {
	leave, err := s.enter(ctx)
	if err != nil {
		return fmt.Errorf("storage %q: %w", s.Name, err)
	}
	defer leave()
	ok, err := s.Bucket.IsAccessible(ctx)
	if err == nil && !ok {
		err = fmt.Errorf("no such bucket: %w", fs.ErrNotExist)
	}
	if err == nil && s.root != nil {
		err = checkDirectory(s.root.Name())
	}
	if err != nil {
		return fmt.Errorf("storage %q: %w", s.Name, err)
	}
	return nil
}

// Close closes the bucket when the last download from it is over, or when ctx is done. Downloads that
// begin after the call fail with 503.
func (s *Storage) Close(ctx context.Context) error {
	s.mu.Lock()
	if s.closing {
		s.mu.Unlock()
		return nil
	}
	s.closing = true
	s.idle = make(chan struct{})
	if s.trips == 0 {
		close(s.idle)
	}
	s.mu.Unlock()
	err := s.wait(ctx)
	if c, ok := wrapper.StoreOf(s.Bucket).(wrapper.IdleCloser); ok {
		c.CloseIdleConnections()
	}
	return errors.Join(err, s.Bucket.Close(), s.closeRoot())
}

// wait waits for the last trip, unless there is none, whatever ctx says.
func (s *Storage) wait(ctx context.Context) error {
	select {
	case <-s.idle:
		return nil
	default:
	}
	select {
	case <-s.idle:
		return nil
	case <-ctx.Done():
		return fmt.Errorf("storage %q: closed with downloads under way: %w", s.Name, ctx.Err())
	}
}

func (s *Storage) closeRoot() error {
	if s.root == nil {
		return nil
	}
	return s.root.Close()
}

// gate returns enter, made once.
func (s *Storage) gate() wrapper.Admission {
	s.once.Do(func() { s.entered, s.left = s.enter, s.leave })
	return s.entered
}

// enter is the gate of every trip to the bucket.
func (s *Storage) enter(ctx context.Context) (leave func(), err error) {
	s.gate()
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closing {
		return nil, errClosing
	}
	s.trips++
	return s.left, nil
}

var errClosing = &StatusError{Code: http.StatusServiceUnavailable, Err: errors.New("storage is closed")}

func (s *Storage) leave() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.trips--
	if s.closing && s.trips == 0 {
		close(s.idle)
	}
}
