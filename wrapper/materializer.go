package wrapper

import (
	"cmp"
	"context"
	"fmt"
	"log/slog"
	"sync"
	"sync/atomic"
	"time"

	"github.com/go-downloadview/downloadview/internal/drain"
)

// Materializer stores generated or fetched content in a bucket on its first request, and serves the stored object from
// then on, with a length, an entity-tag and ranges. Optimizers offload the object like any other. Bucket is required; the
// zero value of every other field works. A Materializer is used by many goroutines, and must not be copied after first
// use. A program has one for each bucket.
//
// # First request
//
// The content is generated once for all requests of this program that arrive meanwhile. They receive it while it is
// generated: with status 200, without ranges or an entity-tag, and with a length only if the file declares one. A
// temporary file in TempDir holds the content until it is stored. The generation is canceled when the last client has
// left, and after Timeout. If it fails, nothing is stored, the transfers fail, and the next request generates again. A
// HEAD request generates nothing: the file itself answers it until the object is stored.
//
// The object is stored whole or not at all. Several programs may generate the same content at a time; the bucket keeps
// the object that was stored first.
//
// # Failures of the bucket
//
// If the bucket cannot be read or written, the content is generated for each group of concurrent requests and streamed.
// The first failure is logged as a warning, and the next one after a success.
//
// # Lifetime of an object
//
// Without MaxAge an object is never replaced: put the version of the content into the key, for example with [Variant].
// Stored objects are looked up at most once a minute for optimizers. For that time after an object was deleted,
// optimizers still refer clients to it.
type Materializer struct {
	// Bucket stores the objects; required. It must permit writing.
	Bucket *Bucket

	// Store is Location().Store of the objects, which optimizers' rules match.
	Store string

	// Timeout is the time limit of one generation, with its upload; 0 is ten minutes.
	Timeout time.Duration

	// MaxAge is the age, since it was stored, from which an object is revalidated at its next request; 0 is never. The
	// object is kept if the entity-tag or version of the file is still the one that it was stored under. Otherwise, and
	// for content without either, it is generated again and replaced. If that fails, the old object is served. MaxAge
	// costs one request for metadata a minute and object.
	MaxAge time.Duration

	// TempDir is the directory of temporary files; "" is os.TempDir. If no file can be made there, the content is
	// streamed to each client and not stored.
	TempDir string

	// Logger receives failures of the bucket and of TempDir, and of a revalidation; nil is slog.Default.
	Logger *slog.Logger

	once        sync.Once
	stored      *InfoCache // metadata of stored objects, for optimizers and conditional requests
	revalidated *InfoCache // objects older than MaxAge that are still current
	uploaded    *InfoCache // the time at which this program stored an object, as its ModTime

	mu      sync.Mutex
	runs    map[string]*materialization // by key
	active  drain.Group                 // of runs
	failing atomic.Bool                 // the last failure is logged, and nothing has succeeded since
}

const (
	// defaultMaterializeTimeout is far above the time that a client waits, and ends a generation that hangs.
	defaultMaterializeTimeout = 10 * time.Minute

	storedTTL     = time.Minute
	storedEntries = 10_000
)

// File returns a file with the content of f that is stored under key. It has the name of f. Options of f, such as an
// Admission, apply to the generation; those of the result apply to every request.
// File sends no request. If Bucket is nil or rejects the key ([Bucket.CheckKey]), every use of the result fails.
func (m *Materializer) File(f *File, key string) *File {
	if m.Bucket == nil {
		return Invalid(f.Name(), fmt.Errorf("materialize %q: Materializer.Bucket: required", key))
	}
	if err := m.Bucket.CheckKey(key); err != nil {
		return Invalid(f.Name(), err)
	}
	m.once.Do(func() {
		m.stored = NewInfoCache(storedEntries, storedTTL)
		m.revalidated = NewInfoCache(storedEntries, m.MaxAge)
		m.uploaded = NewInfoCache(storedEntries, storedTTL)
	})
	object := m.Bucket.File(key).WithStore(m.Store).WithInfoCache(m.stored)
	object.name = f.name
	src := &materializedSource{m: m, made: f, object: object, key: key}
	return New(f.name, src).withoutRetries().WithInfo(Info{ContentType: f.known.ContentType})
}

// Shutdown waits until no generation is in flight. From then on content is streamed and not stored. If ctx ends first,
// Shutdown cancels the generations and returns ctx's error.
func (m *Materializer) Shutdown(ctx context.Context) error {
	err := m.active.Wait(ctx)
	if err != nil {
		m.mu.Lock()
		defer m.mu.Unlock()
		for _, r := range m.runs {
			r.cancel()
		}
	}
	return err
}

// logStreamed logs that content is not stored.
func (m *Materializer) logStreamed(ctx context.Context, key string, err error) {
	m.logOnce(ctx, "content is streamed and not stored", key, err)
}

// logNotRevalidated logs that an object older than MaxAge is served, because its content cannot be read.
func (m *Materializer) logNotRevalidated(ctx context.Context, key string, err error) {
	m.logOnce(ctx, "revalidation failed; serving the stored object", key, err)
}

// logOnce logs the first failure after a success as a warning, and the next ones at debug.
func (m *Materializer) logOnce(ctx context.Context, message, key string, err error) {
	level := slog.LevelWarn
	if m.failing.Swap(true) {
		level = slog.LevelDebug
	}
	cmp.Or(m.Logger, slog.Default()).Log(ctx, level, message, "key", key, "error", err)
}

// recordStored forgets the metadata of an object that was replaced.
func (m *Materializer) recordStored(s *materializedSource) {
	m.stored.forget(s.object.loc)
	m.uploaded.put(s.object.loc, &Info{ModTime: time.Now()})
}

func (m *Materializer) timeout() time.Duration {
	if m.Timeout > 0 {
		return m.Timeout
	}
	return defaultMaterializeTimeout
}
