package wrapper

import (
	"context"
	"sync/atomic"
)

// Trace counts the requests that files make under one context. It shows the cost of one response.
// Its zero value is ready. It may be used by many goroutines, and must not be copied after first use.
type Trace struct {
	Requests atomic.Int64 // to a storage over a network, retries included; none for local, in-memory and generated content
	Resumes  atomic.Int64 // of interrupted bodies

	used  atomic.Bool
	first traceContext // of the first WithTrace, so that it costs no allocation
}

type traceKey struct{}

// WithTrace returns a context under which t counts the requests of files.
func WithTrace(ctx context.Context, t *Trace) context.Context {
	if t.used.CompareAndSwap(false, true) {
		t.first = traceContext{ctx, t}
		return &t.first
	}
	return &traceContext{ctx, t}
}

type traceContext struct {
	context.Context //nolint:containedctx // traceContext is a context
	trace           *Trace
}

// Value returns the trace, or a value of the context that it was made from.
func (c *traceContext) Value(key any) any {
	if key == (traceKey{}) {
		return c.trace
	}
	return c.Context.Value(key)
}

func countRequest(ctx context.Context) {
	if t, ok := ctx.Value(traceKey{}).(*Trace); ok {
		t.Requests.Add(1)
	}
}

func countResume(ctx context.Context) {
	if t, ok := ctx.Value(traceKey{}).(*Trace); ok {
		t.Resumes.Add(1)
	}
}

// countPortable counts a request that may go over a network. Remote sources count their own requests. Sources of third
// parties count unless they are local.
func (f *File) countPortable(ctx context.Context) {
	switch src := f.src.(type) {
	case pinnedOpener:
		return
	case NetworkSource:
		if !src.Network() {
			return
		}
	case LocalSource:
		if src.Local() {
			return
		}
	}
	countRequest(ctx)
}
