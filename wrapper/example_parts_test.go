package wrapper_test

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"iter"
	"os"
	"strings"

	"gocloud.dev/blob/memblob"

	"github.com/go-downloadview/downloadview/wrapper"
)

// rows is a query of a database.
func rows(context.Context) iter.Seq2[string, error] {
	return func(yield func(string, error) bool) {
		_ = yield("1,pen", nil) && yield("2,ink", nil)
	}
}

// A report is generated while it is sent. It stops when its client leaves.
func ExampleFunc() {
	// docs: begin generator
	report := wrapper.Func("report.csv", func(ctx context.Context, w io.Writer) error {
		for row, err := range rows(ctx) {
			if err != nil {
				return err // the client sees a failed transfer, not a short file
			}
			if _, err := fmt.Fprintln(w, row); err != nil {
				return err
			}
		}
		return nil
	})
	// docs: end
	_, _ = report.Reader(context.Background()).WriteTo(os.Stdout)
	// Output:
	// 1,pen
	// 2,ink
}

// Content that a package of yours can read at any offset has ranges.
func ExampleReaderAt() {
	content := []byte("plain bytes of an encrypted file")
	decrypt := func(context.Context) (*bytes.Reader, error) { return bytes.NewReader(content), nil }
	// docs: begin readerat
	file := wrapper.ReaderAt("scan.pdf", func(ctx context.Context) (io.ReaderAt, int64, error) {
		r, err := decrypt(ctx)
		if err != nil {
			return nil, 0, err
		}
		size := r.Size()
		return r, size, nil
	}).WithInfo(wrapper.Info{ETag: `"42-v7"`}) // changes with the content
	// docs: end
	resp, err := file.Fetch(context.Background(), wrapper.Request{Range: "bytes=6-10"})
	if err != nil {
		panic(err)
	}
	defer resp.Close()
	_, _ = io.Copy(os.Stdout, resp.Body)
	fmt.Println(resp.Status, resp.Info.Size, resp.Info.ETag)
	// Output: bytes206 32 "42-v7"
}

// A section of an object, or a range of the section, costs one storage request.
func ExampleSection() {
	disk := wrapper.Bytes("disk.img", []byte("boot|partition|rest"))
	// docs: begin section
	partition := wrapper.Section("partition.img", disk, 5, 9) // 9 bytes from offset 5
	// docs: end
	_, _ = partition.Reader(context.Background()).WriteTo(os.Stdout)
	// Output: partition
}

// Several objects are one file, with ranges.
func ExampleConcat() {
	ctx := context.Background()
	b := memblob.OpenBucket(nil)
	defer b.Close()
	for _, day := range []string{"mon", "tue"} {
		_ = b.WriteAll(ctx, day+".log", []byte(strings.ToUpper(day)+"\n"), nil)
	}
	bucket := wrapper.NewBucket(b)
	// docs: begin concat
	week := wrapper.Concat("week.log",
		wrapper.Bytes("header", []byte("# one week\n")),
		bucket.File("mon.log"),
		bucket.File("tue.log"),
	)
	// docs: end
	resp, err := week.Fetch(ctx, wrapper.Request{Range: "bytes=2-13"})
	if err != nil {
		panic(err)
	}
	defer resp.Close()
	_, _ = io.Copy(os.Stdout, resp.Body)
	fmt.Println("of", resp.Info.Size)
	// Output:
	// one week
	// MONof 19
}
