package storagetest_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"slices"
	"testing"

	"github.com/go-downloadview/downloadview/blobdownload"
	"github.com/go-downloadview/downloadview/storagetest"
	"github.com/go-downloadview/downloadview/wrapper"
)

// exampleT replaces the *testing.T, which an example does not have.
type exampleT struct {
	testing.TB
	cleanups []func()
}

func (t *exampleT) Helper()                  {}
func (t *exampleT) Context() context.Context { return context.Background() }
func (t *exampleT) Cleanup(f func())         { t.cleanups = append(t.cleanups, f) }
func (t *exampleT) Errorf(format string, args ...any) {
	fmt.Fprintf(os.Stdout, "FAIL: "+format+"\n", args...)
}

func (t *exampleT) done() {
	for _, f := range slices.Backward(t.cleanups) {
		f()
	}
}

func ExampleNewBucket() {
	t := new(exampleT) // in a test: its own t
	defer t.done()
	b := storagetest.NewBucket(t, storagetest.Objects{"docs/a.txt": "hello, world"})

	var server blobdownload.Server
	handler := server.Handler(func(*http.Request) (*blobdownload.Download, error) {
		return &blobdownload.Download{File: b.File("docs/a.txt")}, nil
	})
	r := httptest.NewRequest(http.MethodGet, "/", http.NoBody)
	r.Header.Set("Range", "bytes=7-")
	w := httptest.NewRecorder()
	handler.ServeHTTP(w, r)

	fmt.Println(w.Code, w.Body)
	fmt.Println(b.Requests(), "calls,", b.Open(), "open")
	fmt.Print(b.Trace())
	// Output:
	// 206 world
	// 2 calls, 0 open
	// stat docs/a.txt
	// read docs/a.txt [7:12]: 5 bytes
}

func ExampleBucket_Fault() {
	t := new(exampleT)
	defer t.done()
	b := storagetest.NewBucket(t, storagetest.Objects{"a.txt": "hello, world"})
	b.Fault(
		storagetest.Fault{Op: storagetest.OpRead, Nth: 1, Action: storagetest.Status(http.StatusServiceUnavailable, 0)},
		storagetest.Fault{Op: storagetest.OpRead, Nth: 2, At: 5, Action: storagetest.Break(nil)},
		storagetest.Fault{Op: storagetest.OpWrite, Action: storagetest.Fail(nil)},
	)
	for range 2 {
		rc, err := b.File("a.txt").Open(context.Background(), 0, -1)
		if err != nil {
			fmt.Println("open:", err)
			continue
		}
		got, err := io.ReadAll(rc)
		fmt.Printf("read %q: %v\n", got, errors.Is(err, storagetest.ErrInjected))
		_ = rc.Close()
	}
	// The fault on writes never happens, so the test fails:

	// Output:
	// open: open a.txt: blob (key "a.txt") (code=Unknown): upstream returned 503 Service Unavailable
	// read "hello": true
	// FAIL: storagetest: fault "failure on write of any key" never happened: no call matched
}

func ExampleTestSource() {
	fmt.Println(storagetest.TestSource(&forgetful{content: "hello"}, []byte("hello")))
	// Output:
	// window: [0:1]: after 1 of 1 bytes: read source: content length does not match its metadata
	// seek: ReadAt(1, 0) = 1, read source: content length does not match its metadata, want 1, nil
	// range: bytes=0-0: part 0: after 1 of 1 bytes: read source: content length does not match its metadata
	// source-window: [0:1]: got 5 bytes, want 1; from byte 1 on got "ello", want ""
}

func ExampleFaultProxy() {
	t := new(exampleT)
	defer t.done()
	origin := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		_, _ = io.WriteString(w, "hello, world")
	}))
	defer origin.Close()

	p := storagetest.NewFaultProxy(t, origin.URL)
	p.Fault(storagetest.Fault{Key: "/a.txt", Nth: 1, At: 5, Action: storagetest.Break(nil)})

	client := &http.Client{Transport: &http.Transport{}}
	defer client.CloseIdleConnections()
	f := wrapper.URL(client, p.URL+"/a.txt")
	for range 2 {
		rc, err := f.Open(context.Background(), 0, -1)
		if err != nil {
			fmt.Println(err)
			continue
		}
		got, err := io.ReadAll(rc)
		fmt.Printf("%q, %v\n", got, err)
		_ = rc.Close()
	}
	fmt.Println(p.Requests(), "requests by", p.Conns(), "connections")
	// Output:
	// "hello", read a.txt: unexpected EOF
	// "hello, world", <nil>
	// 2 requests by 2 connections
}

// forgetful is a source that forgets where a window ends.
type forgetful struct{ content string }

func (s *forgetful) Stat(context.Context) (wrapper.Info, error) {
	return wrapper.Info{Size: int64(len(s.content))}, nil
}

func (s *forgetful) Open(_ context.Context, off, _ int64) (io.ReadCloser, error) {
	return fixed(s.content[min(off, int64(len(s.content))):]), nil
}
