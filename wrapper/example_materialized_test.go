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
func ExampleMaterializer() {
	cache := memblob.OpenBucket(nil) // or one by blob.OpenBucket, "s3://cache"
	defer cache.Close()
	drawn := 0
	reports := &wrapper.Materializer{Bucket: wrapper.NewBucket(cache)}
	report := reports.File(wrapper.Func("report.txt", func(_ context.Context, w io.Writer) error {
		drawn++
		_, err := io.WriteString(w, "all is well")
		return err
	}), "reports/2026-11-v3.txt")
	for _, state := range []string{"generated", "stored"} {
		resp, err := report.Fetch(context.Background(), wrapper.Request{})
		if err != nil {
			panic(err)
		}
		content, _ := io.ReadAll(resp.Body)
		_ = resp.Close()
		fmt.Println(state, string(content), drawn, resp.Info.ETag != "")
		if state == "generated" {
			_ = reports.Shutdown(context.Background()) // at the end of a program: waits for uploads
		}
	}
	// Output:
	// generated all is well 1 false
	// stored all is well 1 true
}
