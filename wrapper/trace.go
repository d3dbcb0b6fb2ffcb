package wrapper

import (
	"context"
	"sync/atomic"
)

// Trace counts what files are asked for under a context: what the answer to one request cost.
type Trace struct {
	Requests atomic.Int64 // to a storage, repetitions included; of local content, what it was opened or described
	Resumes  atomic.Int64 // of a body that broke off
}

type traceKey struct{}

// WithTrace returns a context under which what is asked of files is counted.
func WithTrace(ctx context.Context, t *Trace) context.Context {
	return context.WithValue(ctx, traceKey{}, t)
}

func countRequest(ctx context.Context) {
	if t, ok := ctx.Value(traceKey{}).(*Trace); ok {
		t.Requests.Add(1)
	}
}

// countLocal counts what is asked of a source that does not count by itself, as remotes do.
func (f *File) countLocal(ctx context.Context) {
	if _, remote := f.src.(pinnedOpener); !remote {
		countRequest(ctx)
	}
}

func countResume(ctx context.Context) {
	if t, ok := ctx.Value(traceKey{}).(*Trace); ok {
		t.Resumes.Add(1)
	}
}
