package wrapper

import (
	"context"
	"sync/atomic"
)

// Trace counts the requests that files make under one context. It shows the cost of one response.
type Trace struct {
	Requests atomic.Int64 // to a storage over a network, retries included; none for local, in-memory and generated content
	Resumes  atomic.Int64 // of interrupted bodies
}

type traceKey struct{}

// WithTrace returns a context under which t counts the requests of files.
func WithTrace(ctx context.Context, t *Trace) context.Context {
	return context.WithValue(ctx, traceKey{}, t)
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
