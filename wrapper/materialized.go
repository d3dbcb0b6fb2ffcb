package wrapper

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"time"

	"gocloud.dev/blob"

	"github.com/go-downloadview/downloadview/internal/flight"
)

// Materialized returns a file whose content is generated or fetched once, and served as an object of a bucket afterwards.
// It then has a length, an entity-tag and ranges. The first request stores the object. All requests of this program
// that arrive meanwhile wait for it; several programs may store the same object in parallel. The object is stored whole
// or not at all, also if the client of the first request leaves. The generation is canceled when no request waits for it
// any more, and after ten minutes. An error of f is returned to all of them, and the next request tries again.
//
// An object is never replaced. Put the version of the content into the key, as in "thumbnails/42-v7.webp". Before the
// object is stored, f answers HEAD.
func Materialized(f *File, in *blob.Bucket, key string) *File {
	src := &materializedSource{made: f, object: Blob(in, key), bucket: in, key: key}
	return New(f.Name(), src).WithInfo(Info{ContentType: f.known.ContentType})
}

type materializedSource struct {
	made, object *File
	bucket       *blob.Bucket
	key          string
}

// fills are the objects of all buckets that are being stored.
var fills = flight.Group[struct{}]{Limit: fillLimit}

// fillLimit is the time limit of a generation. It is far above the time that a client waits, and ends one that hangs.
const fillLimit = 10 * time.Minute

func (s *materializedSource) Stat(ctx context.Context) (Info, error) {
	info, err := s.object.Stat(ctx)
	if errors.Is(err, fs.ErrNotExist) {
		info, err = s.made.Stat(ctx)
		return unstored(info), err
	}
	return info, err
}

// unstored returns the metadata of content that is not stored yet. The validators of the source are not those that the
// object will have.
func unstored(info Info) Info {
	info.ETag, info.Version, info.ModTime, info.Digests = "", "", time.Time{}, nil
	info.unstored = true
	return info
}

func (s *materializedSource) Fetch(ctx context.Context, req Request) (*Response, error) {
	resp, err := s.object.Fetch(ctx, req)
	switch {
	case !errors.Is(err, fs.ErrNotExist):
		return resp, err
	case req.Head:
		if resp, err = s.made.Fetch(ctx, Request{Head: true}); err == nil {
			resp.Info = unstored(resp.Info)
		}
		return resp, err
	}
	if err := s.fill(ctx); err != nil {
		return nil, err
	}
	return s.object.Fetch(ctx, req)
}

func (s *materializedSource) Open(ctx context.Context, off, n int64) (io.ReadCloser, error) {
	r, err := s.object.Open(ctx, off, n)
	if !errors.Is(err, fs.ErrNotExist) {
		return r, err
	}
	if err := s.fill(ctx); err != nil {
		return nil, err
	}
	return s.object.Open(ctx, off, n)
}

// fill stores the object, or waits for another call that stores it.
func (s *materializedSource) fill(ctx context.Context) error {
	_, err := fills.Do(ctx, fmt.Sprintf("%p %s", s.bucket, s.key), func(ctx context.Context) (struct{}, error) {
		return struct{}{}, s.store(ctx)
	})
	return err
}

func (s *materializedSource) store(ctx context.Context) error {
	resp, err := s.made.Fetch(ctx, Request{})
	if err != nil {
		return err
	}
	defer resp.Close()
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	w, err := s.bucket.NewWriter(ctx, s.key, &blob.WriterOptions{
		ContentType:     resp.Info.ContentType,
		ContentEncoding: resp.Info.ContentEncoding,
		ContentLanguage: resp.Info.ContentLanguage,
		CacheControl:    resp.Info.CacheControl,
	})
	if err != nil {
		return err
	}
	whole := false
	defer func() {
		if !whole {
			cancel() // before Close, so that an incomplete object is not stored
			_ = w.Close()
		}
	}()
	if resp.Body != nil {
		if _, err := io.CopyBuffer(struct{ io.Writer }{w}, struct{ io.Reader }{resp.Body}, make([]byte, writeToBuffer)); err != nil {
			return err
		}
	}
	if err := ctx.Err(); err != nil {
		return err
	}
	whole = true
	return w.Close()
}
