package wrapper_test

import (
	"context"
	"fmt"
	"io"

	"gocloud.dev/blob/memblob"

	"github.com/go-downloadview/downloadview/wrapper"
)

// An object that the new bucket does not have yet is read from the old one.
func ExampleFirstOf() {
	ctx := context.Background()
	now, before := wrapper.NewBucket(memblob.OpenBucket(nil)), wrapper.NewBucket(memblob.OpenBucket(nil))
	defer now.Close()
	defer before.Close()
	_ = now.WriteAll(ctx, "moved.txt", []byte("new"), nil)
	_ = before.WriteAll(ctx, "moved.txt", []byte("old"), nil)
	_ = before.WriteAll(ctx, "waiting.txt", []byte("old"), nil)

	either := &wrapper.FirstOf{} // one for the program
	for _, key := range []string{"moved.txt", "waiting.txt"} {
		r := either.File(now.File(key), before.File(key)).Reader(ctx)
		content, err := io.ReadAll(r)
		fmt.Println(key, string(content), err)
		_ = r.Close()
	}
	// Output:
	// moved.txt new <nil>
	// waiting.txt old <nil>
}
