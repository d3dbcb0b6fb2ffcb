package proxy_test

import (
	"bytes"
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"

	"gocloud.dev/blob/memblob"

	"github.com/go-downloadview/downloadview/blobdownload"
	"github.com/go-downloadview/downloadview/proxy"
	"github.com/go-downloadview/downloadview/wrapper"
)

// docs is a storage as an application opens it, with one object of 2 MB.
func docs() *blobdownload.Storage {
	s := &blobdownload.Storage{Name: "docs", Bucket: wrapper.NewBucket(memblob.OpenBucket(nil))}
	if err := s.Bucket.WriteAll(context.Background(), "videos/trip 1.mp4", make([]byte, 2<<20), nil); err != nil {
		panic(err)
	}
	return s
}

// ask asks for the object through a handler that hands over by an optimizer.
func ask(s *blobdownload.Storage, o blobdownload.Optimizer, fields ...string) http.Header {
	if err := proxy.Validate(o, s.Name); err != nil {
		panic(err)
	}
	server := &blobdownload.Server{Optimizer: o}
	r := httptest.NewRequest(http.MethodGet, "/videos/trip%201.mp4", http.NoBody)
	for i := 0; i+1 < len(fields); i += 2 {
		r.Header.Set(fields[i], fields[i+1])
	}
	w := httptest.NewRecorder()
	server.Handler(blobdownload.StorageView(s, func(r *http.Request) string { return r.URL.Path[1:] })).ServeHTTP(w, r)
	fmt.Println(w.Code, w.Body.Len(), "bytes from here")
	return w.Header()
}

// nginx sends the file, from the directory that its internal location /_videos/ stands for.
func ExampleXAccel() {
	s := docs()
	defer s.Bucket.Close()
	h := ask(s, &proxy.XAccel{Mounts: []proxy.Mount{{Store: "docs", Prefix: "videos/", Location: "/_videos/"}}})
	fmt.Println(h.Get("X-Accel-Redirect"))
	fmt.Println(h.Get("Content-Type"))
	// Output:
	// 200 0 bytes from here
	// /_videos/trip%201.mp4
	// video/mp4
}

// Apache reads the path as it is, lighttpd decodes it.
func ExampleXSendfile() {
	s := docs()
	defer s.Bucket.Close()
	mounts := []proxy.Mount{{Store: "docs", Location: "/srv/files"}}
	fmt.Println(ask(s, &proxy.XSendfile{Mounts: mounts, Paths: proxy.RawPaths}).Get("X-Sendfile"))
	fmt.Println(ask(s, &proxy.XSendfile{Mounts: mounts, Paths: proxy.EscapedPaths}).Get("X-Sendfile"))
	// Output:
	// 200 0 bytes from here
	// /srv/files/videos/trip 1.mp4
	// 200 0 bytes from here
	// /srv/files/videos/trip%201.mp4
}

// The client fetches the object by a signed URL. A bucket of S3, GCS or Azure signs its own; one that cannot, such as
// this one in memory, is given a Signer of links to the application.
func ExamplePresign() {
	s := docs()
	defer s.Bucket.Close()
	signer, err := blobdownload.NewSigner(blobdownload.SignerOptions{
		Keys: []blobdownload.SigningKey{{ID: "1", Secret: bytes.Repeat([]byte("x"), blobdownload.MinSecret)}}, // random ones, in earnest
		URL:  "https://files.example/dl/",
	})
	if err != nil {
		panic(err)
	}
	s.Signer = signer
	h := ask(s, &proxy.Presign{Hosts: []string{"files.example"}})
	link, _, _ := strings.Cut(h.Get("Location"), "/dl/")
	fmt.Println(link+"/dl/…", h.Get("Cache-Control"))
	// Output:
	// 302 0 bytes from here
	// https://files.example/dl/… no-store
}

// Large videos are left to nginx, where it is in front; everything else is streamed.
func ExampleWhen() {
	s := docs()
	defer s.Bucket.Close()
	o := proxy.When(
		&proxy.XAccel{Mounts: []proxy.Mount{{Store: "docs", Location: "/_files/"}}},
		proxy.ForClient(proxy.ClientMatch{Header: "X-Edge-Proof", Value: "change-this-proof"}),
		proxy.ForType("video/*"),
		proxy.AtLeast(1<<20),
	)
	fmt.Println(ask(s, o, "X-Edge-Proof", "change-this-proof").Get("X-Accel-Redirect"))
	fmt.Println(ask(s, o).Get("Content-Length"))
	// Output:
	// 200 0 bytes from here
	// /_files/videos/trip%201.mp4
	// 200 2097152 bytes from here
	// 2097152
}

// The first optimizer that takes a download has it.
func ExampleFirst() {
	s := docs()
	defer s.Bucket.Close()
	o := proxy.First(
		&proxy.XAccel{Mounts: []proxy.Mount{{Store: "docs", Prefix: "public/", Location: "/_public/"}}},
		&proxy.XSendfile{Mounts: []proxy.Mount{{Store: "docs", Prefix: "videos/", Location: "/srv/videos"}}, Paths: proxy.RawPaths},
	)
	h := ask(s, o)
	fmt.Printf("%q %q\n", h.Get("X-Accel-Redirect"), h.Get("X-Sendfile"))
	// Output:
	// 200 0 bytes from here
	// "" "/srv/videos/trip 1.mp4"
}
