package archive_test

import (
	"archive/zip"
	"bytes"
	"context"
	"fmt"
	"io"
	"net/http"

	"gocloud.dev/blob/memblob"

	"github.com/go-downloadview/downloadview/wrapper"
	"github.com/go-downloadview/downloadview/wrapper/archive"
)

// A view returns one file of an archive like any other file. One Reader serves all archives of a program.
func ExampleReader() {
	ctx := context.Background()
	var buf bytes.Buffer
	z := zip.NewWriter(&buf)
	for _, name := range []string{"photos/1.jpg", "photos/2.jpg"} {
		w, _ := z.CreateHeader(&zip.FileHeader{Name: name, Method: zip.Store})
		_, _ = io.WriteString(w, "content of "+name)
	}
	_ = z.Close()
	b := memblob.OpenBucket(nil)
	defer b.Close()
	_ = b.WriteAll(ctx, "albums/42.zip", buf.Bytes(), nil)
	bucket := wrapper.NewBucket(b)

	// docs: begin entry
	var archives archive.Reader // one for the whole program: it remembers directories

	file := func(r *http.Request) *wrapper.File { // /albums/{id}/{name...}
		album := bucket.File("albums/" + r.PathValue("id") + ".zip")
		return archives.Entry(album, r.PathValue("name"))
	}
	// docs: end
	files, err := archives.List(ctx, bucket.File("albums/42.zip"))
	if err != nil {
		panic(err)
	}
	for f := range files {
		fmt.Println(f.Name, f.Size)
	}
	r := &http.Request{}
	r.SetPathValue("id", "42")
	r.SetPathValue("name", "photos/2.jpg")
	resp, err := file(r).Fetch(ctx, wrapper.Request{Range: "bytes=11-"})
	if err != nil {
		panic(err)
	}
	defer resp.Close()
	part, _ := io.ReadAll(resp.Body)
	fmt.Println(resp.Status, string(part))
	// Output:
	// photos/1.jpg 23
	// photos/2.jpg 23
	// 206 photos/2.jpg
}
