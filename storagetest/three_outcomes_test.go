package storagetest_test

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"log/slog"
	"maps"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"gocloud.dev/blob"
	"gocloud.dev/blob/fileblob"
	"gocloud.dev/blob/memblob"

	"github.com/go-downloadview/downloadview/blobdownload"
	"github.com/go-downloadview/downloadview/storagetest"
	"github.com/go-downloadview/downloadview/wrapper"
)

// The content is longer than three buffers of the server's copy loop.
const (
	block   = 32 << 10
	size    = 3*block + 100
	slowest = time.Millisecond // the pause of a stall, and of each drop of a drip
)

var (
	version1 = repeat("one 0123456789 ", size)
	version2 = repeat("two 9876543210 ", size)
)

// offsets are the positions of a fault in a body.
var offsets = []int64{0, 1, block - 1, block, block + 1, size - 1, size}

// actions are all faults; the faults of one action happen together. A fault of a body is injected at every offset.
var actions = []struct {
	name    string
	offsets []int64
	does    []storagetest.Action
}{
	{"failure", nil, faultsOf(storagetest.Fail(nil))},
	{"status 403", nil, faultsOf(storagetest.Status(403, 0))},
	{"status 404", nil, faultsOf(storagetest.Status(404, 0))},
	{"status 412", nil, faultsOf(storagetest.Status(412, 0))},
	{"status 416", nil, faultsOf(storagetest.Status(416, 0))},
	{"status 429", nil, faultsOf(storagetest.Status(429, time.Second))},
	{"status 503", nil, faultsOf(storagetest.Status(503, time.Second))},
	{"larger size", nil, faultsOf(storagetest.Resize(7))},
	{"smaller size", nil, faultsOf(storagetest.Resize(-7))},
	{"missing validators", nil, faultsOf(storagetest.StripValidators())},
	{"changed validators", nil, faultsOf(storagetest.ChangeValidators())},
	{"ignored range", nil, faultsOf(storagetest.IgnoreRange())},
	{"shifted range", nil, faultsOf(storagetest.ShiftRange(3))},
	{"ignored context", nil, faultsOf(storagetest.IgnoreContext())},
	{"extra bytes", nil, faultsOf(storagetest.Extend(5))},
	{"wrong checksum", nil, faultsOf(storagetest.Checksum())},
	{"failing Close", nil, faultsOf(storagetest.FailClose(nil))},
	{"broken body", offsets, faultsOf(storagetest.Break(nil))},
	{"early end", offsets, faultsOf(storagetest.Truncate())},
	{"flipped byte", offsets, faultsOf(storagetest.Flip(), storagetest.Checksum())},
	{"stall", offsets, faultsOf(storagetest.Stall(slowest))},
	{"drip", offsets, faultsOf(storagetest.Drip(16<<10, slowest))},
	{"panic", offsets, faultsOf(storagetest.Panic("in Read"))},
	{"overwrite", offsets, nil}, // what these two do depends on the store
	{"removal", offsets, nil},
}

func faultsOf(a ...storagetest.Action) []storagetest.Action { return a }

// undetectable are the faults that no client of a storage can detect, with the reason. Every other fault must end
// in one of the three outcomes.
var undetectable = map[string]string{
	"memory/shifted range":       "the portable interface does not report the window that it read",
	"directory/shifted range":    "the portable interface does not report the window that it read",
	"memory/larger size":         "every response of the storage has the same wrong size, and the bytes are right",
	"memory/smaller size":        "every response of the storage has the same wrong size, and the bytes are right",
	"unknown length/early end":   "content of unknown length ends with io.EOF",
	"unknown length/extra bytes": "content of unknown length ends with io.EOF",
	"origin/early end":           "a response without a Content-Length ends with io.EOF",
	"origin/extra bytes":         "a response without a Content-Length ends with io.EOF",
}

// storeTrial is one content in one storage, with its script.
type storeTrial struct {
	file      *wrapper.File
	script    *storagetest.Script
	recorder  *storagetest.Recorder
	overwrite storagetest.Action
	remove    storagetest.Action
}

