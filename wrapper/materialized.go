package wrapper

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"runtime/debug"

	"gocloud.dev/blob"
	"golang.org/x/sync/singleflight"
)

// Materialized returns a file whose content is generated or fetched once, and served as an object of a bucket afterwards.
// It then has a length, an entity-tag and ranges. The first request stores the object. All requests of this program
// that arrive meanwhile wait for it; several programs may store the same object in parallel. The object is stored whole
// or not at all, also if the client of the first request leaves. An error of f is returned to all of them, and the next
// request tries again.
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
var fills singleflight.Group

func (s *materializedSource) Stat(ctx context.Context) (Info, error) {
	info, err := s.object.Stat(ctx)
	if errors.Is(err, fs.ErrNotExist) {
		return s.made.Stat(ctx)
	}
	return info, err
}

func (s *materializedSource) Fetch(ctx context.Context, req Request) (*Response, error) {
	resp, err := s.object.Fetch(ctx, req)
	switch {
	case !errors.Is(err, fs.ErrNotExist):
		return resp, err
	case req.Head:
		return s.made.Fetch(ctx, req)
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
	flight := fills.DoChan(fmt.Sprintf("%p %s", s.bucket, s.key), func() (_ any, err error) {
		defer func() {
			if v := recover(); v != nil { // of a goroutine of its own, where it would end the program
				err = fmt.Errorf("panic: %v\n%s", v, debug.Stack())
			}
		}()
		return nil, s.store(context.WithoutCancel(ctx))
	})
	select {
	case <-ctx.Done():
		return ctx.Err()
	case r := <-flight:
		return r.Err
	}
}

func (s *materializedSource) store(ctx context.Context) error {
	resp, err := s.made.Fetch(ctx, Request{})
	if err != nil {
		return err
	}
	defer resp.Close()
	ctx, cancel := context.WithCancel(ctx)
	defer cancel() // before Close, so that an incomplete object is not stored
	w, err := s.bucket.NewWriter(ctx, s.key, &blob.WriterOptions{
		ContentType:     resp.Info.ContentType,
		ContentEncoding: resp.Info.ContentEncoding,
		ContentLanguage: resp.Info.ContentLanguage,
		CacheControl:    resp.Info.CacheControl,
	})
	if err != nil {
		return err
	}
	if resp.Body != nil {
		if _, err := io.CopyBuffer(struct{ io.Writer }{w}, struct{ io.Reader }{resp.Body}, make([]byte, writeToBuffer)); err != nil {
			cancel()
			_ = w.Close()
			return err
		}
	}
	return w.Close()
}
