package wrapper_test

import (
	"context"
	"fmt"
	"io"

	"gocloud.dev/blob/memblob"

	"github.com/go-downloadview/downloadview/wrapper"
)

// The first request generates the report and stores it. The key contains the version, because an object is never
// replaced.
func ExampleMaterialized() {
	cache := memblob.OpenBucket(nil) // or one by blob.OpenBucket, "s3://cache"
	defer cache.Close()
	drawn := 0
	report := wrapper.Materialized(wrapper.Func("report.txt", func(_ context.Context, w io.Writer) error {
		drawn++
		_, err := io.WriteString(w, "all is well")
		return err
	}), cache, "reports/2026-11-v3.txt")
	for range 2 {
		resp, err := report.Fetch(context.Background(), wrapper.Request{Range: "bytes=0-2"})
		if err != nil {
			panic(err)
		}
		part, _ := io.ReadAll(resp.Body)
		_ = resp.Close()
		fmt.Println(resp.Status, string(part), drawn)
	}
	// Output:
	// 206 all 1
	// 206 all 1
}
