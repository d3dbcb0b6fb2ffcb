package wrapper_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"strings"
	"testing/fstest"
	"time"

	"gocloud.dev/blob"
	"gocloud.dev/blob/memblob"

	"github.com/go-downloadview/downloadview/wrapper"
)

// object returns an object in a bucket in memory.
func object(content string) (*wrapper.File, io.Closer) {
	b := memblob.OpenBucket(nil)
	if err := b.WriteAll(context.Background(), "report.txt", []byte(content), &blob.WriterOptions{ContentType: "text/plain"}); err != nil {
		panic(err)
	}
	bucket := wrapper.NewBucket(b)
	file := bucket.File("report.txt")
	return file, bucket
}

// A file is a value. Making one opens nothing, so a missing file is an error of its first use.
func ExampleFile() {
	file, bucket := object("all is well")
	defer bucket.Close()
	info, err := file.Stat(context.Background())
	fmt.Println(file.Name(), info.Size, info.ContentType, err)

	missing := wrapper.FS(fstest.MapFS{}, "missing.txt")
	_, err = missing.Stat(context.Background())
	fmt.Println(missing.Name(), errors.Is(err, fs.ErrNotExist))
	// Output:
	// report.txt 11 text/plain <nil>
	// missing.txt true
}

// A request with a range and a precondition costs one round trip. The response has the status of RFC 9110.
func ExampleFile_Fetch() {
	file, bucket := object("all is well")
	defer bucket.Close()
	ctx := context.Background()
	resp, err := file.Fetch(ctx, wrapper.Request{Range: "bytes=4-5"})
	if err != nil {
		panic(err)
	}
	part, _ := io.ReadAll(resp.Body)
	_ = resp.Close()
	fmt.Println(resp.Status, resp.Ranges, string(part))

	resp, err = file.Fetch(ctx, wrapper.Request{IfNoneMatch: resp.Info.ETag})
	if err != nil {
		panic(err)
	}
	defer resp.Close()
	fmt.Println(resp.Status, resp.Body == nil)
	// Output:
	// 206 [{4 2}] is
	// 304 true
}

// Buckets of S3, GCS and Azure sign URLs. A bucket in memory does not.
func ExampleFile_SignedURL() {
	file, bucket := object("all is well")
	defer bucket.Close()
	_, err := file.SignedURL(context.Background(), wrapper.SignOptions{
		Expiry:             10 * time.Minute,
		ContentDisposition: `attachment; filename="Report.txt"`,
	})
	fmt.Println(errors.Is(err, errors.ErrUnsupported))
	// Output: true
}

// A Reader is an io.ReadSeeker and an io.ReaderAt for packages that need one. It opens the file at its first Read.
func ExampleReader() {
	file, bucket := object("all is well")
	defer bucket.Close()
	r := file.Reader(context.Background())
	defer r.Close()
	size, _ := r.Seek(0, io.SeekEnd)
	_, _ = r.Seek(-4, io.SeekEnd)
	word, err := io.ReadAll(r)
	fmt.Println(size, string(word), err)
	// Output: 11 well <nil>
}

// Metadata from your own records spares the request for it. It decides preconditions, too.
func ExampleInfo() {
	file, bucket := object("all is well")
	defer bucket.Close()
	known := wrapper.Info{Size: 11, ETag: `"v7"`, ModTime: time.Date(2026, 11, 1, 12, 0, 0, 0, time.UTC)}
	for _, request := range []wrapper.Request{{}, {IfNoneMatch: `"v7"`}, {Range: "bytes=99-"}} {
		fmt.Println(known.Status(request))
	}

	info, err := file.WithInfo(known).Stat(context.Background()) // no request
	fmt.Println(info.ETag, info.ModTime.Format(time.DateOnly), err)
	// Output:
	// 200
	// 304
	// 416
	// "v7" 2026-11-01 <nil>
}

