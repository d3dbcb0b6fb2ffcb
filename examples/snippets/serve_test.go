package snippets_test

import (
	"archive/zip"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"path"
	"path/filepath"
	"strings"
	"time"

	"gocloud.dev/blob"

	"github.com/go-downloadview/downloadview/blobdownload"
	"github.com/go-downloadview/downloadview/proxy"
	"github.com/go-downloadview/downloadview/wrapper"
	"github.com/go-downloadview/downloadview/wrapper/archive"
)

// Storages are opened by URL; the imports select the providers.
func Example_storageURLs() {
	ctx := context.Background()
	open := func() error {
		// docs: begin storages
		// import _ "github.com/go-downloadview/downloadview/wrapper/s3" // s3://
		// import _ "gocloud.dev/blob/fileblob"                          // file://
		// import _ "gocloud.dev/blob/memblob"                           // mem://
		storages, err := blobdownload.OpenStorages(ctx,
			"docs=mem://", // in production "docs=s3://my-docs?region=eu-west-1"
			"avatars=mem://",
		)
		if err != nil {
			return err
		}
		defer storages.Close(ctx)
		if err := storages.Check(ctx); err != nil { // finds a missing bucket and wrong credentials at start
			return err
		}
		docs := storages.Get("docs")
		// docs: end
		fmt.Println(docs.Name)
		return nil
	}
	fmt.Println(open())
	// Output:
	// docs
	// <nil>
}

// Each rule of an optimizer is checked when the program starts.
func Example_offloading() {
	docs := store("docs=mem://", "films/day.mp4", "a.txt")
	defer docs.Close(context.Background())
	start := func() (*blobdownload.Server, error) {
		// docs: begin offloading
		nginx := proxy.When(
			&proxy.XAccel{Mounts: []proxy.Mount{{Store: "docs", Prefix: "films/", Location: "/_films/"}}},
			proxy.ForClient(proxy.ClientMatch{Header: "X-Edge-Proof", Value: "change-this-proof"}),
		)
		if err := proxy.Validate(nginx, "docs"); err != nil {
			return nil, err
		}
		return &blobdownload.Server{Optimizer: nginx}, nil
		// docs: end
	}
	server, err := start()
	if err != nil {
		panic(err)
	}
	h := server.Handler(blobdownload.StorageView(docs, func(r *http.Request) string { return r.URL.Path[1:] }))
	for _, path := range []string{"/films/day.mp4", "/a.txt"} {
		r := httptest.NewRequest(http.MethodGet, path, http.NoBody)
		r.Header.Set("X-Edge-Proof", "change-this-proof")
		request(h, r, "X-Accel-Redirect")
	}
	// Output:
	// 200
	// X-Accel-Redirect: /_films/day.mp4
	// 200 content of a.txt
	// X-Accel-Redirect:
}

// The playlist is streamed, so that its relative URLs lead back to the application. Segments are redirected.
func Example_hls() {
	films := store("films=mem://", "day/index.m3u8", "day/001.ts")
	defer films.Close(context.Background())
	films.Signer = signer()
	// docs: begin hls
	segments := proxy.When(&proxy.Presign{}, proxy.RuleFunc(func(_ *http.Request, d *blobdownload.Download) bool {
		return !strings.HasSuffix(d.File.Name(), ".m3u8") // playlists have relative URLs: stream them
	}))
	server := &blobdownload.Server{Optimizer: segments}
	// docs: end
	mux := http.NewServeMux()
	mux.Handle("/films/{key...}", server.Handler(blobdownload.StorageView(films, blobdownload.PathValue("key"))))
	get(mux, "/films/day/index.m3u8")
	w := httptest.NewRecorder()
	mux.ServeHTTP(w, httptest.NewRequest(http.MethodGet, "/films/day/001.ts", http.NoBody))
	fmt.Println(w.Code, strings.HasPrefix(w.Header().Get("Location"), "https://files.example/dl/"))
	// Output:
	// 200 content of day/index.m3u8
	// 302 true
}