// stores return functions that make trials. With anew, the content is written again. A function is for one goroutine.
var stores = map[string]func(t *testing.T) func(anew bool) storeTrial{
	"memory": func(t *testing.T) func(bool) storeTrial { return bucketTrials(t, memblob.OpenBucket(nil)) },
	"directory": func(t *testing.T) func(bool) storeTrial {
		b, err := fileblob.OpenBucket(t.TempDir(), &fileblob.Options{NoTempDir: true})
		require.NoError(t, err)
		return bucketTrials(t, b)
	},
	"unknown length": func(t *testing.T) func(bool) storeTrial {
		next := bucketTrials(t, memblob.OpenBucket(nil))
		return func(anew bool) storeTrial {
			tr := next(anew)
			tr.file = wrapper.New("a.bin", unknownSize{tr.file})
			return tr
		}
	},
	"origin": originTrials,
}

func bucketTrials(t *testing.T, inner *blob.Bucket) func(bool) storeTrial {
	t.Cleanup(func() { assert.NoError(t, inner.Close()) })
	require.NoError(t, inner.WriteAll(t.Context(), "a.bin", version1, nil))
	return func(anew bool) storeTrial {
		if anew {
			require.NoError(t, inner.WriteAll(t.Context(), "a.bin", version1, nil))
		}
		b := storagetest.Record(t, inner)
		return storeTrial{b.File("a.bin"), b.Script, b.Recorder, storagetest.Overwrite(string(version2)), storagetest.Remove()}
	}
}

// unknownSize is a source that hides the size of a file.
type unknownSize struct{ f *wrapper.File }

func (e unknownSize) Stat(ctx context.Context) (wrapper.Info, error) {
	_, err := e.f.Stat(ctx)
	return wrapper.Info{Size: wrapper.UnknownSize, Sequential: true}, err
}

func (e unknownSize) Open(ctx context.Context, off, n int64) (io.ReadCloser, error) {
	return e.f.Open(ctx, off, n)
}

// originTrials reads via HTTP from a net/http server.
func originTrials(t *testing.T) func(bool) storeTrial {
	type content struct {
		sync.Mutex
		bytes []byte
		etag  string
	}
	var current *content
	origin := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		current.Lock()
		b, etag := current.bytes, current.etag
		current.Unlock()
		if b == nil {
			http.NotFound(w, r)
			return
		}
		w.Header().Set("ETag", etag)
		http.ServeContent(w, r, "a.bin", modified, bytes.NewReader(b))
	}))
	t.Cleanup(origin.Close)
	base := &http.Transport{DisableCompression: true}
	t.Cleanup(base.CloseIdleConnections)
	return func(bool) storeTrial {
		c := &content{bytes: version1, etag: `"one"`}
		current = c
		become := func(b []byte, etag string) storagetest.Action {
			return storagetest.Run(func() {
				c.Lock()
				defer c.Unlock()
				c.bytes, c.etag = b, etag
			})
		}
		tr := storagetest.NewTransport(t, base)
		return storeTrial{wrapper.URL(tr.Client(), origin.URL+"/a.bin"), tr.Script, tr.Recorder, become(version2, `"two"`), become(nil, "")}
	}
}

// TestFaultsHaveThreeOutcomes injects every fault at every position. The client must get exact bytes, a clean error
// or an aborted transfer, and never other bytes that end cleanly.
func TestFaultsHaveThreeOutcomes(t *testing.T) {
	t.Parallel()
	front := newFrontend(t)
	server := &blobdownload.Server{Logger: slog.New(slog.DiscardHandler)}
	tally := newTally()
	t.Run("stores", func(t *testing.T) {
		for _, store := range slices.Sorted(maps.Keys(stores)) {
			for _, proto := range protocols {
				if testing.Short() && (store != "memory" || proto == "HTTP/2") {
					continue
				}
				t.Run(store+" "+strings.ReplaceAll(proto, "/", " "), func(t *testing.T) {
					t.Parallel()
					next := stores[store](t)
					for _, a := range actions {
						for _, at := range orZero(a.offsets) {
							for _, req := range asks {
								for _, nth := range calls(a.offsets) {
									tr := next(a.does == nil)
									try(t, front, server, tr, tally, attempt{store, proto, a.name, a.does, at, nth, req})
								}
							}
						}
					}
				})
			}
		}
	})
	tally.report(t)
}

