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

// Bucket is a bucket that records every call and injects faults. The code under test uses its *blob.Bucket, the
// test its [Recorder] and [Script]. It is safe for concurrent use.
//
// The test fails at its end if a reader or writer is still open, with the stack that opened it. It also fails if a
// fault never happened.
type Bucket struct {
	*blob.Bucket
	*Recorder
	*Script

	t     testing.TB
	inner *blob.Bucket
}

// NewBucket returns an in-memory bucket with the given objects. It is closed when the test ends.
func NewBucket(t testing.TB, objects Objects) *Bucket {
	t.Helper()
	return seeded(t, memblob.OpenBucket(nil), objects)
}

// NewDirBucket returns a bucket with the given objects in a new directory. Its readers are operating system files.
// It is closed when the test ends.
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

// Record returns a bucket that forwards every call to b, a bucket of any provider. The caller closes b after the
// test. Apply blob.PrefixedBucket to b, not to the result: a prefixed bucket bypasses the provider's direct route,
// which package wrapper uses.
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

// Open returns the number of open readers and writers. It hides blob.Bucket's Open of io/fs, which costs two calls
// for a file.
func (b *Bucket) Open() int { return b.Recorder.Open() }

// File returns the object with the given key. It fails the test if the object does not exist, so a misspelled key
// cannot pass for a missing object. Use wrapper.Blob for a missing object.
func (b *Bucket) File(key string) *wrapper.File {
	b.t.Helper()
	ok, err := b.inner.Exists(context.WithoutCancel(b.t.Context()), key)
	if err != nil || !ok {
		b.t.Fatalf("storagetest: the bucket has no object %q (%v); it has %q", key, err, b.keys())
	}
	return wrapper.Blob(b.Bucket, key)
}

// Put writes an object without the recorder and the faults, as another program would.
func (b *Bucket) Put(key, content string) {
	b.t.Helper()
	if err := b.inner.WriteAll(context.WithoutCancel(b.t.Context()), key, []byte(content), nil); err != nil {
		b.t.Fatalf("storagetest: write object %q: %v", key, err)
	}
}

// Remove deletes an object without the recorder and the faults, as another program would.
func (b *Bucket) Remove(key string) {
	b.t.Helper()
	if err := b.inner.Delete(context.WithoutCancel(b.t.Context()), key); err != nil {
		b.t.Fatalf("storagetest: delete object %q: %v", key, err)
	}
}

// refuse returns the reason why a fault can never happen, or "".
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

// shownKeys is the most keys in a failure message.
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
