// Package bucketkey maps a key of a Go CDK bucket to the key of the storage. A bucket may have a prefix or a single
// key, and its driver escapes characters that the storage or a path cannot contain.
package bucketkey

import (
	"context"
	"errors"
	"strings"
	"weak"

	"gocloud.dev/blob"
)

// Probe starts a read of a key and stops the driver before it sends the request. It returns the name of the bucket in
// the storage and the key in the driver's request.
type Probe func(ctx context.Context, b *blob.Bucket, key string) (bucket, full string, err error)

// Keys maps the keys of one bucket.
type Keys struct {
	probe  Probe
	prefix string
	single string // the only key of the bucket, if there is just one
	opaque bool   // only the driver can map a key
	bucket weak.Pointer[blob.Bucket]
}

// The probes differ in every byte, so only a prefix fits both.
const (
	probeKey      = "downloadview"
	otherProbeKey = "probe/of-the-key"
)

// Learn derives the mapping of a bucket from two probes. It also returns the name of the bucket in the storage.
func Learn(ctx context.Context, b *blob.Bucket, probe Probe) (bucket string, k Keys, err error) {
	bucket, one, err := probe(ctx, b, probeKey)
	if err != nil {
		return "", Keys{}, err
	}
	_, other, err := probe(ctx, b, otherProbeKey)
	if err != nil {
		return "", Keys{}, err
	}
	k.probe, k.bucket = probe, weak.Make(b)
	prefix, ok := strings.CutSuffix(one, probeKey)
	switch {
	case ok && other == prefix+otherProbeKey:
		k.prefix = prefix
	case one == other:
		k.single = one
	default:
		k.opaque = true
	}
	return bucket, k, nil
}

// InStore returns the key of the storage for a key of the bucket. It uses the driver only for a key that the driver
// may escape.
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
	_, full, err := k.probe(ctx, b, key)
	return full, err
}

// plain reports whether no driver escapes a key. Drivers escape control characters, the slash of "../", and text
// that looks like an escape.
func plain(key string) bool {
	for i := range len(key) {
		if key[i] < ' ' {
			return false
		}
	}
	return !strings.Contains(key, "../") && !strings.Contains(key, "__0x")
}

var errProbed = errors.New("key only")

// Before returns a Probe that uses Go CDK's BeforeRead. learn gets the As function of the driver's request.
func Before(learn func(as func(any) bool) (bucket, full string, ok bool)) Probe {
	return func(ctx context.Context, b *blob.Bucket, key string) (bucket, full string, err error) {
		r, err := b.NewReader(ctx, key, &blob.ReaderOptions{BeforeRead: func(as func(any) bool) error {
			var ok bool
			if bucket, full, ok = learn(as); !ok {
				return errors.New("the driver does not show its request")
			}
			return errProbed
		}})
		if err == nil {
			_ = r.Close()
			return "", "", errors.New("the driver does not let its request be seen")
		}
		if !errors.Is(err, errProbed) {
			return "", "", err
		}
		return bucket, full, nil
	}
}
