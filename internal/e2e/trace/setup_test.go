// Package trace_test records the cost of each kind of response. Each golden file in testdata/trace has the request, the
// storage's requests and the response. The cost tables of the documentation are generated from these files.
package trace_test

import (
	"bytes"
	"context"
	"flag"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"sync/atomic"
	"testing"

	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"
	"gocloud.dev/blob"
	_ "gocloud.dev/blob/fileblob" // file://
	"gocloud.dev/blob/s3blob"

	"github.com/go-downloadview/downloadview/blobdownload"
	"github.com/go-downloadview/downloadview/internal/e2e/s3server"
	"github.com/go-downloadview/downloadview/internal/e2e/wirecount"
	"github.com/go-downloadview/downloadview/wrapper"
	_ "github.com/go-downloadview/downloadview/wrapper/s3" // s3://, in the fewest requests
)

var update = flag.Bool("update", false, "write the golden files and the tables anew")

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// column is a way to serve the object. take returns the storage's requests since its last call.
type column struct {
	name  string // of the table's head
	short string // of the transcript
	h     http.Handler
	tag   string
	date  string
	take  func() []string
}

// objects are the objects of every storage.
var objects = map[string][]byte{"page": bytes.Repeat([]byte("0123456789abcdef"), size/16), "empty": {}}

func columns(t *testing.T) []column {
	local, s := localStorage(t), startS3(t)
	info := s.stat(t)
	known := func(_ *http.Request, d *blobdownload.Download) error {
		if d.File.Location().Key == "page" {
			d.File = d.File.WithInfo(info)
		}
		return nil
	}
	offloading := server()
	offloading.Optimizer = blobdownload.OptimizerFunc(func(_ *http.Request, d *blobdownload.Download) (*blobdownload.Redirect, error) {
		return &blobdownload.Redirect{Header: http.Header{"X-Accel-Redirect": {"/protected/" + d.File.Location().Key}}}, nil
	})
	view := blobdownload.StorageView(s.storage, blobdownload.PathValue("key"))
	return []column{
		{"`file`, `mem`", "local", routed(server().Handler(local.view())), local.tag, local.date, local.take},
		{"S3", "S3", routed(server().Handler(view)), info.ETag, httpDate(info), s.wire.Take},
		{"S3 with metadata", "S3 with metadata", routed(server().Handler(view.With(known))), info.ETag, httpDate(info), s.wire.Take},
		{"offloaded", "offloaded", routed(offloading.Handler(view)), info.ETag, httpDate(info), s.wire.Take},
	}
}

func server() *blobdownload.Server {
	return &blobdownload.Server{Logger: slog.New(slog.DiscardHandler)}
}

// routed passes the unchanged key to a handler. http.ServeMux would clean it.
func routed(h http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		r.SetPathValue("key", r.URL.Path[1:])
		h.ServeHTTP(w, r)
	})
}

func httpDate(info wrapper.Info) string { return info.ModTime.UTC().Format(http.TimeFormat) }

// local is a directory, whose calls send no request.
type local struct {
	storage   *blobdownload.Storage
	calls     atomic.Int64
	tag, date string
}

func localStorage(t *testing.T) *local {
	t.Helper()
	storage, err := blobdownload.OpenStorage(t.Context(), "file://"+t.TempDir()+"?no_tmp_dir=true")
	require.NoError(t, err)
	t.Cleanup(func() { assert.NoError(t, storage.Close(context.WithoutCancel(t.Context()))) })
	fill(t, storage.Bucket.Bucket)
	info, err := storage.File("page").Stat(t.Context())
	require.NoError(t, err)
	return &local{storage: storage, tag: info.ETag, date: httpDate(info)}
}

func (l *local) view() blobdownload.View {
	return blobdownload.StorageView(l.storage, blobdownload.PathValue("key")).
		With(func(_ *http.Request, d *blobdownload.Download) error {
			d.File = d.File.WithAdmission(func(context.Context) (func(), error) {
				l.calls.Add(1)
				return func() {}, nil
			})
			return nil
		})
}

func (l *local) take() []string {
	if n := l.calls.Swap(0); n > 0 {
		return []string{fmt.Sprintf("calls of the file system: %d", n)}
	}
	return nil
}

// remote is a bucket of a real S3 server, with all requests counted.
type remote struct {
	storage *blobdownload.Storage
	wire    *wirecount.Counter
}

func startS3(t *testing.T) *remote {
	t.Helper()
	s := s3server.Start(t)
	fill(t, s.Bucket(t))
	wire := wirecount.New(t)
	options := s.Client().Options()
	options.HTTPClient = wire
	bucket, err := s3blob.OpenBucket(t.Context(), s3.New(options), s3server.BucketName, nil)
	require.NoError(t, err)
	storage := &blobdownload.Storage{Name: "s3", Bucket: wrapper.NewBucket(bucket)}
	t.Cleanup(func() {
		assert.NoError(t, storage.Close(context.WithoutCancel(t.Context())))
		assert.Zero(t, wire.Open(), "answers of the storage whose body was not closed")
	})
	return &remote{storage, wire}
}

func (s *remote) stat(t *testing.T) wrapper.Info {
	t.Helper()
	info, err := s.storage.File("page").Stat(t.Context())
	require.NoError(t, err)
	s.wire.Take()
	return info
}

func fill(t *testing.T, b *blob.Bucket) {
	t.Helper()
	for key, content := range objects {
		require.NoError(t, b.WriteAll(t.Context(), key, content, &blob.WriterOptions{ContentType: "text/plain"}))
	}
}

// serve returns the response of a handler to one request.
func serve(t *testing.T, h http.Handler, method, key string, header http.Header) (*http.Response, []byte) {
	t.Helper()
	r := httptest.NewRequestWithContext(t.Context(), method, "/", http.NoBody)
	r.URL.Path = "/" + key
	r.Header = header
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	resp := w.Result()
	body, err := io.ReadAll(resp.Body)
	require.NoError(t, err)
	return resp, body
}
