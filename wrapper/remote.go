package wrapper

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net/http"
	"sync/atomic"

	"github.com/go-downloadview/downloadview/internal/fields"
	"github.com/go-downloadview/downloadview/internal/plan"
	"github.com/go-downloadview/downloadview/internal/resume"
	"github.com/go-downloadview/downloadview/internal/upstream"
)

// remote is content behind HTTP. It forwards a request's range and preconditions, and uses a response only if it
// matches what was requested.
type remote struct {
	sender    sender
	datesFail *atomic.Bool // see backend; nil if it is not remembered
}

// sender is the part of a remote source that its kinds implement: urlSource and storeObject.
type sender interface {
	// send makes one request with the given fields, for one version unless it is "".
	send(ctx context.Context, method, version string, h http.Header) (*http.Response, error)

	// canSend reports whether one GET can carry all of the fields.
	canSend(h http.Header) bool

	// describe adds the metadata in fields that only this kind of storage sends.
	describe(resp *http.Response, info *Info)

	// Stat requests the metadata, or joins a request in flight.
	Stat(ctx context.Context) (Info, error)
}

// request sends one request. It marks an error as Retryable if another connection may succeed.
func (r *remote) request(ctx context.Context, method, version string, h http.Header) (*http.Response, error) {
	countRequest(ctx)
	resp, err := r.sender.send(ctx, method, version, h)
	if err != nil && upstream.IsTransient(err) {
		err = &transportError{err}
	}
	return resp, err
}

func (r *remote) Open(ctx context.Context, off, n int64) (io.ReadCloser, error) {
	return r.openPinned(ctx, nil, off, n)
}

// openPinned opens a window of the version that info describes, with one request. It fails with ErrChanged if the content has
// another version. A nil info accepts any version.
func (r *remote) openPinned(ctx context.Context, info *Info, off, n int64) (io.ReadCloser, error) {
	h := http.Header{}
	if off > 0 || n >= 0 && (info == nil || n != info.Size) {
		h.Set("Range", rangeField(off, n))
	}
	if info != nil && plan.StrongMatch(info.ETag, info.ETag) {
		h.Set("If-Match", info.ETag)
	}
	version := ""
	if info != nil {
		version = info.Version
	}
	resp, err := r.request(ctx, http.MethodGet, version, h)
	if err == nil && refusesOwnTag(resp, h.Get("If-Match")) {
		discard(resp)
		h.Del("If-Match")
		resp, err = r.request(ctx, http.MethodGet, version, h)
	}
	if err != nil {
		return nil, replaced(version, err)
	}
	switch resp.StatusCode {
	case http.StatusOK:
		return r.wholeAsWindow(resp, info, off, n)
	case http.StatusPartialContent:
		got, err := contentRange(resp)
		if err == nil && (got.Off != off || n >= 0 && got.N > n) {
			err = fmt.Errorf("upstream sent bytes %d-%d, outside the requested range: %w", got.Off, got.Off+got.N-1, ErrLength)
		}
		if err != nil {
			_ = resp.Body.Close()
			return nil, err
		}
		return r.stored(&remoteBody{Reader: resp.Body, Closer: resp.Body, info: r.info(resp)}, info)
	case http.StatusRequestedRangeNotSatisfiable:
		discard(resp)
		if h.Get("Range") == "" {
			return nil, statusError(resp)
		}
		if info != nil && off < info.Size { // the content is shorter than that of the metadata
			return nil, ErrChanged
		}
		return http.NoBody, nil
	case http.StatusPreconditionFailed:
		discard(resp)
		return nil, ErrChanged
	default:
		discard(resp)
		return nil, replaced(version, statusError(resp))
	}
}

// contentRange returns the range in a 206's Content-Range. A Content-Length that disagrees is an error.
func contentRange(resp *http.Response) (Range, error) {
	off, n, _, ok := fields.ContentRange(resp.Header.Get("Content-Range"))
	if !ok {
		return Range{}, errContentRange
	}
	if resp.ContentLength >= 0 && resp.ContentLength != n {
		return Range{}, fmt.Errorf("upstream's Content-Range and Content-Length disagree: %w", ErrLength)
	}
	return Range{off, n}, nil
}

var errContentRange = fmt.Errorf("upstream sent a 206 without a valid Content-Range: %w", ErrLength)

// replaced returns ErrChanged for a version that no longer exists: the key may have another one.
func replaced(version string, err error) error {
	if version != "" && errors.Is(sentinel(err), fs.ErrNotExist) {
		return ErrChanged
	}
	return err
}

func rangeField(off, n int64) string {
	if n < 0 {
		return fmt.Sprintf("bytes=%d-", off)
	}
	return fmt.Sprintf("bytes=%d-%d", off, off+n-1)
}

// wholeAsWindow reads a window of the whole content, which a server sent that ignores Range. A window that ends where
// the content should end is read to the end of the response, which shows whether it does.
func (r *remote) wholeAsWindow(resp *http.Response, known *Info, off, n int64) (io.ReadCloser, error) {
	b := &remoteBody{Reader: resp.Body, Closer: resp.Body, info: r.info(resp)}
	if off > 0 {
		b.Reader, b.discards = resume.Discard(resp.Body, off), true
	}
	if n >= 0 && (known == nil || off+n != known.Size) {
		b.Reader = io.LimitReader(b.Reader, n)
	}
	return r.stored(b, known)
}

// remoteBody is the body of a response together with the metadata of its header.
type remoteBody struct {
	io.Reader
	io.Closer
	info     Info
	discards bool // the server sent bytes before the window
}

// Discards is for resume.Source.
func (b *remoteBody) Discards() bool { return b.discards }

func (b *remoteBody) Info() Info { return b.info }

// discard closes a body that is not content, such that its connection can be reused.
func discard(resp *http.Response) {
	resume.Drain(resp.Body)
	_ = resp.Body.Close()
}
