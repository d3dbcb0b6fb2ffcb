package storagetest_test

import (
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"

	"github.com/go-downloadview/downloadview/blobdownload"
	"github.com/go-downloadview/downloadview/storagetest"
	"github.com/go-downloadview/downloadview/wrapper"
)

// A test counts the calls to the storage, or examines each.
func ExampleRecorder() {
	t := new(exampleT)
	defer t.done()
	b := storagetest.NewBucket(t, storagetest.Objects{"a.txt": "hello, world"})
	content := b.File("a.txt").Reader(t.Context())
	if _, err := content.Seek(7, io.SeekStart); err != nil { // no call
		fmt.Println(err)
	}
	_, _ = io.Copy(io.Discard, content)
	_ = content.Close()

	fmt.Println(b.Requests(storagetest.OpStat), "stats,", b.BytesRead(), "bytes")
	for _, call := range b.Calls() {
		fmt.Println(call.Op, call.Key, call.Off, call.Bytes, call.Closed, call.Err)
	}
	// Output:
	// 1 stats, 5 bytes
	// stat a.txt 0 0 true <nil>
	// read a.txt 7 5 true <nil>
}

// Options set the fields of requests in the form of RFC 9110.
func ExampleRequestOption() {
	t := new(exampleT)
	defer t.done()
	var server blobdownload.Server
	handler := server.Handler(blobdownload.VirtualView(func(*http.Request) (*wrapper.File, error) {
		return wrapper.Bytes("a.txt", []byte("hello, world")).WithInfo(wrapper.Info{Size: 12, ETag: `"v1"`}), nil
	}))
	for _, option := range []storagetest.RequestOption{
		storagetest.Range(0, 4), storagetest.RangeLast(5), storagetest.IfNoneMatch(`"v1"`), storagetest.Header("Range", "bytes=x"),
	} {
		response := storagetest.Serve(handler, storagetest.Get(t, "/", option))
		fmt.Printf("%d %q\n", response.Code, response.Body)
	}
	// Output:
	// 206 "hello"
	// 206 "world"
	// 304 ""
	// 200 "hello, world"
}

// The transport of a client records its requests, and fails some of them.
func ExampleTransport() {
	t := new(exampleT)
	defer t.done()
	origin := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		_, _ = io.WriteString(w, "hello, world")
	}))
	defer origin.Close()
	transport := storagetest.NewTransport(t, nil)
	transport.Fault(storagetest.Fault{Nth: 1, Action: storagetest.Status(http.StatusServiceUnavailable, 0)})

	content, err := wrapper.URL(transport.Client(), origin.URL+"/a.txt").Open(t.Context(), 0, -1)
	if err != nil {
		fmt.Println(err)
		return
	}
	text, err := io.ReadAll(content)
	_ = content.Close()
	fmt.Printf("%s %v\n%s", text, err, transport.Trace())
	// Output:
	// hello, world <nil>
	// read /a.txt [0:]: 503: 20 bytes
	// read /a.txt [0:]: 200: 12 bytes
}
