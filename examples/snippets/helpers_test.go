// Package snippets_test holds the code of the pages in docs: each example runs, and the page shows the lines between markers.
package snippets_test

import (
	"context"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"path"
	"strings"

	"gocloud.dev/blob"
	_ "gocloud.dev/blob/fileblob"
	_ "gocloud.dev/blob/memblob"

	"github.com/go-downloadview/downloadview/blobdownload"
)

var types = map[string]string{".mp4": "video/mp4"}

// store opens a storage in memory that holds each object with its key as content.
func store(spec string, keys ...string) *blobdownload.Storage {
	ctx := context.Background()
	s, err := blobdownload.OpenStorage(ctx, spec)
	if err != nil {
		panic(err)
	}
	for _, key := range keys {
		if err := s.Bucket.WriteAll(ctx, key, []byte("content of "+key), &blob.WriterOptions{ContentType: types[path.Ext(key)]}); err != nil {
			panic(err)
		}
	}
	return s
}

// get requests a path, and prints the status, the named response fields and the body.
func get(h http.Handler, target string, fields ...string) {
	request(h, httptest.NewRequest(http.MethodGet, target, http.NoBody), fields...)
}

func request(h http.Handler, r *http.Request, fields ...string) {
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	fmt.Println(strings.TrimSpace(fmt.Sprint(w.Code, " ", w.Body)))
	for _, name := range fields {
		fmt.Println(strings.TrimSpace(name + ": " + w.Header().Get(name)))
	}
}

var quiet = slog.New(slog.DiscardHandler)
