package blobdownload_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"

	_ "gocloud.dev/blob/memblob"

	"github.com/go-downloadview/downloadview/blobdownload"
	"github.com/go-downloadview/downloadview/wrapper"
)

// show prints a handler's response to a GET request.
func show(h http.Handler, target string, fields ...string) {
	w := httptest.NewRecorder()
	h.ServeHTTP(w, httptest.NewRequest(http.MethodGet, target, http.NoBody))
	fmt.Println(w.Code)
	for _, f := range fields {
		fmt.Printf("%s: %s\n", f, w.Header().Get(f))
	}
	body, _ := io.ReadAll(w.Body)
	fmt.Printf("%s\n", body)
}

// sample opens a storage in memory with one object in it.
func sample() *blobdownload.Storage {
	ctx := context.Background()
	s, err := blobdownload.OpenStorage(ctx, "docs=mem://")
	if err != nil {
		panic(err)
	}
	if err := s.Bucket.WriteAll(ctx, "2024/report.txt", []byte("all is well"), nil); err != nil {
		panic(err)
	}
	return s
}

func ExampleServer() {
	docs := sample()
	defer docs.Close(context.Background())

	var server blobdownload.Server
	mux := http.NewServeMux()
	mux.Handle("/docs/{key...}", server.Handler(blobdownload.StorageView(docs, blobdownload.PathValue("key"))))

	show(mux, "/docs/2024/report.txt", "Content-Disposition", "Content-Length", "Accept-Ranges")
	// Output:
	// 200
	// Content-Disposition: attachment; filename="report.txt"
	// Content-Length: 11
	// Accept-Ranges: bytes
	// all is well
}

func ExampleStorageView() {
	docs := sample()
	defer docs.Close(context.Background())
	view := blobdownload.StorageView(docs, func(r *http.Request) string { return r.URL.Query().Get("year") + "/report.txt" })

	var server blobdownload.Server
	show(server.Handler(view), "/?year=2024")
	// Output:
	// 200
	// all is well
}

func ExampleObjectView() {
	docs := sample()
	defer docs.Close(context.Background())
	type report struct {
		Key, Title string
		Size       int64
	}
	reports := map[string]report{"7": {Key: "2024/report.txt", Title: "Report of 2024.txt", Size: 11}}

	view := blobdownload.ObjectView(func(r *http.Request) (report, error) {
		rec, ok := reports[r.URL.Query().Get("id")]
		if !ok {
			return rec, fs.ErrNotExist
		}
		return rec, nil
	}, func(rec report) (*blobdownload.Download, error) {
		return &blobdownload.Download{
			File:     docs.File(rec.Key).WithInfo(wrapper.Info{Size: rec.Size}),
			Filename: rec.Title,
		}, nil
	})

	var server blobdownload.Server
	show(server.Handler(view), "/?id=7", "Content-Disposition")
	// Output:
	// 200
	// Content-Disposition: attachment; filename="Report of 2024.txt"
	// all is well
}

func ExampleVirtualView() {
	view := blobdownload.VirtualView(func(r *http.Request) (*wrapper.File, error) {
		user := r.URL.Query().Get("user")
		return wrapper.Func("hello.txt", func(_ context.Context, w io.Writer) error {
			_, err := fmt.Fprintf(w, "Hello, %s!", user)
			return err
		}), nil
	})

	var server blobdownload.Server
	show(server.Handler(view), "/?user=Ada", "Content-Type")
	// Output:
	// 200
	// Content-Type: text/plain; charset=utf-8
	// Hello, Ada!
}

func ExamplePathView() {
	dir, err := os.MkdirTemp("", "public")
	if err != nil {
		panic(err)
	}
	defer os.RemoveAll(dir)
	if err := os.WriteFile(filepath.Join(dir, "notes.txt"), []byte("remember"), 0o600); err != nil {
		panic(err)
	}
	root, err := os.OpenRoot(dir)
	if err != nil {
		panic(err)
	}
	defer root.Close()

	var server blobdownload.Server
	h := server.Handler(blobdownload.PathView(root, func(r *http.Request) string { return r.URL.Query().Get("name") }))
	show(h, "/?name=notes.txt")
	show(h, "/?name=../../etc/passwd")
	// Output:
	// 200
	// remember
	// 404
	// Not Found
}

