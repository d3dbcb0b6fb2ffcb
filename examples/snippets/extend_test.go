package snippets_test

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"io/fs"
	"net/http"
	"net/http/httptest"
	"net/url"

	"github.com/go-downloadview/downloadview/blobdownload"
	"github.com/go-downloadview/downloadview/storagetest"
	"github.com/go-downloadview/downloadview/wrapper"
)

// docs: begin source

// memo is a Source: a note in a database.
type memo struct {
	db  map[int]string
	row int
}

func (m memo) Stat(context.Context) (wrapper.Info, error) {
	text, ok := m.db[m.row]
	if !ok {
		return wrapper.Info{}, fs.ErrNotExist
	}
	return wrapper.Info{Size: int64(len(text)), ContentType: "text/plain; charset=utf-8"}, nil
}

func (m memo) Open(_ context.Context, off, n int64) (io.ReadCloser, error) {
	text, ok := m.db[m.row]
	if !ok {
		return nil, fs.ErrNotExist
	}
	if n < 0 {
		n = int64(len(text)) - off
	}
	return io.NopCloser(io.NewSectionReader(bytes.NewReader([]byte(text)), off, n)), nil
}

// docs: end

// docs: begin optimizer

// toImages redirects clients to the host that serves public images.
type toImages struct{}

func (toImages) Optimize(_ *http.Request, d *blobdownload.Download) (*blobdownload.Redirect, error) {
	at := d.File.Location()
	if at.Store != "images" {
		return nil, nil //nolint:nilnil // not ours: the next optimizer is called, or the download is streamed
	}
	to := url.URL{Scheme: "https", Host: "images.example", Path: "/" + at.Key}
	return &blobdownload.Redirect{Status: http.StatusFound, Header: http.Header{"Location": {to.String()}}}, nil
}

// docs: end

// A Source of your own becomes a file, and the contract suite checks it.
func Example_source() {
	notes := map[int]string{1: "buy ink"}
	var server blobdownload.Server
	view := func(*http.Request) (*blobdownload.Download, error) {
		return &blobdownload.Download{File: wrapper.New("note.txt", memo{notes, 1})}, nil
	}
	r := httptest.NewRequest(http.MethodGet, "/", http.NoBody)
	r.Header.Set("Range", "bytes=4-6")
	request(server.Handler(view), r, "Content-Range")
	// docs: begin contract
	err := storagetest.TestFile(wrapper.New("note.txt", memo{notes, 1}), []byte("buy ink"))
	// docs: end
	fmt.Println(err)
	// Output:
	// 206 ink
	// Content-Range: bytes 4-6/7
	// <nil>
}

func Example_optimizer() {
	images := store("images=mem://", "a b.png")
	defer images.Close(context.Background())
	server := &blobdownload.Server{Optimizer: toImages{}}
	get(server.Handler(blobdownload.StorageView(images, func(*http.Request) string { return "a b.png" })), "/", "Location")
	// Output:
	// 302
	// Location: https://images.example/a%20b.png
}
