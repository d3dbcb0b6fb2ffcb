package wrapper

import (
	"context"
	"errors"
	"io"
	"net/http"

	"gocloud.dev/blob"
	"gocloud.dev/gcerrors"

	"github.com/go-downloadview/downloadview/internal/flight"
)

// startUpload stores the content under the key while it is written into the spool.
func (r *materialization) startUpload(ctx context.Context, storedFrom string, replace bool) {
	opts := blob.WriterOptions{IfNotExist: !replace, DisableContentTypeDetection: true}
	if storedFrom != "" {
		opts.Metadata = map[string]string{sourceKey: storedFrom}
	}
	content := r.spool.Reader(ctx, 0)
	again := r.spool.Reader(ctx, 0)
	r.upload.Add(1)
	go flight.Conclude(func() error {
		defer content.Close()
		defer again.Close()
		<-r.ready
		opts.ContentType = r.info.ContentType
		opts.ContentEncoding = r.info.ContentEncoding
		opts.ContentLanguage = r.info.ContentLanguage
		opts.CacheControl = r.info.CacheControl
		err := r.store(ctx, content, opts)
		if opts.IfNotExist && isUnsupported(err) {
			opts.IfNotExist = false
			err = r.store(ctx, again, opts)
		}
		return err
	}, func(err error) {
		defer r.upload.Done()
		switch {
		case err == nil:
			r.m.failing.Store(false)
			r.m.recordStored(r.source)
		case errors.Is(err, errNotGenerated):
		default:
			r.m.logStreamed(ctx, r.source.key, err)
		}
	})
}

// errNotGenerated is the error of an upload whose content has failed.
var errNotGenerated = errors.New("the content is incomplete")

// store writes one object, whole or not at all. An object that another program has stored meanwhile is left.
func (r *materialization) store(ctx context.Context, content io.Reader, opts blob.WriterOptions) error {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	w, err := r.m.Bucket.NewWriter(ctx, r.source.key, &opts)
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
	from := &contentReader{Reader: content}
	if _, err := io.CopyBuffer(struct{ io.Writer }{w}, from, make([]byte, writeToBuffer)); err != nil {
		if from.err != nil {
			return errNotGenerated
		}
		return err
	}
	if err := ctx.Err(); err != nil {
		return err
	}
	whole = true
	err = w.Close()
	if opts.IfNotExist && gcerrors.Code(err) == gcerrors.FailedPrecondition {
		return nil
	}
	return err
}

// contentReader keeps the error of the content, apart from that of the bucket.
type contentReader struct {
	io.Reader
	err error
}

func (c *contentReader) Read(p []byte) (int, error) {
	n, err := c.Reader.Read(p)
	if err != nil && err != io.EOF {
		c.err = err
	}
	return n, err
}

// isUnsupported reports whether a store refuses to create an object on the condition that none exists.
func isUnsupported(err error) bool {
	if gcerrors.Code(err) == gcerrors.Unimplemented {
		return true
	}
	sdk, ok := errors.AsType[interface {
		error
		HTTPStatusCode() int
	}](err)
	return ok && sdk.HTTPStatusCode() == http.StatusNotImplemented
}
