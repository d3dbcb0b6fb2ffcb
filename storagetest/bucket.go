package storagetest

import (
	"context"
	"fmt"
	"testing"

	"gocloud.dev/blob"
	"gocloud.dev/blob/fileblob"
	"gocloud.dev/blob/memblob"

	"github.com/go-downloadview/downloadview/wrapper"
)

// Bucket is a bucket that remembers every call and can fail in every way. It is a *blob.Bucket for the code
// under test, a [Recorder] of what that code did, and a [Script] of what shall go wrong.
//
// When the test ends, a reader or writer that was left open fails it, with the stack that opened it, and so
// does a fault that never happened.
type Bucket struct {
	*blob.Bucket
	*Recorder
	*Script

	t     testing.TB
	inner *blob.Bucket
}

// NewBucket returns a bucket in memory that holds the given objects.
func NewBucket(t testing.TB, objects Objects) *Bucket {
	t.Helper()
	return seeded(t, memblob.OpenBucket(nil), objects)
}

// NewDirBucket returns a bucket in a directory of its own, whose readers are files of the operating system,
// that holds the given objects.
func NewDirBucket(t testing.TB, objects Objects) *Bucket {
	t.Helper()
	inner, err := fileblob.OpenBucket(t.TempDir(), &fileblob.Options{NoTempDir: true})
	if err != nil {
		t.Fatalf("storagetest: %v", err)
	}
	return seeded(t, inner, objects)
}

func seeded(t testing.TB, inner *blob.Bucket, objects Objects) *Bucket {
	t.Helper()
	t.Cleanup(func() {
		if err := inner.Close(); err != nil {
			t.Errorf("storagetest: close the bucket: %v", err)
		}
	})
	for key, content := range objects {
		if err := inner.WriteAll(t.Context(), key, []byte(content), nil); err != nil {
			t.Fatalf("storagetest: write object %q: %v", key, err)
		}
	}
	return Record(t, inner)
}

// Record returns a bucket that passes everything on to b, whichever provider's it is. The caller keeps b, and
// closes it after the test. Prefix a bucket before it is recorded, not after: blob.PrefixedBucket goes past
// a provider's own lane, of which package wrapper makes use.
func Record(t testing.TB, b *blob.Bucket) *Bucket {
	t.Helper()
	if b == nil {
		t.Fatal("storagetest: Record of a nil bucket")
	}
	rec := &Bucket{Recorder: &Recorder{}, t: t, inner: b}
	rec.Script = newScript(t, rec.refuse)
	d := &driverBucket{inner: b, recorder: rec.Recorder, script: rec.Script}
	rec.Bucket = blob.NewBucket(d)
	d.claim(rec.Bucket)
	t.Cleanup(func() {
		rec.reportOpen(t)
		rec.reportMissed()
		_ = rec.Close()
	})
	return rec
}

// Open counts the readers and writers that have not been closed. It hides the method of blob.Bucket that makes
// it an fs.FS, which no download should be served by: it costs two calls a file.
func (b *Bucket) Open() int { return b.Recorder.Open() }

// File returns the object under a key. It fails the test when there is none, so that a misspelled key is not
// taken for a storage that lost it; for a missing object use wrapper.Blob.
func (b *Bucket) File(key string) *wrapper.File {
	b.t.Helper()
	ok, err := b.inner.Exists(context.WithoutCancel(b.t.Context()), key)
	if err != nil || !ok {
		b.t.Fatalf("storagetest: the bucket has no object %q (%v); it has %q", key, err, b.keys())
	}
	return wrapper.Blob(b.Bucket, key)
}

// Put writes an object past the recorder and the faults, as somebody else would.
func (b *Bucket) Put(key, content string) {
	b.t.Helper()
	if err := b.inner.WriteAll(context.WithoutCancel(b.t.Context()), key, []byte(content), nil); err != nil {
		b.t.Fatalf("storagetest: write object %q: %v", key, err)
	}
}

// Remove deletes an object past the recorder and the faults, as somebody else would.
func (b *Bucket) Remove(key string) {
	b.t.Helper()
	if err := b.inner.Delete(context.WithoutCancel(b.t.Context()), key); err != nil {
		b.t.Fatalf("storagetest: delete object %q: %v", key, err)
	}
}

// refuse says why a fault can never happen to the bucket.
func (b *Bucket) refuse(f Fault) string {
	b.t.Helper()
	if f.Key == "" || f.Op == OpWrite || f.Op == OpList {
		return ""
	}
	if ok, err := b.inner.Exists(context.WithoutCancel(b.t.Context()), f.Key); err != nil || ok {
		return ""
	}
	return fmt.Sprintf("the bucket has no such object; it has %q", b.keys())
}

// shownKeys is how many keys a failure lists.
const shownKeys = 100

func (b *Bucket) keys() []string {
	objects, _, err := b.inner.ListPage(context.WithoutCancel(b.t.Context()), blob.FirstPageToken, shownKeys, nil)
	if err != nil {
		b.t.Errorf("storagetest: list the bucket: %v", err)
	}
	keys := make([]string, len(objects))
	for i, o := range objects {
		keys[i] = o.Key
	}
	return keys
}