// calls returns the Nth of a fault: every call, and for a body also the first call only.
func calls(offsets []int64) []int {
	if offsets == nil {
		return []int{0}
	}
	return []int{0, 1}
}

func orZero(offsets []int64) []int64 {
	if offsets == nil {
		return []int64{0}
	}
	return offsets
}

// attempt is one fault during one download.
type attempt struct {
	store, proto, action string
	does                 []storagetest.Action
	at                   int64
	nth                  int
	req                  clientRequest
}

func (a attempt) String() string {
	return fmt.Sprintf("%s: %s at byte %d (call %d), %s by %s", a.store, a.action, a.at, a.nth, a.req.name, a.proto)
}

func try(t *testing.T, front *frontend, server *blobdownload.Server, tr storeTrial, tally *tally, a attempt) {
	t.Helper()
	switch a.action {
	case "overwrite":
		a.does = faultsOf(tr.overwrite)
	case "removal":
		a.does = faultsOf(tr.remove)
	}
	for _, action := range a.does {
		tr.script.Fault(storagetest.Fault{At: a.at, Nth: a.nth, Action: action, MayMiss: true})
	}
	file := tr.file.WithReadOptions(tuning(a.nth))
	handler := server.Handler(func(*http.Request) (*blobdownload.Download, error) {
		return &blobdownload.Download{File: file}, nil
	})
	got, how := front.download(a.proto, handler, a.req, [][]byte{version1, version2})
	if fault := a.store + "/" + a.action; got == forbidden && undetectable[fault] != "" {
		tally.countUndetectable(fault)
		got = "" // not one of the three
	}
	tally.add(a.action, got, tr.script.Fired() > 0)
	assert.NotEqual(t, forbidden, got, "%s\n%s\n%s", a, how, tr.recorder.Trace())
	if open := tr.recorder.Open(); open != 0 {
		assert.Fail(t, "left open", "%s\n%s", a, tr.recorder.Trace())
	}
}

// tuning allows one resume if only the first call fails, and none if every call does. It allows no retry.
func tuning(nth int) wrapper.ReadOptions {
	if nth == 1 {
		return wrapper.ReadOptions{Retries: -1, Resumes: 1}
	}
	return wrapper.ReadOptions{Retries: -1, Resumes: -1}
}

// tally counts the outcomes, so the test fails if a fault or an outcome never happened.
type tally struct {
	mu         sync.Mutex
	outcomes   map[outcome]int
	fired      map[string]int
	undetected map[string]int
}

func newTally() *tally {
	return &tally{outcomes: map[outcome]int{}, fired: map[string]int{}, undetected: map[string]int{}}
}

func (c *tally) add(action string, o outcome, fired bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.outcomes[o]++
	if fired {
		c.fired[action]++
	}
}

func (c *tally) countUndetectable(fault string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.undetected[fault]++
}

func (c *tally) report(t *testing.T) {
	t.Helper()
	for _, a := range actions {
		assert.NotZero(t, c.fired[a.name], "%q never happened", a.name)
	}
	for _, o := range []outcome{exact, refused, cut} {
		assert.NotZero(t, c.outcomes[o], "no download ended in %q", o)
	}
	if !testing.Short() {
		for fault, why := range undetectable {
			assert.NotZero(t, c.undetected[fault], "%q is detected, though %s", fault, why)
		}
	}
	t.Logf("%d exact, %d clean errors, %d transport errors; %d faults that cannot be detected",
		c.outcomes[exact], c.outcomes[refused], c.outcomes[cut], c.outcomes[""])
}
