package snippets_test

import (
	"context"
	"fmt"
	"io"
	"io/fs"
	"net/http"
	"os"
	"path/filepath"
	"time"

	"github.com/go-downloadview/downloadview/blobdownload"
	"github.com/go-downloadview/downloadview/wrapper"
)

type record struct {
	Key, Title, Type, ETag string
	Size                   int64
	Updated                time.Time
}

type table map[string]record

func (t table) find(_ context.Context, id string) (record, error) {
	rec, ok := t[id]
	if !ok {
		return rec, fs.ErrNotExist
	}
	return rec, nil
}

// One view for each kind of content.
func Example_views() {
	docs := store("docs=mem://", "2026/report.pdf")
	defer docs.Close(context.Background())
	db := table{"7": {Key: "2026/report.pdf", Title: "Report.pdf"}}
	dir, _ := os.MkdirTemp("", "manuals")
	defer os.RemoveAll(dir)
	_ = os.WriteFile(filepath.Join(dir, "a.txt"), []byte("manual"), 0o600)
	root, err := os.OpenRoot(dir)
	if err != nil {
		panic(err)
	}
	defer root.Close()
	var server blobdownload.Server
	mux := http.NewServeMux()

	// docs: begin views
	// An object in a storage: the URL has its key.
	mux.Handle("/docs/{key...}", server.Handler(
		blobdownload.StorageView(docs, blobdownload.PathValue("key"))))

	// A record of a database that names the object.
	mux.Handle("/reports/{id}", server.Handler(blobdownload.ObjectView(
		func(r *http.Request) (record, error) { return db.find(r.Context(), r.PathValue("id")) },
		func(rec record) (*blobdownload.Download, error) {
			return &blobdownload.Download{File: docs.File(rec.Key), Filename: rec.Title}, nil
		})))

	// A file below a directory.
	mux.Handle("/manuals/{name...}", server.Handler(
		blobdownload.PathView(root, blobdownload.PathValue("name"))))

	// Content that is generated while it is sent.
	mux.Handle("/hello.txt", server.Handler(blobdownload.VirtualView(
		func(*http.Request) (*wrapper.File, error) {
			return wrapper.Func("hello.txt", func(_ context.Context, w io.Writer) error {
				_, err := io.WriteString(w, "hello")
				return err
			}), nil
		})))
	// docs: end
	for _, path := range []string{"/docs/2026/report.pdf", "/reports/7", "/reports/8", "/manuals/a.txt", "/hello.txt"} {
		get(mux, path)
	}
	// Output:
	// 200 content of 2026/report.pdf
	// 200 content of 2026/report.pdf
	// 404 Not Found
	// 200 manual
	// 200 hello
}

// The methods of a view change its downloads.
func Example_composition() {
	docs := store("docs=mem://", "logo.png")
	defer docs.Close(context.Background())
	var server blobdownload.Server
	signedIn := func(*http.Request) error { return nil }
	// docs: begin composition
	view := blobdownload.StorageView(docs, blobdownload.PathValue("key")).
		Inline().                                       // shown, if the media type runs no code
		Cached(blobdownload.Private(10 * time.Minute)). // Cache-Control
		With(func(r *http.Request, d *blobdownload.Download) error {
			if r.URL.Query().Has("save") {
				d.Inline = false
			}
			return nil
		}).
		Authorized(signedIn) // runs first
	// docs: end
	mux := http.NewServeMux()
	mux.Handle("/{key}", server.Handler(view))
	get(mux, "/logo.png", "Content-Disposition", "Cache-Control")
	get(mux, "/logo.png?save", "Content-Disposition")
	// Output:
	// 200 content of logo.png
	// Content-Disposition: inline; filename="logo.png"
	// Cache-Control: private, max-age=600
	// 200 content of logo.png
	// Content-Disposition: attachment; filename="logo.png"
}

// A handler of the application decides between a page and a download.
func Example_handler() {
	docs := store("docs=mem://", "a.txt")
	defer docs.Close(context.Background())
	var server blobdownload.Server
	// docs: begin handler
	handler := func(w http.ResponseWriter, r *http.Request) {
		d := &blobdownload.Download{File: docs.File("a.txt")}
		if err := server.Serve(w, r, d); err != nil {
			server.Error(w, r, err) // nothing has been sent yet
		}
	}
	// docs: end
	get(http.HandlerFunc(handler), "/")
	// Output: 200 content of a.txt
}

// Metadata of the application's records spares lookups.
func Example_metadata() {
	ctx := context.Background()
	docs := store("docs=mem://")
	defer docs.Close(ctx)
	body := "content"
	insert := func(record) error { return nil }
	save := func() error {
		// docs: begin upload
		w, err := docs.Bucket.NewWriter(ctx, "2026/report.txt", nil)
		if err != nil {
			return err
		}
		if _, err := io.WriteString(w, body); err != nil {
			_ = w.Close()
			return err
		}
		if err := w.Close(); err != nil {
			return err
		}
		info, err := docs.File("2026/report.txt").Stat(ctx) // one request, once per upload
		if err != nil {
			return err
		}
		return insert(record{Key: "2026/report.txt", Size: info.Size, ETag: info.ETag, Updated: info.ModTime, Type: info.ContentType})
		// docs: end
	}
	fmt.Println(save())
	stored, err := docs.File("2026/report.txt").Stat(ctx)
	if err != nil {
		panic(err)
	}
	rec := record{Key: "2026/report.txt", Size: stored.Size, ETag: stored.ETag, Updated: stored.ModTime, Type: "text/plain"}
	// docs: begin withinfo
	file := docs.File(rec.Key).WithInfo(wrapper.Info{
		Size:        rec.Size, // 0 is unset: the metadata of an empty file is requested
		ETag:        rec.ETag, // with its quotes, as the storage sends it
		ModTime:     rec.Updated,
		ContentType: rec.Type,
	})
	// docs: end
	info, err := file.Stat(ctx)
	fmt.Println(info.Size, info.ContentType, err)
	// Output:
	// <nil>
	// 7 text/plain <nil>
}
