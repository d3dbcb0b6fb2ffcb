package archive

import (
	"container/list"
	"context"
	"errors"
	"io/fs"
	"sync"

	"gocloud.dev/blob"

	"github.com/go-downloadview/downloadview/wrapper"
)

// Checksums stores the CRC-32 values of the members of zip archives, some bytes a member. Its keys are made from strong
// entity-tags of archives, so that a value never has to be replaced by another one. Its methods are called by many
// goroutines at once. Errors are logged, and the checksums are then computed again.
type Checksums interface {
	// Load returns the value of a key, or nil if there is none.
	Load(ctx context.Context, key string) ([]byte, error)

	// Save stores the value of a key, which may have one already. value must not be modified.
	Save(ctx context.Context, key string, value []byte) error
}

// sharedBytes is the size of the default cache.
const sharedBytes = 16 << 20

var shared = MemoryChecksums(sharedBytes)

// MemoryChecksums returns Checksums in memory, of at most so many bytes. The least recently used archive is evicted.
// bytes must not be negative; with 0 nothing is stored.
func MemoryChecksums(bytes int) Checksums {
	return &memoryChecksums{max: bytes, entries: map[string]*list.Element{}, recent: list.New()}
}

type memoryChecksums struct {
	max     int
	mu      sync.Mutex
	bytes   int
	entries map[string]*list.Element
	recent  *list.List // of *memoryEntry, most recently used first
}

type memoryEntry struct {
	key   string
	value []byte
}

func (c *memoryChecksums) Load(_ context.Context, key string) ([]byte, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	e, ok := c.entries[key]
	if !ok {
		return nil, nil
	}
	c.recent.MoveToFront(e)
	return e.Value.(*memoryEntry).value, nil
}

func (c *memoryChecksums) Save(_ context.Context, key string, value []byte) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	if e, ok := c.entries[key]; ok {
		c.remove(e)
	}
	c.entries[key] = c.recent.PushFront(&memoryEntry{key, value})
	c.bytes += len(value)
	for c.bytes > c.max {
		c.remove(c.recent.Back())
	}
	return nil
}

func (c *memoryChecksums) remove(e *list.Element) {
	m := e.Value.(*memoryEntry)
	delete(c.entries, m.key)
	c.recent.Remove(e)
	c.bytes -= len(m.value)
}

// BucketChecksums returns Checksums that are stored as objects of a bucket, one for each archive, under prefix. All
// programs that use the bucket share them. A complete download of an archive of unknown CRC-32 values costs one request
// more, and the first one two.
func BucketChecksums(bucket *wrapper.Bucket, prefix string) Checksums {
	return bucketChecksums{bucket, prefix}
}

type bucketChecksums struct {
	bucket *wrapper.Bucket
	prefix string
}

func (c bucketChecksums) Load(ctx context.Context, key string) ([]byte, error) {
	resp, err := c.bucket.File(c.prefix+key).Fetch(ctx, wrapper.Request{})
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	defer resp.Close()
	return readBounded(resp)
}

func (c bucketChecksums) Save(ctx context.Context, key string, value []byte) error {
	return c.bucket.WriteAll(ctx, c.prefix+key, value, &blob.WriterOptions{ContentType: "application/octet-stream"})
}

// maxChecksums is the largest object that is loaded: of more members than an archive has.
const maxChecksums = 64 << 20

func readBounded(resp *wrapper.Response) ([]byte, error) {
	if resp.Body == nil || resp.Info.Size < 0 || resp.Info.Size > maxChecksums {
		return nil, nil
	}
	b := make([]byte, resp.Info.Size)
	if err := readAll(resp.Body, b); err != nil {
		return nil, err
	}
	return b, nil
}
