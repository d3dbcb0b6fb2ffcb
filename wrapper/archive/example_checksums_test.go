package archive_test

import (
	"context"
	"fmt"
	"io"

	"gocloud.dev/blob/memblob"

	"github.com/go-downloadview/downloadview/wrapper"
	"github.com/go-downloadview/downloadview/wrapper/archive"
)

// countedChecksums counts what is stored.
type countedChecksums struct {
	archive.Checksums
	saved int
}

func (c *countedChecksums) Save(ctx context.Context, key string, value []byte) error {
	c.saved++
	return c.Checksums.Save(ctx, key, value)
}

// A zip archive needs the CRC-32 of each member. Once they are stored, a resumed download does not read the members before.
func ExampleChecksums() {
	ctx := context.Background()
	bucket := wrapper.NewBucket(memblob.OpenBucket(nil))
	defer bucket.Close()
	if err := bucket.WriteAll(ctx, "a.txt", []byte("all is well"), nil); err != nil {
		panic(err)
	}
	checksums := &countedChecksums{Checksums: archive.BucketChecksums(bucket, "_checksums/")}
	options := archive.Options{Checksums: checksums}
	for range 2 {
		resp, err := options.Zip("all.zip", archive.Member{File: bucket.File("a.txt")}).Fetch(ctx, wrapper.Request{})
		if err != nil {
			panic(err)
		}
		n, err := io.Copy(io.Discard, resp.Body)
		_ = resp.Close()
		fmt.Println(n, err, checksums.saved)
	}
	// Output:
	// 158 <nil> 1
	// 158 <nil> 1
}
