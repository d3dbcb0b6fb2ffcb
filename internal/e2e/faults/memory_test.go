package faults_test

import (
	"bytes"
	"context"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"gocloud.dev/blob"
	"gocloud.dev/blob/memblob"

	"github.com/go-downloadview/downloadview/storagetest"
	"github.com/go-downloadview/downloadview/wrapper"
)

// memory is a bucket in memory with the faults of package storagetest.
type memory struct {
	*storagetest.Bucket
	inner *blob.Bucket
	tb    *trialTB
}

func newMemory(t *trial, d dice) *memory {
	m := &memory{inner: memblob.OpenBucket(nil), tb: &trialTB{TB: t.env.mode.tb}}
	for _, o := range t.objects {
		v, _ := o.current()
		if err := m.inner.WriteAll(context.Background(), o.path, v.body, nil); err != nil {
			panic(err)
		}
		m.sync(o)
	}
	m.Bucket = storagetest.Record(m.tb, m.inner)
	changed, action := false, memoryAction
	if t.mode.actions != nil {
		action = t.mode.actions
	}
	for range d.IntN(4) {
		o := pick(d, t.objects...)
		size := max(1, o.style.size)
		f := storagetest.Fault{
			Key: o.path, Op: pick(d, storagetest.OpRead, storagetest.OpRead, storagetest.OpStat), Nth: d.between(1, 4), At: int64(d.IntN(size)),
			Action: action(d, o, size), MayMiss: true,
		}
		if f.Action.String() == storagetest.ChangeValidators().String() {
			f.Op = storagetest.OpRead // a tag that nothing else has is no fault that an oracle can judge
		}
		if name := f.Action.String(); strings.HasPrefix(name, "overwrite") || strings.HasPrefix(name, "removal") {
			if changed { // nothing would record a version between two
				continue
			}
			changed = true
		}
		o.apply("mem: " + f.String())
		m.Fault(f)
	}
	return m
}

// memoryAction draws a fault of a bucket. A shifted window is left out: a bucket cannot report it, and nothing detects it.
func memoryAction(d dice, o *object, size int) storagetest.Action {
	switch d.IntN(17) {
	case 0:
		return storagetest.Break(nil)
	case 1:
		return storagetest.Checksum()
	case 2:
		return storagetest.ChangeValidators()
	case 3:
		return storagetest.Drip(int64(max(1, size/4)), time.Millisecond)
	case 4:
		return storagetest.Extend(int64(d.between(1, 9)))
	case 5:
		return storagetest.Fail(nil)
	case 6:
		return storagetest.FailClose(nil)
	case 7:
		return storagetest.IgnoreRange()
	case 8, 9, 10:
		return storagetest.Overwrite(string(pick(d, o.future...).body))
	case 11:
		return storagetest.Panic("trial")
	case 12:
		return storagetest.Remove()
	case 13:
		delta := pick(d, -1, 1, 50)
		if size < 4 {
			delta = 1 // a size of 0 by mistake is undetectable
		}
		for _, v := range append(o.versions(0), o.future...) {
			o.announce(int64(len(v.body) + delta))
		}
		return storagetest.Resize(int64(delta))
	case 14:
		return storagetest.Stall(time.Duration(d.between(1, 60)) * time.Millisecond)
	case 15:
		return storagetest.Status(pick(d, 403, 404, 412, 429, 503), 0)
	default:
		return storagetest.Truncate()
	}
}

func (m *memory) file(o *object) *wrapper.File { return wrapper.Blob(m.Bucket.Bucket, o.path) }

// sync records the version that the bucket holds now, and its tag.
func (m *memory) sync(o *object) {
	ctx := context.Background()
	attrs, err := m.inner.Attributes(ctx, o.path)
	if err != nil {
		return // removed
	}
	data, err := m.inner.ReadAll(ctx, o.path)
	if err != nil {
		return
	}
	o.mu.Lock()
	if i := slices.IndexFunc(o.future, func(v *version) bool { return bytes.Equal(v.body, data) }); i >= 0 {
		o.all = append(o.all, o.future[i])
		o.future = slices.Delete(o.future, i, i+1)
	}
	v := o.all[len(o.all)-1]
	o.mu.Unlock()
	if bytes.Equal(v.body, data) {
		v.etag = attrs.ETag
		o.record(attrs.ETag, v)
	}
}

// trialTB collects what storagetest reports of a bucket, so that it is a trial that fails.
type trialTB struct {
	testing.TB
	mu       sync.Mutex
	cleanups []func()
	errs     []string
}

func (*trialTB) Helper()                  {}
func (*trialTB) Context() context.Context { return context.Background() }
func (t *trialTB) Cleanup(f func())       { t.cleanups = append(t.cleanups, f) }
func (t *trialTB) Errorf(format string, args ...any) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.errs = append(t.errs, fmt.Sprintf(format, args...))
}
func (t *trialTB) Fatalf(format string, args ...any) { panic(fmt.Sprintf(format, args...)) }

// finish runs the cleanups, and returns what was left open.
func (t *trialTB) finish() []string {
	for _, f := range slices.Backward(t.cleanups) {
		f()
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.errs
}
