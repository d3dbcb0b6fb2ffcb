package wrapper_test

import (
	"context"
	"fmt"
	"io"

	_ "gocloud.dev/blob/memblob" // mem://

	"github.com/go-downloadview/downloadview/wrapper"
)

func ExampleBucket() {
	ctx := context.Background()
	b, err := wrapper.OpenBucket(ctx, "mem://")
	if err != nil {
		fmt.Println(err)
		return
	}
	defer b.Close()
	if err := b.WriteAll(ctx, "2026/report.txt", []byte("0123456789"), nil); err != nil { // a method of *blob.Bucket
		fmt.Println(err)
		return
	}

	f := b.File("2026/report.txt").WithStore("docs") // no request yet
	resp, err := f.Fetch(ctx, wrapper.Request{Range: "bytes=2-4"})
	if err != nil {
		fmt.Println(err)
		return
	}
	defer resp.Close()
	part, err := io.ReadAll(resp.Body)
	fmt.Println(resp.Status, string(part), err)

	at := f.Location()
	fmt.Println(at.Store, at.Key, at.Bucket == b.ID())
	// Output:
	// 206 234 <nil>
	// docs 2026/report.txt true
}
