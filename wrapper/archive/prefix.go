package archive

import (
	"context"
	"fmt"
	"io"
	"iter"
	"strings"

	"gocloud.dev/blob"

	"github.com/go-downloadview/downloadview/wrapper"
)

// Prefix returns a Member that stands for all objects of a bucket whose keys begin with prefix, in the order of their keys.
// Each request lists them, one request for each page, and stops at MaxMembers or MaxBytes of the Options. Each object is
// then described with one request, because a listing has no entity-tag to pin the read to.
//
// The names in the archive are the keys after the last slash of prefix. A Name of the Member is a directory before them, and
// its Deflate applies to all. Objects whose keys end in a slash are folder markers and are left out.
func Prefix(bucket *wrapper.Bucket, prefix string) Member {
	return Member{list: func(ctx context.Context) iter.Seq2[listed, error] {
		return func(yield func(listed, error) bool) {
			dir := prefix[:strings.LastIndexByte(prefix, '/')+1]
			objects := bucket.List(&blob.ListOptions{Prefix: prefix})
			for {
				o, err := objects.Next(ctx)
				if err == io.EOF {
					return
				}
				if err != nil {
					yield(listed{}, fmt.Errorf("list %q: %w", prefix, err))
					return
				}
				if strings.HasSuffix(o.Key, "/") {
					continue
				}
				m := Member{Name: strings.TrimPrefix(o.Key, dir), File: bucket.File(o.Key)}
				if !yield(listed{m, o.Size}, nil) {
					return
				}
			}
		}
	}}
}
