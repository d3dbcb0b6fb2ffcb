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

// Op is an operation of a storage. OpStat is Attributes of a bucket or HEAD via HTTP; OpRead is NewRangeReader or
// GET.
type Op string

// The operations. OpSign is recorded, but it sends no request to the storage.
const (
	OpStat   Op = "stat"
	OpRead   Op = "read"
	OpList   Op = "list"
	OpWrite  Op = "write"
	OpCopy   Op = "copy"
	OpDelete Op = "delete"
	OpSign   Op = "sign"
)

// ToEnd is the N of a Call that reads from Off to the end.
const ToEnd = -1

// Call is one call to a storage.
type Call struct {
	Op  Op
	Key string // key of the object, path of an HTTP request, or prefix of a list

	// Off and N are the offset and length of a read in bytes. N is ToEnd for a read to the end. A suffix range has a
	// negative Off, minus its length.
	Off, N int64

	Conditions string // preconditions of an HTTP request: `If-Match: "x"; If-None-Match: *`
	Status     int    // status of an HTTP response; 0 without a response, and for a bucket
	Bytes      int64  // bytes of content that were read or written
	Closed     bool   // whether the reader or writer is closed; true for a call without one
	Err        error  // error of the call, not that of a later Read or Write; nil if it succeeded
}

// String returns the call as one line, without a newline.
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

// Recorder records the calls to a storage. It is safe for concurrent use.
type Recorder struct {
	mu    sync.Mutex
	calls []*record
}

// record is a call that may be in flight.
type record struct {
	Call

	recorder *Recorder
	stack    []uintptr // of the caller
}

// Calls returns the calls since the last Reset, in the order of their start.
func (r *Recorder) Calls() []Call {
	r.mu.Lock()
	defer r.mu.Unlock()
	calls := make([]Call, len(r.calls))
	for i, c := range r.calls {
		calls[i] = c.Call
	}
	return calls
}

// Requests returns the number of requests to the storage: those of the given operations, or all but OpSign.
func (r *Recorder) Requests(ops ...Op) int {
	n := 0
	for _, c := range r.Calls() {
		if len(ops) == 0 && c.Op != OpSign || slices.Contains(ops, c.Op) {
			n++
		}
	}
	return n
}

// BytesRead returns the number of bytes of content that were read.
func (r *Recorder) BytesRead() int64 {
	var n int64
	for _, c := range r.Calls() {
		if c.Op == OpRead {
			n += c.Bytes
		}
	}
	return n
}

// Open returns the number of open readers and writers.
func (r *Recorder) Open() int {
	n := 0
	for _, c := range r.Calls() {
		if !c.Closed {
			n++
		}
	}
	return n
}

// Trace returns the calls as text, one line for each.
func (r *Recorder) Trace() string {
	var b strings.Builder
	for _, c := range r.Calls() {
		b.WriteString(c.String() + "\n")
	}
	return b.String()
}

// Reset removes the finished calls. Calls with an open reader or writer stay.
func (r *Recorder) Reset() {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.calls = slices.DeleteFunc(r.calls, func(c *record) bool { return c.Closed })
}

// stackDepth is the number of stack frames kept for an open reader.
const stackDepth = 48

// begin records a call with a reader or writer. The call ends with close or fail.
func (r *Recorder) begin(c Call) *record {
	rec := &record{Call: c, recorder: r, stack: make([]uintptr, stackDepth)}
	rec.stack = rec.stack[:runtime.Callers(3, rec.stack)]
	r.mu.Lock()
	defer r.mu.Unlock()
	r.calls = append(r.calls, rec)
	return rec
}

// finish records a call without a reader or writer.
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

// statGrace is the time that a shared Stat may take after its last caller has left.
const statGrace = 2 * time.Second

// reportOpen fails the test for every open reader and writer.
func (r *Recorder) reportOpen(t testing.TB) {
	t.Helper()
	for end := time.Now().Add(statGrace); r.statInFlight() && time.Now().Before(end); {
		time.Sleep(time.Millisecond)
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, c := range r.calls {
		if !c.Closed {
			t.Errorf("storagetest: %q was never closed; opened by\n%s", c.Call, frames(c.stack))
		}
	}
}

// statInFlight reports whether a Stat is in flight.
func (r *Recorder) statInFlight() bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	return slices.ContainsFunc(r.calls, func(c *record) bool { return c.Op == OpStat && !c.Closed })
}

// frames formats a stack without the frames of kitPackages.
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

// kitPackages are the packages whose frames do not help to find the owner of an open reader.
var kitPackages = []string{
	"github.com/go-downloadview/downloadview/storagetest.", "gocloud.dev/", "testing.", "runtime.",
}
