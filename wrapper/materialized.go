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

// Materialized returns a file whose content is made, or fetched, once and is an object of a bucket from then on, with
// everything that an object has: a length, a tag, ranges. Whoever asks first waits until it is stored, and so does
// everybody who asks meanwhile in this program; several programs may store the same at a time. It is stored
// whole or not at all, also when the one who asked has left.
//
// Nothing is ever made anew under a key: let the key name the version, as "thumbnails/42-v7.webp". What f fails with
// is not remembered. HEAD of what is not stored yet is answered by f.
func Materialized(f *File, in *blob.Bucket, key string) *File {
	return New(f.Name(), &cachedSource{made: f, object: Blob(in, key), bucket: in, key: key}).WithInfo(Info{ContentType: f.known.ContentType})
}

type cachedSource struct {
	made, object *File
	bucket       *blob.Bucket
	key          string
}

// fills are those under way, of every bucket.
var fills singleflight.Group

func (s *cachedSource) Stat(ctx context.Context) (Info, error) {
	info, err := s.object.Stat(ctx)
	if errors.Is(err, fs.ErrNotExist) {
		return s.made.Stat(ctx)
	}
	return info, err
}

func (s *cachedSource) Fetch(ctx context.Context, req Request) (*Response, error) {
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

func (s *cachedSource) Open(ctx context.Context, off, n int64) (io.ReadCloser, error) {
	r, err := s.object.Open(ctx, off, n)
	if !errors.Is(err, fs.ErrNotExist) {
		return r, err
	}
	if err := s.fill(ctx); err != nil {
		return nil, err
	}
	return s.object.Open(ctx, off, n)
}

// fill stores the content, or waits until somebody has.
func (s *cachedSource) fill(ctx context.Context) error {
	flight := fills.DoChan(fmt.Sprintf("%p %s", s.bucket, s.key), func() (_ any, err error) {
		defer func() {
			if v := recover(); v != nil { // nobody's goroutine: it would end the program
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

func (s *cachedSource) store(ctx context.Context) error {
	resp, err := s.made.Fetch(ctx, Request{})
	if err != nil {
		return err
	}
	defer resp.Close()
	ctx, cancel := context.WithCancel(ctx)
	defer cancel() // before Close: what is not whole is not stored
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
