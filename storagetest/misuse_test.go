package storagetest_test

import (
	"net/http"
	"testing"
	"testing/fstest"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"gocloud.dev/blob/memblob"

	"github.com/go-downloadview/downloadview/storagetest"
	"github.com/go-downloadview/downloadview/wrapper"
)

var two = storagetest.Objects{"a.txt": "hello", "b.txt": "world"}

// Every misuse fails the test with a message.
func TestMisuseFailsTheTest(t *testing.T) {
	t.Parallel()
	read := storagetest.OpRead
	for name, tc := range map[string]struct {
		test func(t *fakeT)
		want string
	}{
		"nothing": {func(t *fakeT) { storagetest.NewBucket(t, two) }, ""},
		"a file that is not there": {func(t *fakeT) { storagetest.NewBucket(t, two).File("c.txt") },
			`the bucket has no object "c.txt" (<nil>); it has ["a.txt" "b.txt"]`},
		"a key that no bucket takes":     {func(t *fakeT) { storagetest.NewBucket(t, storagetest.Objects{"\xff": ""}) }, `write object "\xff"`},
		"a removal of what is not there": {func(t *fakeT) { storagetest.NewBucket(t, two).Remove("c.txt") }, `delete object "c.txt"`},
		"no bucket to record":            {func(t *fakeT) { storagetest.Record(t, nil) }, "nil bucket"},
		"a fault on what is not there": {func(t *fakeT) {
			storagetest.NewBucket(t, two).Fault(storagetest.Fault{Key: "c.txt", Action: storagetest.Fail(nil)})
		}, `fault "failure on any operation of c.txt" can never happen: the bucket has no such object; it has ["a.txt" "b.txt"]`},
		"a fault that does nothing": {func(t *fakeT) { storagetest.NewBucket(t, two).Fault(storagetest.Fault{Op: read}) },
			"can never happen: its Action is not set"},
		"a fault that no call matches": {func(t *fakeT) {
			storagetest.NewBucket(t, two).Fault(storagetest.Fault{Key: "a.txt", Op: read, Action: storagetest.Fail(nil)})
		}, `"failure on read of a.txt" never happened: no call matched`},
		"a fault of a call that was not made": {func(t *fakeT) {
			b := storagetest.NewBucket(t, two)
			b.Fault(storagetest.Fault{Key: "a.txt", Op: read, Nth: 3, Action: storagetest.Fail(nil)})
			_, _ = b.ReadAll(t.Context(), "a.txt")
		}, `"failure on read of a.txt, call 3" never happened: only 1 calls matched`},
		"a fault beyond the end": {func(t *fakeT) {
			b := storagetest.NewBucket(t, two)
			b.Fault(storagetest.Fault{Op: read, At: 6, Action: storagetest.Break(nil)})
			_, _ = b.ReadAll(t.Context(), "a.txt")
		}, `"broken body on read of any key at byte 6" never happened: no matching call reached it`},
		"a fault that may miss": {func(t *fakeT) {
			storagetest.NewBucket(t, two).Fault(storagetest.Fault{Op: read, Action: storagetest.Fail(nil), MayMiss: true})
		}, ""},
		"healed before it happened": {func(t *fakeT) {
			b := storagetest.NewBucket(t, two)
			b.Fault(storagetest.Fault{Op: read, Action: storagetest.Fail(nil)})
			b.Heal()
		}, "never happened: no call matched"},
		"an overwrite over HTTP": {func(t *fakeT) {
			storagetest.NewTransport(t, http.NewFileTransport(nil)).Fault(storagetest.Fault{Action: storagetest.Overwrite("x")})
		}, "use Run for HTTP"},
		"a target with a path":     {func(t *fakeT) { storagetest.NewFaultProxy(t, "http://127.0.0.1:1/x") }, "target \"http://127.0.0.1:1/x\""},
		"a target by TLS":          {func(t *fakeT) { storagetest.NewFaultProxy(t, "https://127.0.0.1:1") }, "of the form http://host:port"},
		"an archive of nothing":    {func(t *fakeT) { storagetest.Txtar(t, "hello") }, "no files"},
		"an archive with a twin":   {func(t *fakeT) { storagetest.Txtar(t, "-- a --\n-- a --\n") }, `two files "a"`},
		"a file system of nothing": {func(t *fakeT) { storagetest.FromFS(t, fstest.MapFS{}) }, "no regular files"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got := run(t, tc.test)
			if tc.want == "" {
				assert.Empty(t, got)
				return
			}
			assert.Contains(t, got, tc.want)
		})
	}
}

func leaveOpen(t *fakeT, b *storagetest.Bucket) (closeLater func() error) {
	rc, err := wrapper.Blob(b.Bucket, "a.txt").Open(t.Context(), 0, -1)
	if err != nil {
		t.Fatal(err)
	}
	return rc.Close
}

func TestOpenReaderIsReportedWithItsStack(t *testing.T) {
	t.Parallel()
	var closeIt func() error
	got := run(t, func(t *fakeT) {
		inner := memblob.OpenBucket(nil)
		t.Cleanup(func() { _ = inner.Close() })
		_ = inner.WriteAll(t.Context(), "a.txt", []byte("hello"), nil)
		closeIt = leaveOpen(t, storagetest.Record(t, inner))
	})
	assert.Contains(t, got, "\"read a.txt [0:]: 0 bytes, open\" was never closed; opened by\n")
	assert.Contains(t, got, "storagetest_test.leaveOpen")
	assert.Contains(t, got, "misuse_test.go:")
	assert.NotContains(t, got, "gocloud.dev")
	require.NoError(t, closeIt())
}

func TestOpenWriterFailsTheTest(t *testing.T) {
	t.Parallel()
	got := run(t, func(t *fakeT) {
		w, err := storagetest.NewBucket(t, two).NewWriter(t.Context(), "c.txt", nil)
		if err == nil {
			_, err = w.Write(make([]byte, 1000))
		}
		if err != nil {
			t.Fatal(err)
		}
	})
	assert.Contains(t, got, "\"write c.txt: 1000 bytes, open\" was never closed")
}
