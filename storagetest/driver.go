package storagetest

import (
	"context"
	"time"

	"gocloud.dev/blob"
	"gocloud.dev/blob/driver"
	"gocloud.dev/gcerrors"

	"github.com/go-downloadview/downloadview/wrapper"
)

// driverBucket is a Go CDK driver that forwards every call to another bucket, applies a script's faults and records
// it.
type driverBucket struct {
	inner    *blob.Bucket
	recorder *Recorder
	script   *Script

	store     wrapper.Store // direct route of the inner bucket; nil if its provider has none
	unclaimed *blob.Bucket  // set during claim
}

// claim records the direct route of the bucket's provider, if it has one. During the claim, As hides the inner
// bucket from the other providers. Otherwise they would bypass the recorder.
func (d *driverBucket) claim(b *blob.Bucket) {
	d.store, d.unclaimed = wrapper.NewBucket(d.inner).Store(), b
	_ = wrapper.NewBucket(b).Store()
	d.unclaimed = nil
}

func (d *driverBucket) As(i any) bool {
	if p, ok := i.(**driverBucket); ok {
		*p = d
		return d.unclaimed != nil
	}
	return d.unclaimed == nil && d.inner.As(i)
}

func (d *driverBucket) ErrorAs(err error, i any) bool { return d.inner.ErrorAs(err, i) }

func (d *driverBucket) ErrorCode(err error) gcerrors.ErrorCode { return errorCode(err) }

func (d *driverBucket) Close() error { return nil }

// before applies the faults that take effect before a call.
func (a activeFaults) before(ctx context.Context) (context.Context, error) {
	if f, ok := a.take(fail); ok {
		return ctx, f.err
	}
	if f, ok := a.take(status); ok {
		return ctx, f.err
	}
	if _, ok := a.take(ignoreContext); ok {
		return context.WithoutCancel(ctx), nil
	}
	return ctx, nil
}

// call makes a call without a reader or writer.
func (d *driverBucket) call(ctx context.Context, op Op, key string, call func(context.Context, activeFaults) error) error {
	a := d.script.match(op, key)
	ctx, err := a.before(ctx)
	if err == nil {
		err = call(ctx, a)
	}
	d.recorder.finish(Call{Op: op, Key: key}, err)
	return err
}

func (d *driverBucket) Attributes(ctx context.Context, key string) (*driver.Attributes, error) {
	var attrs *driver.Attributes
	err := d.call(ctx, OpStat, key, func(ctx context.Context, a activeFaults) error {
		got, err := d.inner.Attributes(ctx, key)
		if err != nil {
			return err
		}
		attrs = driverAttributes(got)
		a.attributes(attrs)
		return nil
	})
	return attrs, err
}

func driverAttributes(a *blob.Attributes) *driver.Attributes {
	return &driver.Attributes{
		CacheControl:       a.CacheControl,
		ContentDisposition: a.ContentDisposition,
		ContentEncoding:    a.ContentEncoding,
		ContentLanguage:    a.ContentLanguage,
		ContentType:        a.ContentType,
		Metadata:           a.Metadata,
		CreateTime:         a.CreateTime,
		ModTime:            a.ModTime,
		Size:               a.Size,
		MD5:                a.MD5,
		ETag:               a.ETag,
		AsFunc:             a.As,
	}
}

// otherTag is the entity-tag of ChangeValidators. otherTime is added to the modification time.
const (
	otherTag  = `"changed-by-storagetest"`
	otherTime = time.Hour
)

func (a activeFaults) attributes(attrs *driver.Attributes) {
	if f, ok := a.take(resize); ok {
		attrs.Size += f.n
	}
	if _, ok := a.take(stripValidators); ok {
		attrs.ETag, attrs.ModTime, attrs.MD5 = "", time.Time{}, nil
	}
	if _, ok := a.take(changeValidators); ok {
		attrs.ETag, attrs.ModTime = otherTag, attrs.ModTime.Add(otherTime)
	}
}

// pageSize is the default page size of a list.
const pageSize = 1000

func (d *driverBucket) ListPaged(ctx context.Context, opts *driver.ListOptions) (*driver.ListPage, error) {
	page := &driver.ListPage{}
	err := d.call(ctx, OpList, opts.Prefix, func(ctx context.Context, _ activeFaults) error {
		token, size := opts.PageToken, opts.PageSize
		if len(token) == 0 {
			token = blob.FirstPageToken
		}
		if size == 0 {
			size = pageSize
		}
		objects, next, err := d.inner.ListPage(ctx, token, size, &blob.ListOptions{
			Prefix: opts.Prefix, Delimiter: opts.Delimiter, BeforeList: opts.BeforeList,
		})
		page.NextPageToken = next
		for _, o := range objects {
			page.Objects = append(page.Objects, &driver.ListObject{
				Key: o.Key, ModTime: o.ModTime, Size: o.Size, MD5: o.MD5, IsDir: o.IsDir, AsFunc: o.As,
			})
		}
		return err
	})
	return page, err
}

func (d *driverBucket) Copy(ctx context.Context, dstKey, srcKey string, opts *driver.CopyOptions) error {
	return d.call(ctx, OpCopy, srcKey, func(ctx context.Context, _ activeFaults) error {
		return d.inner.Copy(ctx, dstKey, srcKey, &blob.CopyOptions{BeforeCopy: opts.BeforeCopy})
	})
}

func (d *driverBucket) Delete(ctx context.Context, key string, opts *driver.DeleteOptions) error {
	return d.call(ctx, OpDelete, key, func(ctx context.Context, _ activeFaults) error {
		return d.inner.DeleteWithOptions(ctx, key, &blob.DeleteOptions{BeforeDelete: opts.BeforeDelete})
	})
}

func (d *driverBucket) SignedURL(ctx context.Context, key string, opts *driver.SignedURLOptions) (signed string, err error) {
	err = d.call(ctx, OpSign, key, func(ctx context.Context, _ activeFaults) error {
		signed, err = d.inner.SignedURL(ctx, key, &blob.SignedURLOptions{
			Expiry: opts.Expiry, Method: opts.Method, ContentType: opts.ContentType,
			EnforceAbsentContentType: opts.EnforceAbsentContentType, BeforeSign: opts.BeforeSign,
		})
		return err
	})
	return signed, err
}