// The hashes that the storage has of an object. None is computed.
func ExampleDigest() {
	file, bucket := object("all is well")
	defer bucket.Close()
	info, err := file.Stat(context.Background())
	for _, d := range info.Digests {
		fmt.Printf("%s %x\n", d.Algorithm, d.Sum)
	}
	fmt.Println(err)
	// Output:
	// md5 4409bb950a3826c313c34b46b429ac84
	// <nil>
}

// reversed is the content of a string from its end to its beginning: an example of a source that computes its bytes.
type reversed struct{ text string }

func (s reversed) Stat(context.Context) (wrapper.Info, error) {
	return wrapper.Info{Size: int64(len(s.text)), ETag: `"1"`}, nil
}

// Open returns n bytes from off on, or all of them if n is negative.
func (s reversed) Open(_ context.Context, off, n int64) (io.ReadCloser, error) {
	var out strings.Builder
	for i := len(s.text) - 1 - int(off); i >= 0 && n != 0; i, n = i-1, n-1 {
		out.WriteByte(s.text[i])
	}
	return io.NopCloser(strings.NewReader(out.String())), nil
}

// A source of your own has two methods. Ranges, preconditions and seeking are derived. storagetest.TestFile tests it.
func ExampleSource() {
	file := wrapper.New("reversed.txt", reversed{"llew si lla"})
	resp, err := file.Fetch(context.Background(), wrapper.Request{Range: "bytes=-4"})
	if err != nil {
		panic(err)
	}
	defer resp.Close()
	text, err := io.ReadAll(resp.Body)
	fmt.Println(resp.Status, string(text), err)
	// Output: 206 well <nil>
}

// flakyServer is a server that responds 503 a number of times.
func flakyServer(failures int) *httptest.Server {
	return httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		if failures > 0 {
			failures--
			http.Error(w, "busy", http.StatusServiceUnavailable)
			return
		}
		_, _ = io.WriteString(w, "all is well")
	}))
}

// A guarded client connects to public addresses, and to the networks that Allow lists.
func ExampleClientOptions() {
	server := flakyServer(0)
	defer server.Close()
	port := netip.MustParseAddrPort(server.Listener.Addr().String()).Port()
	for _, options := range []wrapper.ClientOptions{
		{Ports: []uint16{port}},
		{Ports: []uint16{port}, Allow: []netip.Prefix{netip.MustParsePrefix("127.0.0.0/8")}},
	} {
		client := wrapper.NewGuardedClient(options)
		info, err := wrapper.URL(client, server.URL+"/a.txt").Stat(context.Background())
		fmt.Println(info.Size, errors.Is(err, wrapper.ErrAddress))
		client.CloseIdleConnections()
	}
	// Output:
	// 0 true
	// 11 false
}

// Without retries, the first response of a busy storage is an error.
func ExampleReadOptions() {
	server := flakyServer(2)
	defer server.Close()
	client := &http.Client{Transport: &http.Transport{}}
	defer client.CloseIdleConnections()
	file := wrapper.URL(client, server.URL+"/a.txt").WithReadOptions(wrapper.ReadOptions{Retries: -1})
	_, err := file.Open(context.Background(), 0, -1)
	upstream, ok := errors.AsType[*wrapper.UpstreamError](err)
	fmt.Println(ok && upstream.Status == http.StatusServiceUnavailable)
	// Output:
	// true
}

// An UpstreamError is the response without content of a storage or of a remote server.
func ExampleUpstreamError() {
	server := httptest.NewServer(http.NotFoundHandler())
	defer server.Close()
	client := &http.Client{Transport: &http.Transport{}}
	defer client.CloseIdleConnections()
	_, err := wrapper.URL(client, server.URL+"/a.txt").Stat(context.Background())
	upstream, ok := errors.AsType[*wrapper.UpstreamError](err)
	fmt.Println(errors.Is(err, fs.ErrNotExist), ok && upstream.Status == http.StatusNotFound)
	// Output: true true
}
