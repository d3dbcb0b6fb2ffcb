package archive_test

import (
	"context"
	"fmt"

	"gocloud.dev/blob/memblob"

	"github.com/go-downloadview/downloadview/wrapper"
	"github.com/go-downloadview/downloadview/wrapper/archive"
)

// A view returns an archive like any other file. Its length and its ranges follow from the metadata of its members.
func ExampleZip() {
	f := archive.Zip("reports.zip",
		archive.Member{File: wrapper.Bytes("2025/report.csv", []byte("a,b\n"))},
		archive.Member{Name: "../notes.txt", File: wrapper.Bytes("n", []byte("hello"))},
	)
	info, err := f.Stat(context.Background())
	fmt.Println(info.ContentType, info.Size, err)
	// Output: application/zip 263 <nil>
}

// All objects under a prefix, as a tar archive that can be resumed at any byte.
func ExamplePrefix() {
	ctx := context.Background()
	bucket := wrapper.NewBucket(memblob.OpenBucket(nil))
	defer bucket.Close()
	for _, key := range []string{"docs/a.txt", "docs/2025/b.txt", "other"} {
		if err := bucket.WriteAll(ctx, key, []byte(key), nil); err != nil {
			fmt.Println(err)
		}
	}
	options := archive.Options{MaxMembers: 1000, MaxBytes: 1 << 30}
	info, err := options.Tar("docs.tar", archive.Prefix(bucket, "docs/")).Stat(ctx)
	fmt.Println(info.ContentType, info.Size, err)
	// Output: application/x-tar 3072 <nil>
}

// Objects under a prefix, and a file that is in no bucket.
func ExampleZip_prefix() {
	ctx := context.Background()
	bucket := wrapper.NewBucket(memblob.OpenBucket(nil))
	defer bucket.Close()
	if err := bucket.WriteAll(ctx, "reports/2025/a.csv", []byte("a,b\n"), nil); err != nil {
		fmt.Println(err)
	}
	readme := wrapper.Bytes("readme.txt", []byte("hello"))
	// docs: begin archives
	f := archive.Zip("all.zip",
		archive.Prefix(bucket, "reports/2025/"),
		archive.Member{Name: "readme.txt", File: readme},
	)
	// docs: end
	info, err := f.Stat(ctx)
	fmt.Println(f.Name(), info.ContentType, err)
	// Output: all.zip application/zip <nil>
}

// A missing member is a list in the archive instead of a 404.
func ExampleOptions_skipMissing() {
	bucket := wrapper.NewBucket(memblob.OpenBucket(nil))
	defer bucket.Close()
	options := archive.Options{SkipMissing: true}
	f := options.Tar("all.tar", archive.Member{File: bucket.File("gone.txt")})
	info, err := f.Stat(context.Background())
	fmt.Println(info.Size, err)
	// Output: 2048 <nil>
}
