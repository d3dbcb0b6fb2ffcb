// Package bucketkey knows which key of a store a key of a Go CDK bucket is: a bucket may be one prefix of the
// store's, or a single key, and its driver escapes what the store, or a path, could not hold.
package bucketkey

import (
	"context"
	"errors"
	"strings"
	"weak"

	"gocloud.dev/blob"
)

// Ask lets a bucket's driver begin to read a key and stops it when its request is made: the bucket's name in
// the store, and the key that the store would be asked for. It makes no request.
type Ask func(ctx context.Context, b *blob.Bucket, key string) (bucket, full string, err error)

// Keys are those of one bucket.
type Keys struct {
	ask    Ask
	prefix string
	single string // the only key of the bucket, if there is just one
	opaque bool   // only the driver can tell
	bucket weak.Pointer[blob.Bucket]
}

// The probes differ from the first byte to the last, so that no rule but a prefix fits both.
const (
	probe      = "downloadview"
	otherProbe = "probe/of-the-key"
)

// Learn finds out by two questions how a bucket's keys are made, and what the store calls the bucket.
func Learn(ctx context.Context, b *blob.Bucket, ask Ask) (bucket string, k Keys, err error) {
	bucket, one, err := ask(ctx, b, probe)
	if err != nil {
		return "", Keys{}, err
	}
	_, other, err := ask(ctx, b, otherProbe)
	if err != nil {
		return "", Keys{}, err
	}
	k.ask, k.bucket = ask, weak.Make(b)
	prefix, ok := strings.CutSuffix(one, probe)
	switch {
	case ok && other == prefix+otherProbe:
		k.prefix = prefix
	case one == other:
		k.single = one
	default:
		k.opaque = true
	}
	return bucket, k, nil
}

// InStore returns the store's key for a key of the bucket. The driver is asked only about those that it may
// escape.
func (k *Keys) InStore(ctx context.Context, key string) (string, error) {
	if k.single != "" {
		return k.single, nil
	}
	if full := k.prefix + key; !k.opaque && plain(full) {
		return full, nil
	}
	b := k.bucket.Value()
	if b == nil {
		return "", errors.New("the bucket is gone")
	}
	_, full, err := k.ask(ctx, b, key)
	return full, err
}

// plain reports whether every driver leaves a key as it is: what they escape are control characters, the
// slash of "../", and what looks like an escape already.
func plain(key string) bool {
	for i := range len(key) {
		if key[i] < ' ' {
			return false
		}
	}
	return !strings.Contains(key, "../") && !strings.Contains(key, "__0x")
}

var errAsked = errors.New("asked for the key only")

// Before is an Ask by Go CDK's BeforeRead, in which learn is given the driver's request.
func Before(learn func(as func(any) bool) (bucket, full string, ok bool)) Ask {
	return func(ctx context.Context, b *blob.Bucket, key string) (bucket, full string, err error) {
		r, err := b.NewReader(ctx, key, &blob.ReaderOptions{BeforeRead: func(as func(any) bool) error {
			var ok bool
			if bucket, full, ok = learn(as); !ok {
				return errors.New("the driver does not show its request")
			}
			return errAsked
		}})
		if err == nil {
			_ = r.Close()
			return "", "", errors.New("the driver does not let its request be seen")
		}
		if !errors.Is(err, errAsked) {
			return "", "", err
		}
		return bucket, full, nil
	}
}
