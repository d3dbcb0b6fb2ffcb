package blobdownload

import (
	"context"
	"errors"
	"log/slog"
	"net/http"
)

// Optimizer may offload a download to a reverse proxy, the cloud or a CDN. It is called before the file is
// opened, and by many goroutines.
type Optimizer interface {
	// Optimize returns the redirect to send instead of the body, or nil to have the download streamed.
	// It is called for GET and HEAD only. After an error, which is logged, the download is streamed.
	Optimize(r *http.Request, d *Download) (*Redirect, error)
}

// OptimizerFunc is an Optimizer made of a function.
type OptimizerFunc func(r *http.Request, d *Download) (*Redirect, error)

// Optimize calls the function.
func (f OptimizerFunc) Optimize(r *http.Request, d *Download) (*Redirect, error) { return f(r, d) }

type optimizerKey struct{}

// Optimize returns middleware that sets the optimizer of every [Server] behind it whose Optimizer is nil. The
// request's context carries it; the http.ResponseWriter is not wrapped.
func Optimize(o Optimizer) func(http.Handler) http.Handler {
	return func(next http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			next.ServeHTTP(w, r.WithContext(context.WithValue(r.Context(), optimizerKey{}, o)))
		})
	}
}

// optimize returns the optimizer's redirect, or nil. Its error is logged and does not fail the download. An error with a
// method Repeated() bool that returns true has been logged before: its level is debug.
func (t *transfer) optimize() *Redirect {
	d, err := t.d.resolved(t.r)
	if err != nil {
		t.server.logAt(t.r, levelOf(err), err, "file not resolved; streaming")
		return nil
	}
	to, err := t.optimizer.Optimize(t.r, d)
	if err == nil && to != nil {
		err = to.validate()
	}
	if err != nil {
		level := levelOf(err)
		if e, ok := errors.AsType[interface {
			error
			Repeated() bool
		}](err); ok && e.Repeated() {
			level = slog.LevelDebug
		}
		t.server.logAt(t.r, level, err, "optimizer failed; streaming")
		return nil
	}
	if to != nil {
		to = to.withCanonicalHeader()
	}
	return to
}

// resolved returns the download of the file that has the content now; see wrapper.Resolver.
func (d *Download) resolved(r *http.Request) (*Download, error) {
	file, err := d.File.Resolve(r.Context())
	if err != nil || file == d.File {
		return d, err
	}
	c := *d
	c.File = file
	return &c, nil
}