func ExampleDownload() {
	d := &blobdownload.Download{
		File:     wrapper.Bytes("chart.png", []byte("…")),
		Filename: "été.png",
		Inline:   true,
		Header:   http.Header{"Cache-Control": {"private, max-age=60"}},
	}
	var server blobdownload.Server
	h := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if err := server.Serve(w, r, d); err != nil {
			server.Error(w, r, err)
		}
	})
	show(h, "/", "Content-Type", "Content-Disposition", "Cache-Control")
	// Output:
	// 200
	// Content-Type: image/png
	// Content-Disposition: inline; filename="_t_.png"; filename*=UTF-8''%C3%A9t%C3%A9.png
	// Cache-Control: private, max-age=60
	// …
}

func ExampleOpenStorage() {
	ctx := context.Background()
	s, err := blobdownload.OpenStorage(ctx, "avatars=mem://")
	if err != nil {
		panic(err)
	}
	defer s.Close(ctx)
	fmt.Println(s.Name, s.Check(ctx))

	_, err = blobdownload.OpenStorage(ctx, "s3://my-docs")
	fmt.Println(err)
	// Output:
	// avatars <nil>
	// storage "default": no driver for scheme "s3": import _ "github.com/go-downloadview/downloadview/wrapper/s3"
}

func ExampleOptimize() {
	toNginx := blobdownload.OptimizerFunc(func(_ *http.Request, d *blobdownload.Download) (*blobdownload.Redirect, error) {
		at := d.File.Location()
		if at.Store != "docs" {
			return nil, nil //nolint:nilnil // not ours: it is streamed
		}
		return &blobdownload.Redirect{Header: http.Header{"X-Accel-Redirect": {"/protected/" + at.Key}}}, nil
	})
	docs := sample()
	defer docs.Close(context.Background())

	var server blobdownload.Server
	view := blobdownload.StorageView(docs, func(*http.Request) string { return "2024/report.txt" })
	show(blobdownload.Optimize(toNginx)(server.Handler(view)), "/", "X-Accel-Redirect", "Content-Disposition")
	// Output:
	// 200
	// X-Accel-Redirect: /protected/2024/report.txt
	// Content-Disposition: attachment; filename="report.txt"
}

func ExampleView_Cached() {
	view := blobdownload.VirtualView(func(*http.Request) (*wrapper.File, error) {
		return wrapper.Bytes("logo.png", []byte("…")), nil
	}).Inline().Cached(func(*blobdownload.Download) string { return "public, max-age=86400, immutable" })

	var server blobdownload.Server
	show(server.Handler(view), "/", "Cache-Control", "Content-Disposition")
	// Output:
	// 200
	// Cache-Control: public, max-age=86400, immutable
	// Content-Disposition: inline; filename="logo.png"
	// …
}

func ExampleView_Authorized() {
	docs := sample()
	defer docs.Close(context.Background())
	view := blobdownload.StorageView(docs, func(*http.Request) string { return "2024/report.txt" }).
		Authorized(func(r *http.Request) error {
			switch r.URL.Query().Get("user") {
			case "ada":
				return nil
			case "":
				return &blobdownload.StatusError{Status: http.StatusUnauthorized, Err: errors.New("not signed in")}
			default:
				return fs.ErrNotExist // hides that the file exists
			}
		})

	server := quietServer()
	show(server.Handler(view), "/?user=ada")
	show(server.Handler(view), "/?user=eve")
	show(server.Handler(view), "/")
	// Output:
	// 200
	// all is well
	// 404
	// Not Found
	//
	// 401
	// Unauthorized
}