// Limits protect the server and the storage.
func Example_limits() {
	docs := store("docs=mem://", "a.txt")
	defer docs.Close(context.Background())
	// docs: begin serverlimits
	server := &blobdownload.Server{
		WriteTimeout: time.Minute, // of a client that accepts no data
		MinRate:      16 << 10,    // bytes per second, in the long run
		Limit: &blobdownload.ClientLimit{
			PerClient: 16,                                                                // 429
			Total:     2000,                                                              // 503
			Client:    func(r *http.Request) string { return r.Header.Get("X-Real-Ip") }, // behind a proxy that sets it
		},
	}
	docs.Limiter = wrapper.NewLimiter(200, 5*time.Second) // connections to the storage; a longer wait is a 503
	docs.ReadOptions = wrapper.ReadOptions{FirstByteTimeout: 10 * time.Second, StallTimeout: 15 * time.Second}
	// docs: end
	get(server.Handler(blobdownload.StorageView(docs, func(*http.Request) string { return "a.txt" })), "/")
	// Output: 200 content of a.txt
}

// Results are counted and logged.
func Example_observability() {
	docs := store("docs=mem://", "a.txt")
	defer docs.Close(context.Background())
	// docs: begin observe
	server := &blobdownload.Server{
		Logger: slog.New(slog.DiscardHandler), // nil: slog.Default()
		Observe: func(r *http.Request, res blobdownload.Result) {
			fmt.Println(r.Pattern, res.Status, res.Bytes, res.Requests, res.Err) // of an offloaded download, Bytes is -1
		},
		// TracerProvider and MeterProvider: nil means OpenTelemetry's global providers
	}
	// docs: end
	mux := http.NewServeMux()
	mux.Handle("GET /docs/{key}", server.Handler(blobdownload.StorageView(docs, blobdownload.PathValue("key"))))
	get(mux, "/docs/a.txt")
	// Output:
	// GET /docs/{key} 200 16 0 <nil>
	// 200 content of a.txt
}

// A download is counted when its client has all of it.
func Example_counting() {
	docs := store("docs=mem://", "a.txt")
	defer docs.Close(context.Background())
	counted := map[string]int{}
	// docs: begin counting
	server := &blobdownload.Server{Observe: func(r *http.Request, res blobdownload.Result) {
		whole := r.Method == http.MethodGet && res.Status == http.StatusOK && res.Err == nil && res.Redirect == nil
		if whole {
			counted[res.Download.File.Location().Key]++ // a database in production, outside the request's context
		}
	}}
	// docs: end
	h := server.Handler(blobdownload.StorageView(docs, func(*http.Request) string { return "a.txt" }))
	get(h, "/")
	r := httptest.NewRequest(http.MethodGet, "/", http.NoBody)
	r.Header.Set("Range", "bytes=0-6")
	request(h, r)
	fmt.Println(counted["a.txt"])
	// Output:
	// 200 content of a.txt
	// 206 content
	// 1
}

// http.FileServer and this library serve one directory.
func Example_fileServer() {
	dir, err := os.MkdirTemp("", "public")
	if err != nil {
		panic(err)
	}
	defer os.RemoveAll(dir)
	if err := os.WriteFile(filepath.Join(dir, "a.txt"), []byte("hello"), 0o600); err != nil {
		panic(err)
	}
	start := func(mux *http.ServeMux) error {
		// docs: begin fileserver
		// before: mux.Handle("/public/", http.StripPrefix("/public/", http.FileServer(http.Dir(dir))))
		root, err := os.OpenRoot(dir) // symlinks cannot escape it
		if err != nil {
			return err
		}
		var server blobdownload.Server
		mux.Handle("/public/{name...}", server.Handler(
			blobdownload.PathView(root, blobdownload.PathValue("name")).Inline()))
		// docs: end
		return nil
	}
	mux := http.NewServeMux()
	if err := start(mux); err != nil {
		panic(err)
	}
	get(mux, "/public/a.txt", "Content-Disposition")
	// Output:
	// 200 hello
	// Content-Disposition: inline; filename="a.txt"
}

