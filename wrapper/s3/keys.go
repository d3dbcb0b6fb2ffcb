package s3

import (
	"context"
	"errors"
	"strings"
	"weak"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"gocloud.dev/blob"
)

// keys knows which key of the store a key of the bucket is.
type keys struct {
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

// learnKeys asks the driver of a bucket what it would ask its client for. No request is made.
func learnKeys(ctx context.Context, b *blob.Bucket) (bucket string, k keys, err error) {
	bucket, one, err := ask(ctx, b, probe)
	if err != nil {
		return "", keys{}, err
	}
	_, other, err := ask(ctx, b, otherProbe)
	if err != nil {
		return "", keys{}, err
	}
	k.bucket = weak.Make(b)
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

// inStore returns the store's key for a key of the bucket.
func (k *keys) inStore(ctx context.Context, key string) (string, error) {
	if k.single != "" {
		return k.single, nil
	}
	if full := k.prefix + key; !k.opaque && plain(full) {
		return full, nil
	}
	b := k.bucket.Value()
	if b == nil {
		return "", errors.New("s3: the bucket is gone")
	}
	_, full, err := ask(ctx, b, key)
	return full, err
}

// plain reports whether the driver leaves a key as it is: it escapes control characters, the slash of
// "../", and what looks like an escape already.
func plain(key string) bool {
	for i := range len(key) {
		if key[i] < ' ' {
			return false
		}
	}
	return !strings.Contains(key, "../") && !strings.Contains(key, "__0x")
}

var errAsked = errors.New("s3: asked for the key only")

// ask lets the driver begin to read a key, and stops it when its input is made.
func ask(ctx context.Context, b *blob.Bucket, key string) (bucket, full string, err error) {
	r, err := b.NewReader(ctx, key, &blob.ReaderOptions{BeforeRead: func(as func(any) bool) error {
		var in *s3.GetObjectInput
		if !as(&in) {
			return errors.New("s3: the driver has no input of GetObject")
		}
		bucket, full = aws.ToString(in.Bucket), aws.ToString(in.Key)
		return errAsked
	}})
	if err == nil {
		_ = r.Close()
		return "", "", errors.New("s3: the driver does not let its input be seen")
	}
	if !errors.Is(err, errAsked) {
		return "", "", err
	}
	return bucket, full, nil
}
