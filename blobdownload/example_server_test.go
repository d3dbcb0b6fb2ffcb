package blobdownload_test

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"time"

	"github.com/go-downloadview/downloadview/blobdownload"
	"github.com/go-downloadview/downloadview/wrapper"
)

// A further download of a client is rejected. The second download here is requested during the first one.
func ExampleClientLimit() {
	server := quietServer()
	server.Limit = &blobdownload.ClientLimit{PerClient: 1, Total: 100, RetryAfter: time.Minute}
	var handler http.Handler
	nested := false
	handler = server.Handler(blobdownload.VirtualView(func(*http.Request) (*wrapper.File, error) {
		return wrapper.Seq("report.txt", func(yield func([]byte, error) bool) {
			if !nested {
				nested = true
				show(handler, "/", "Retry-After")
			}
			yield([]byte("all is well"), nil)
		}), nil
	}))
	show(handler, "/")
	// Output:
	// 429
	// Retry-After: 60
	// Too Many Requests
	//
	// 200
	// all is well
}

// The observer of a server gets a Result at the end of each download: for access logs and for billing.
func ExampleResult() {
	docs := sample()
	defer docs.Close(context.Background())
	server := quietServer()
	server.Observe = func(r *http.Request, result blobdownload.Result) {
		fmt.Println(r.URL, result.Status, result.Bytes, "bytes of", result.Download.File.Name(), result.Err)
	}
	handler := server.Handler(blobdownload.StorageView(docs, func(*http.Request) string { return "2024/report.txt" }))
	show(handler, "/latest")
	// Output:
	// /latest 200 11 bytes of 2024/report.txt <nil>
	// 200
	// all is well
}

// The error of a view has a status and header fields for the client, and a cause for the log.
func ExampleStatusError() {
	server := &blobdownload.Server{Logger: slog.New(slog.NewTextHandler(os.Stdout, &slog.HandlerOptions{
		ReplaceAttr: func(_ []string, a slog.Attr) slog.Attr {
			if a.Key == slog.TimeKey || a.Key == "method" || a.Key == "path" {
				return slog.Attr{}
			}
			return a
		},
	}))}
	handler := server.Handler(func(*http.Request) (*blobdownload.Download, error) {
		return nil, &blobdownload.StatusError{
			Status: http.StatusServiceUnavailable,
			Err:    errors.New("replica is restoring"),
			Header: http.Header{"Retry-After": {"120"}},
		}
	})
	show(handler, "/", "Retry-After")
	// Output:
	// level=ERROR msg="download failed" error="replica is restoring"
	// 503
	// Retry-After: 120
	// Service Unavailable
}

// An object whose key has the hash of its content never changes. Other objects are stored for an hour.
func ExampleCachePolicy() {
	docs := sample()
	defer docs.Close(context.Background())
	if err := docs.Bucket.WriteAll(context.Background(), "app.5f2a9c1e.js", []byte("main()"), nil); err != nil {
		panic(err)
	}
	policy := blobdownload.Versioned(blobdownload.Fingerprinted, blobdownload.Private(time.Hour))
	handler := quietServer().Handler(blobdownload.StorageView(docs, func(r *http.Request) string { return r.URL.Path[1:] }).Cached(policy))
	show(handler, "/app.5f2a9c1e.js", "Cache-Control")
	show(handler, "/2024/report.txt", "Cache-Control")
	// Output:
	// 200
	// Cache-Control: public, max-age=31536000, immutable
	// main()
	// 200
	// Cache-Control: private, max-age=3600
	// all is well
}

// largeToNginx offloads what is larger than a size.
type largeToNginx struct{ size int64 }

func (l largeToNginx) Optimize(_ *http.Request, d *blobdownload.Download) (*blobdownload.Redirect, error) {
	if d.File.KnownInfo().Size < l.size {
		return nil, nil //nolint:nilnil // it is streamed
	}
	return &blobdownload.Redirect{Header: http.Header{"X-Accel-Redirect": {"/_files/" + d.File.Location().Key}}}, nil
}

// An optimizer of your own returns a Redirect, or nil to stream the download. Package proxy has those for common proxies.
func ExampleOptimizer() {
	docs := sample()
	defer docs.Close(context.Background())
	server := quietServer()
	server.Optimizer = largeToNginx{size: 1 << 20}
	for _, size := range []int64{11, 5 << 20} {
		handler := server.Handler(func(*http.Request) (*blobdownload.Download, error) {
			return &blobdownload.Download{File: docs.File("2024/report.txt").WithInfo(wrapper.Info{Size: size})}, nil
		})
		w := httptest.NewRecorder()
		handler.ServeHTTP(w, httptest.NewRequest(http.MethodGet, "/", http.NoBody))
		fmt.Printf("%q %q\n", w.Header().Get("X-Accel-Redirect"), w.Body)
	}
	// Output:
	// "" "all is well"
	// "/_files/2024/report.txt" ""
}
