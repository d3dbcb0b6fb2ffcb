package wrapper

import (
	"context"
	"errors"
	"io"
	"io/fs"
	"net/url"
	"time"

	"github.com/go-downloadview/downloadview/internal/mediatype"
)

// materializedSource is an object that is generated on its first request.
type materializedSource struct {
	m            *Materializer
	made, object *File
	key          string
}

func (s *materializedSource) Stat(ctx context.Context) (Info, error) {
	resp, err := s.Fetch(ctx, Request{Head: true})
	if err != nil {
		return Info{}, err
	}
	return resp.Info, nil
}

// Fetch returns the stored object, or the content while it is generated.
func (s *materializedSource) Fetch(ctx context.Context, req Request) (*Response, error) {
	begun := time.Now()
	stored, err := s.checkAge(ctx)
	if err == nil && stored != outdated {
		var resp *Response
		if resp, err = s.object.Fetch(ctx, req); err == nil {
			return resp, nil
		}
	}
	if ctx.Err() != nil {
		return nil, err
	}
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		s.m.logStreamed(ctx, s.key, err)
	}
	if req.Head {
		resp, err := s.made.Fetch(ctx, req)
		if err == nil {
			resp.Info = s.unstored(resp.Info)
		}
		return resp, err
	}
	resp, err := s.generate(ctx, req, begun, stored == outdated)
	if errors.Is(err, errStored) {
		return s.object.Fetch(ctx, req)
	}
	if err != nil && stored == outdated && ctx.Err() == nil {
		s.m.logNotRevalidated(ctx, s.key, err)
		return s.object.Fetch(ctx, req)
	}
	return resp, err
}

// Open returns a window of the object, or of the content while it is generated.
func (s *materializedSource) Open(ctx context.Context, off, n int64) (io.ReadCloser, error) {
	begun := time.Now()
	r, err := s.openObject(ctx, nil, off, n)
	if err == nil || ctx.Err() != nil {
		return r, err
	}
	run, err := s.m.join(ctx, s, begun, false)
	if errors.Is(err, errStored) {
		return s.openObject(ctx, nil, off, n)
	}
	if err != nil {
		return nil, err
	}
	if run == nil {
		return s.made.Open(ctx, off, n)
	}
	defer run.leave()
	return run.Open(ctx, off, n)
}

// OpenVersion returns a window of the version of the object that info describes. Content that was not stored when it was
// described has no version.
func (s *materializedSource) OpenVersion(ctx context.Context, info Info, off, n int64) (io.ReadCloser, error) {
	if info.unstored {
		if off == 0 && n == info.Size {
			n = -1 // to the end: only then does content that is longer than its Size show
		}
		return s.Open(ctx, off, n)
	}
	r, err := s.openObject(ctx, &info, off, n)
	if errors.Is(sentinel(err), fs.ErrNotExist) {
		err = ErrChanged
	}
	return r, err
}

// openObject returns a window of the object, with the metadata of the version that is read. A nil info accepts any version.
func (s *materializedSource) openObject(ctx context.Context, info *Info, off, n int64) (io.ReadCloser, error) {
	if info != nil {
		if err := s.object.datePinned(ctx, info); err != nil {
			return nil, err
		}
	}
	b, err := s.object.openPinned(ctx, info, off, n)
	if err != nil {
		return nil, err
	}
	return &describedBody{b, b.sent()}, nil
}

// Resolve returns the stored object, or nil if it is not stored or outdated.
func (s *materializedSource) Resolve(ctx context.Context) (*File, error) {
	if stored, err := s.checkAge(ctx); err != nil || stored == outdated {
		return nil, err
	}
	_, err := s.object.Fetch(ctx, Request{Head: true})
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil //nolint:nilnil // documented: not stored
	}
	return s.object, err
}

// generate returns the content while it is generated, by this call or by another one that is in flight.
func (s *materializedSource) generate(ctx context.Context, req Request, begun time.Time, replace bool) (*Response, error) {
	run, err := s.m.join(ctx, s, begun, replace)
	if err != nil {
		return nil, err
	}
	if run == nil {
		return New(s.made.name, unstoredSource{s}).withoutRetries().Fetch(ctx, req)
	}
	defer run.leave()
	return New(s.made.name, run).withoutRetries().Fetch(ctx, req)
}

// unstored returns the metadata of content that is not stored yet. The validators of the file are not those that the object
// will have.
func (s *materializedSource) unstored(info Info) Info {
	info.ETag, info.Version, info.ModTime, info.Digests = "", "", time.Time{}, nil
	info.unstored = true
	info.ContentType = mediatype.For(info.ContentType, s.made.Base())
	info.Sequential = true
	return info
}

// validator returns the text that distinguishes the versions of the file, or "". Stores accept it as metadata.
func validator(info *Info) string {
	if info.Version != "" {
		return "version:" + url.QueryEscape(info.Version)
	}
	if info.ETag != "" {
		return "etag:" + url.QueryEscape(info.ETag)
	}
	return ""
}

// unstoredSource is the content itself, where it cannot be stored.
type unstoredSource struct{ s *materializedSource }

func (u unstoredSource) Stat(ctx context.Context) (Info, error) {
	info, err := u.s.made.Stat(ctx)
	return u.s.unstored(info), err
}

func (u unstoredSource) Open(ctx context.Context, off, n int64) (io.ReadCloser, error) {
	return u.s.made.Open(ctx, off, n)
}

// storedState is the state of a stored object before it is requested.
type storedState int

const (
	unchecked storedState = iota // no age is set: the request shows whether the object exists
	current
	outdated
)

// sourceKey is the name of the metadata that holds the validator of the content that an object was stored from.
const sourceKey = "downloadview_source"

// checkAge returns whether the stored object is older than MaxAge and no longer current. If the content's metadata cannot be
// read, the object is current. The error is the object's.
func (s *materializedSource) checkAge(ctx context.Context) (storedState, error) {
	if s.m.MaxAge <= 0 {
		return unchecked, nil
	}
	resp, err := s.object.Fetch(ctx, Request{Head: true})
	if err != nil {
		return unchecked, err
	}
	now := time.Now().Add(resp.Info.ClockAhead)
	if now.Sub(resp.Info.ModTime) <= s.m.MaxAge {
		return current, nil
	}
	if _, ok := s.m.revalidated.get(s.object.loc); ok {
		return current, nil
	}
	limited, cancel := withDeadline(ctx, s.object.firstByteBy())
	defer cancel()
	attrs, err := s.m.Bucket.Attributes(limited, s.key)
	if err != nil {
		return unchecked, pathError("stat", s.made.name, err)
	}
	storedFrom := attrs.Metadata[sourceKey]
	if storedFrom == "" {
		return outdated, nil
	}
	info, err := s.made.Stat(ctx)
	if err != nil {
		s.m.logNotRevalidated(ctx, s.key, err)
		return current, nil
	}
	if validator(&info) != storedFrom {
		return outdated, nil
	}
	s.m.revalidated.put(s.object.loc, &resp.Info)
	return current, nil
}
