package snippets_test

import (
	"context"
	"fmt"
	"io"
	"io/fs"
	"net/http"

	"github.com/go-downloadview/downloadview/blobdownload"
	"github.com/go-downloadview/downloadview/wrapper"
)

// A thumbnail is scaled for the first request, and an object of a bucket from then on.
func Example_materialized() {
	cache := store("cache=mem://").Bucket
	defer cache.Close()
	scaled := 0
	scale := func(_ context.Context, w io.Writer, v wrapper.Variant) error {
		scaled++
		_, err := io.WriteString(w, v.Params["w"]+" pixels wide")
		return err
	}
	// docs: begin thumbnails
	thumbnails := &wrapper.Materializer{Bucket: cache, Store: "thumbnails"} // one for the program

	view := func(r *http.Request) (*blobdownload.Download, error) {
		v, err := wrapper.ParseVariant(r.PathValue("key")) // "photos/42.jpg/v7,h=300,w=400"
		if err != nil {
			return nil, fs.ErrNotExist
		}
		picture := wrapper.Func(v.Name, func(ctx context.Context, w io.Writer) error { return scale(ctx, w, v) })
		return &blobdownload.Download{File: thumbnails.File(picture, v.Key()), Inline: true}, nil
	}
	// docs: end
	mux := http.NewServeMux()
	mux.Handle("/{key...}", (&blobdownload.Server{Logger: quiet}).Handler(view))
	get(mux, "/photos/42.jpg/v7,h=300,w=400")
	_ = thumbnails.Shutdown(context.Background())
	get(mux, "/photos/42.jpg/v7,h=300,w=400")
	get(mux, "/photos/42.jpg")
	fmt.Println("scaled", scaled)
	// Output:
	// 200 400 pixels wide
	// 200 400 pixels wide
	// 404 Not Found
	// scaled 1
}