// A seeker that http.ServeContent would get is a file with ranges.
func Example_serveContent() {
	content := strings.NewReader("hello, world")
	updated := time.Date(2026, 11, 28, 12, 0, 0, 0, time.UTC)
	var server blobdownload.Server
	handler := func(w http.ResponseWriter, r *http.Request) {
		// docs: begin servecontent
		// before: http.ServeContent(w, r, "hello.txt", updated, content)
		size := content.Size()
		file := wrapper.ReaderAt("hello.txt", func(context.Context) (io.ReaderAt, int64, error) {
			return content, size, nil // closed after use if it is an io.Closer
		}).WithInfo(wrapper.Info{Size: size, ModTime: updated})
		if err := server.Serve(w, r, &blobdownload.Download{File: file, Inline: true}); err != nil {
			server.Error(w, r, err)
		}
		// docs: end
	}
	r := httptest.NewRequest(http.MethodGet, "/", http.NoBody)
	r.Header.Set("Range", "bytes=7-")
	request(http.HandlerFunc(handler), r, "Last-Modified")
	// Output:
	// 206 world
	// Last-Modified: Sat, 28 Nov 2026 12:00:00 GMT
}

// A zip of a folder.
func Example_zip() {
	docs := store("docs=mem://", "2026/a.txt", "2026/b.txt")
	defer docs.Close(context.Background())
	var server blobdownload.Server
	mux := http.NewServeMux()
	// docs: begin zipfolder
	mux.Handle("/zip/{folder}", server.Handler(blobdownload.VirtualView(func(r *http.Request) (*wrapper.File, error) {
		prefix := r.PathValue("folder") + "/"
		_, err := docs.Bucket.List(&blob.ListOptions{Prefix: prefix}).Next(r.Context())
		switch {
		case errors.Is(err, io.EOF):
			return nil, fs.ErrNotExist // without this check, a missing folder is an empty archive
		case err != nil:
			return nil, err
		}
		return archive.Zip(path.Base(prefix)+".zip", archive.Prefix(docs.Bucket, prefix)), nil
	})))
	// docs: end
	get(mux, "/zip/none")
	w := httptest.NewRecorder()
	mux.ServeHTTP(w, httptest.NewRequest(http.MethodGet, "/zip/2026", http.NoBody))
	zr, err := zip.NewReader(bytes.NewReader(w.Body.Bytes()), int64(w.Body.Len()))
	if err != nil {
		panic(err)
	}
	for _, f := range zr.File {
		fmt.Println(f.Name)
	}
	// Output:
	// 404 Not Found
	// a.txt
	// b.txt
}

func signer() *blobdownload.Signer {
	s, err := blobdownload.NewSigner(blobdownload.SignerOptions{
		Keys: []blobdownload.SigningKey{{ID: "1", Secret: []byte("32 random bytes from a secrets store")}},
		URL:  "https://files.example/dl/",
	})
	if err != nil {
		panic(err)
	}
	return s
}

// Files under a root are offloaded if they have the name of a storage, which mounts refer to.
func Example_pathMount() {
	dir, err := os.MkdirTemp("", "manuals")
	if err != nil {
		panic(err)
	}
	defer os.RemoveAll(dir)
	if err := os.WriteFile(filepath.Join(dir, "a.txt"), []byte("hello"), 0o600); err != nil {
		panic(err)
	}
	root, err := os.OpenRoot(dir)
	if err != nil {
		panic(err)
	}
	defer root.Close()
	// docs: begin pathmount
	server := &blobdownload.Server{Optimizer: &proxy.XAccel{
		Mounts: []proxy.Mount{{Store: "manuals", Location: "/_manuals/"}},
	}}
	view := blobdownload.PathView(root, blobdownload.PathValue("name")).
		With(func(_ *http.Request, d *blobdownload.Download) error {
			d.File = d.File.WithStore("manuals")
			return nil
		})
	// docs: end
	mux := http.NewServeMux()
	mux.Handle("/manuals/{name...}", server.Handler(view))
	get(mux, "/manuals/a.txt", "X-Accel-Redirect")
	// Output:
	// 200
	// X-Accel-Redirect: /_manuals/a.txt
}
