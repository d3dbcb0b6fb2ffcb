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

// docs returns a storage with one object of 2 MiB.
func docs() *blobdownload.Storage {
	s := &blobdownload.Storage{Name: "docs", Bucket: wrapper.NewBucket(memblob.OpenBucket(nil))}
	if err := s.Bucket.WriteAll(context.Background(), "videos/part 1.mp4", make([]byte, 2<<20), nil); err != nil {
		panic(err)
	}
	return s
}

// get requests the object from a handler with an optimizer, and returns the header of the response.
func get(s *blobdownload.Storage, o blobdownload.Optimizer, fields ...string) http.Header {
	if err := proxy.Validate(o, s.Name); err != nil {
		panic(err)
	}
	server := &blobdownload.Server{Optimizer: o}
	r := httptest.NewRequest(http.MethodGet, "/videos/part%201.mp4", http.NoBody)
	for i := 0; i+1 < len(fields); i += 2 {
		r.Header.Set(fields[i], fields[i+1])
	}
	w := httptest.NewRecorder()
	server.Handler(blobdownload.StorageView(s, func(r *http.Request) string { return r.URL.Path[1:] })).ServeHTTP(w, r)
	fmt.Println(w.Code, w.Body.Len(), "bytes streamed")
	return w.Header()
}

// linkSigner returns a signer of links to the application.
func linkSigner() *blobdownload.Signer {
	signer, err := blobdownload.NewSigner(blobdownload.SignerOptions{
		Keys: []blobdownload.SigningKey{{ID: "1", Secret: bytes.Repeat([]byte("x"), blobdownload.MinSecret)}}, // use random bytes
		URL:  "https://files.example/dl/",
	})
	if err != nil {
		panic(err)
	}
	return signer
}

// nginx sends the file from the directory of its internal location /_videos/.
func ExampleXAccel() {
	s := docs()
	defer s.Bucket.Close()
	h := get(s, &proxy.XAccel{Mounts: []proxy.Mount{{Store: "docs", Prefix: "videos/", Location: "/_videos/"}}})
	fmt.Println(h.Get("X-Accel-Redirect"))
	fmt.Println(h.Get("Content-Type"))
	// Output:
	// 200 0 bytes streamed
	// /_videos/part%201.mp4
	// video/mp4
}

// Apache does not decode the path, lighttpd does.
func ExampleXSendfile() {
	s := docs()
	defer s.Bucket.Close()
	mounts := []proxy.Mount{{Store: "docs", Location: "/srv/files"}}
	fmt.Println(get(s, &proxy.XSendfile{Mounts: mounts, Paths: proxy.RawPaths}).Get("X-Sendfile"))
	fmt.Println(get(s, &proxy.XSendfile{Mounts: mounts, Paths: proxy.EscapedPaths}).Get("X-Sendfile"))
	// Output:
	// 200 0 bytes streamed
	// /srv/files/videos/part 1.mp4
	// 200 0 bytes streamed
	// /srv/files/videos/part%201.mp4
}

// The client fetches the object by a signed URL. Buckets of S3, GCS and Azure sign their own. A bucket that cannot sign,
// such as this one in memory, needs a Signer of links to the application.
func ExamplePresign() {
	s := docs()
	defer s.Bucket.Close()
	s.Signer = linkSigner()
	h := get(s, &proxy.Presign{Hosts: []string{"files.example"}})
	link, _, _ := strings.Cut(h.Get("Location"), "/dl/")
	fmt.Println(link+"/dl/…", h.Get("Cache-Control"))
	// Output:
	// 302 0 bytes streamed
	// https://files.example/dl/… no-store
}

// nginx fetches the object by a signed URL, which is the query of its internal location /_url.
func ExampleXAccelPresigned() {
	s := docs()
	defer s.Bucket.Close()
	s.Signer = linkSigner()
	target := get(s, &proxy.XAccelPresigned{Location: "/_url", Hosts: []string{"files.example"}}).Get("X-Accel-Redirect")
	link, _, _ := strings.Cut(target, "/dl/")
	fmt.Println(link + "/dl/…")
	// Output:
	// 200 0 bytes streamed
	// /_url?https://files.example/dl/…
}

// The client fetches the object from Google Cloud CDN.
func ExampleCDN() {
	s := docs()
	defer s.Bucket.Close()
	target := get(s, &proxy.CDN{
		Mounts: []proxy.Mount{{Store: "docs", Prefix: "videos/", Location: "https://cdn.example.com/v/"}},
		Signer: &proxy.CloudCDN{KeyName: "key-1", Key: []byte("16 random bytes.")},
	}).Get("Location")
	link, query, _ := strings.Cut(target, "?")
	fmt.Println(link, strings.Contains(query, "&KeyName=key-1&Signature="))
	// Output:
	// 302 0 bytes streamed
	// https://cdn.example.com/v/part%201.mp4 true
}

// nginx sends large videos if the request passes it; everything else is streamed.
func ExampleWhen() {
	s := docs()
	defer s.Bucket.Close()
	o := proxy.When(
		&proxy.XAccel{Mounts: []proxy.Mount{{Store: "docs", Location: "/_files/"}}},
		proxy.ForClient(proxy.ClientMatch{Header: "X-Edge-Proof", Value: "change-this-proof"}),
		proxy.ForType("video/*"),
		proxy.AtLeast(1<<20),
	)
	fmt.Println(get(s, o, "X-Edge-Proof", "change-this-proof").Get("X-Accel-Redirect"))
	fmt.Println(get(s, o).Get("Content-Length"))
	// Output:
	// 200 0 bytes streamed
	// /_files/videos/part%201.mp4
	// 200 2097152 bytes streamed
	// 2097152
}

// The first optimizer that returns a redirect is used.
func ExampleFirst() {
	s := docs()
	defer s.Bucket.Close()
	o := proxy.First(
		&proxy.XAccel{Mounts: []proxy.Mount{{Store: "docs", Prefix: "public/", Location: "/_public/"}}},
		&proxy.XSendfile{Mounts: []proxy.Mount{{Store: "docs", Prefix: "videos/", Location: "/srv/videos"}}, Paths: proxy.RawPaths},
	)
	h := get(s, o)
	fmt.Printf("%q %q\n", h.Get("X-Accel-Redirect"), h.Get("X-Sendfile"))
	// Output:
	// 200 0 bytes streamed
	// "" "/srv/videos/part 1.mp4"
}
