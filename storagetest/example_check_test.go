package storagetest_test

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"time"

	"github.com/go-downloadview/downloadview/blobdownload"
	"github.com/go-downloadview/downloadview/storagetest"
	"github.com/go-downloadview/downloadview/wrapper"
)

// printer replaces the *testing.T of a test, and prints failures.
type printer struct{}

func (printer) Helper() {}

func (printer) Errorf(format string, args ...any) { fmt.Printf(format+"\n", args...) }

func ExampleCheckDownload() {
	var t printer // a *testing.T
	view := blobdownload.VirtualView(func(*http.Request) (*wrapper.File, error) {
		return wrapper.Bytes("résumé.txt", []byte("Dear Sir,\nhello\n")), nil
	})
	var server blobdownload.Server
	response := storagetest.Serve(server.Handler(view), httptest.NewRequest(http.MethodGet, "/", http.NoBody))

	storagetest.CheckDownload(t, response, storagetest.Want{
		Status:      http.StatusOK,
		Disposition: "attachment",
		Filename:    "resume.txt",
		Body:        "Dear Madam,\nhello\n",
	})
	// Output:
	// CheckDownload: response 200 OK differs (-want +got):
	//   Status: 200 OK
	//   Disposition: attachment
	// - Filename: "resume.txt"
	// - Body: "Dear Madam,\n"
	// + Filename: "résumé.txt"
	// + Body: "Dear Sir,\n"
	//   Body: "hello\n"
}

func ExampleCheckDownload_impossible() {
	var t printer
	response := storagetest.Serve(http.NotFoundHandler(), httptest.NewRequest(http.MethodGet, "/", http.NoBody))
	storagetest.CheckDownload(t, response, storagetest.Want{Status: http.StatusNotModified, Filename: "a.txt"})
	// Output:
	// CheckDownload: no response can meet the expectation: a 304 has no file, but Filename is "a.txt"
}

func ExampleCheckXAccel() {
	var t printer
	response := storagetest.Serve(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("X-Accel-Redirect", "/_files/100%25 pure.txt") // escaped, but for the blank
		w.Header().Set("X-Accel-Limit-Rate", "65536")
	}), httptest.NewRequest(http.MethodGet, "/", http.NoBody))

	storagetest.CheckXAccel(t, response, storagetest.WantXAccel{URI: "/_files/100% pure.txt", LimitRate: 64 << 10})
	// Output:
	// CheckXAccel: response 200 OK differs (-want +got):
	// - X-Accel-Redirect: "/_files/100% pure.txt"
	// + X-Accel-Redirect: "/_files/100%25 pure.txt"
	//   X-Accel-Limit-Rate: "65536"
	//   Status: 200 OK
	// ! X-Accel-Redirect: byte 14 of "/_files/100%25 pure.txt", " ", must be percent-encoded
}

func ExampleCheckXSendfile() {
	var t printer
	response := storagetest.Serve(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("X-Sendfile", "/srv/files/a.txt")
		w.Header().Set("Content-Length", "5")
	}), httptest.NewRequest(http.MethodGet, "/", http.NoBody))

	storagetest.CheckXSendfile(t, response, storagetest.WantXSendfile{Path: "/srv/files/a.txt"})
	// Output:
	// CheckXSendfile: response 200 OK is invalid:
	// ! Content-Length is sent ("5"): the proxy sends another body
}

func ExampleCheckPresigned() {
	var t printer
	signed := time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)
	response := storagetest.Serve(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Location", "https://s3.example.com/docs/q3.pdf"+
			"?X-Amz-Date=20260301T120000Z&X-Amz-Expires=300&X-Amz-Signature=b1946ac92492")
		w.Header().Set("Cache-Control", "private, max-age=3600")
		w.WriteHeader(http.StatusFound)
	}), httptest.NewRequest(http.MethodGet, "/", http.NoBody))

	storagetest.CheckPresigned(t, response, storagetest.WantPresigned{
		Host: "s3.example.com", Bucket: "docs", Key: "q3.pdf",
		MaxExpiry: 5 * time.Minute, Now: signed,
	})
	// Output:
	// CheckPresigned: response 302 Found is invalid:
	// ! Cache-Control "private, max-age=3600" keeps the redirect until the signature expires in 5m0s, or longer
}

func ExampleCheckRedirect() {
	var t printer
	response := storagetest.Serve(http.RedirectHandler("https://cdn.example.com/a%20b.txt?token=1", http.StatusSeeOther),
		httptest.NewRequest(http.MethodGet, "/", http.NoBody))

	storagetest.CheckRedirect(t, response, storagetest.WantRedirect{Status: http.StatusFound, Host: "cdn.example.com", Path: "/a b.txt"})
	// Output:
	// CheckRedirect: response 303 See Other differs (-want +got):
	// - Status: 302 Found
	// + Status: 303 See Other
	//   Location host: cdn.example.com
	//   Location path: "/a b.txt"
}

func ExampleTranscript() {
	view := blobdownload.VirtualView(func(*http.Request) (*wrapper.File, error) {
		return wrapper.Bytes("a.txt", []byte("hello world")), nil
	})
	var server blobdownload.Server
	r := httptest.NewRequest(http.MethodGet, "/a.txt", http.NoBody)
	r.Header.Set("Range", "bytes=0-4")

	fmt.Print(storagetest.Transcript(r, "", storagetest.Serve(server.Handler(view), r)))
	// Output:
	// > GET /a.txt
	// > Range: bytes=0-4
	// < 206 Partial Content
	// < Accept-Ranges: bytes
	// < Cache-Control: private, no-cache
	// < Content-Disposition: attachment; filename="a.txt"
	// < Content-Length: 5
	// < Content-Range: bytes 0-4/11
	// < Content-Security-Policy: default-src 'none'; sandbox
	// < Content-Type: text/plain; charset=utf-8
	// < Cross-Origin-Resource-Policy: same-origin
	// < Referrer-Policy: no-referrer
	// < X-Content-Type-Options: nosniff
	// = 5 bytes, sha256 2cf24dba5fb0, "hello"
}
