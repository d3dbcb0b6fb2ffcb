package storagetest

import (
	"fmt"
	"runtime"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"
)

// Op is what a call asks of a storage, whichever way it is asked: OpStat is Attributes of a bucket and HEAD
// of HTTP, OpRead is NewRangeReader and GET.
type Op string

// The operations. OpSign asks the storage nothing: it is recorded, but is no trip.
const (
	OpStat   Op = "stat"
	OpRead   Op = "read"
	OpList   Op = "list"
	OpWrite  Op = "write"
	OpCopy   Op = "copy"
	OpDelete Op = "delete"
	OpSign   Op = "sign"
)

// ToEnd is the N of a Call that reads everything from Off.
const ToEnd = -1

// Call is one call to a storage.
type Call struct {
	Op  Op
	Key string // of the object; the path, for HTTP; the prefix, for a list

	// Off and N are the window that a read asks for; N is ToEnd for everything from Off. A suffix range of
	// HTTP has an Off of minus its length.
	Off, N int64

	Conditions string // of an HTTP request: `If-Match: "x"; If-None-Match: *`
	Status     int    // of an HTTP answer, 0 where there was none
	Bytes      int64  // of content that were really read, or written
	Closed     bool   // the reader or writer was closed; true for a call that has none
	Err        error  // what the call failed with when it was made; not what a later Read did
}

// String returns the call as a line of a trace.
func (c Call) String() string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s %s", c.Op, c.Key)
	if c.Op == OpRead {
		b.WriteString(" " + c.window())
	}
	if c.Conditions != "" {
		b.WriteString(" if " + c.Conditions)
	}
	if c.Status != 0 {
		fmt.Fprintf(&b, ": %d", c.Status)
	}
	switch {
	case c.Err != nil:
		b.WriteString(": failed")
	case c.Op == OpRead || c.Op == OpWrite:
		fmt.Fprintf(&b, ": %d bytes", c.Bytes)
		if !c.Closed {
			b.WriteString(", open")
		}
	}
	return b.String()
}

func (c Call) window() string {
	switch {
	case c.Off < 0:
		return fmt.Sprintf("[%d:]", c.Off)
	case c.N < 0:
		return fmt.Sprintf("[%d:]", c.Off)
	default:
		return fmt.Sprintf("[%d:%d]", c.Off, c.Off+c.N)
	}
}

// Recorder remembers the calls to a storage. Its methods may be called by many goroutines at once.
type Recorder struct {
	mu    sync.Mutex
	calls []*record
}

// record is a call that may still go on.
type record struct {
	Call

	recorder *Recorder
	stack    []uintptr // of who made it
}

// Calls returns every call since the last Reset, in the order in which they began.
func (r *Recorder) Calls() []Call {
	r.mu.Lock()
	defer r.mu.Unlock()
	calls := make([]Call, len(r.calls))
	for i, c := range r.calls {
		calls[i] = c.Call
	}
	return calls
}

// Trips counts the calls that went to the storage: those of the given operations, or all.
func (r *Recorder) Requests(ops ...Op) int {
	n := 0
	for _, c := range r.Calls() {
		if len(ops) == 0 && c.Op != OpSign || slices.Contains(ops, c.Op) {
			n++
		}
	}
	return n
}

// BytesRead counts the bytes of content that were really read.
func (r *Recorder) BytesRead() int64 {
	var n int64
	for _, c := range r.Calls() {
		if c.Op == OpRead {
			n += c.Bytes
		}
	}
	return n
}

// Open counts the readers and writers that have not been closed.
func (r *Recorder) Open() int {
	n := 0
	for _, c := range r.Calls() {
		if !c.Closed {
			n++
		}
	}
	return n
}

// Trace returns the calls, one a line.
func (r *Recorder) Trace() string {
	var b strings.Builder
	for _, c := range r.Calls() {
		b.WriteString(c.String() + "\n")
	}
	return b.String()
}

// Reset forgets the calls that are over. Readers and writers that are open stay.
func (r *Recorder) Reset() {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.calls = slices.DeleteFunc(r.calls, func(c *record) bool { return c.Closed })
}

// stackDepth is how many frames are kept of who opened a reader.
const stackDepth = 48

// begin records a call that has a reader or writer, which close ends.
func (r *Recorder) begin(c Call) *record {
	rec := &record{Call: c, recorder: r, stack: make([]uintptr, stackDepth)}
	rec.stack = rec.stack[:runtime.Callers(3, rec.stack)]
	r.mu.Lock()
	defer r.mu.Unlock()
	r.calls = append(r.calls, rec)
	return rec
}

// over records a call that is over with its answer.
func (r *Recorder) finish(c Call, err error) {
	c.Closed, c.Err = true, err
	r.mu.Lock()
	defer r.mu.Unlock()
	r.calls = append(r.calls, &record{Call: c, recorder: r})
}

func (c *record) add(n int64) {
	c.recorder.mu.Lock()
	defer c.recorder.mu.Unlock()
	c.Bytes += n
}

func (c *record) setStatus(status int) {
	c.recorder.mu.Lock()
	defer c.recorder.mu.Unlock()
	c.Status = status
}

func (c *record) close() {
	c.recorder.mu.Lock()
	defer c.recorder.mu.Unlock()
	c.Closed = true
}

func (c *record) fail(err error) {
	c.recorder.mu.Lock()
	defer c.recorder.mu.Unlock()
	c.Closed, c.Err = true, err
}

// statsEnd is how long a description that nobody waits for any more is given: it is shared, and ends by itself.
const statGrace = 2 * time.Second

// reportOpen fails the test for every reader and writer that was left open.
func (r *Recorder) reportOpen(t testing.TB) {
	t.Helper()
	for end := time.Now().Add(statGrace); r.statInFlight() && time.Now().Before(end); {
		time.Sleep(time.Millisecond)
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, c := range r.calls {
		if !c.Closed {
			t.Errorf("storagetest: %s was never closed; it was opened by\n%s", c.Call, frames(c.stack))
		}
	}
}

// describes reports whether a description is under way.
func (r *Recorder) statInFlight() bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	return slices.ContainsFunc(r.calls, func(c *record) bool { return c.Op == OpStat && !c.Closed })
}

// frames prints a stack without the frames of the kit, the blob package and the testing package.
func frames(stack []uintptr) string {
	var b strings.Builder
	it := runtime.CallersFrames(stack)
	for {
		f, more := it.Next()
		if !slices.ContainsFunc(kitPackages, func(p string) bool { return strings.HasPrefix(f.Function, p) }) {
			fmt.Fprintf(&b, "\t%s\n\t\t%s:%d\n", f.Function, f.File, f.Line)
		}
		if !more {
			return b.String()
		}
	}
}

// machinery are the packages whose frames say nothing of who left a reader open.
var kitPackages = []string{
	"github.com/go-downloadview/downloadview/storagetest.", "gocloud.dev/", "testing.", "runtime.",
}
