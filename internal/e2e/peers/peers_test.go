// Package peers_test compares other Go servers of a bucket with this library on one storage. It counts the conformance
// cases that each passes and its requests to the storage, and reports how a download ends if the storage fails.
package peers_test

import (
	"context"
	"errors"
	"io"
	"net/http"
	"strconv"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	awshttp "github.com/aws/aws-sdk-go-v2/aws/transport/http"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"gocloud.dev/blob"

	"github.com/go-downloadview/downloadview/blobdownload"
	"github.com/go-downloadview/downloadview/internal/e2e/s3server"
	"github.com/go-downloadview/downloadview/wrapper"
)

// source is a bucket of the storage with its client.
type source struct {
	bucket *blob.Bucket
	client *s3.Client
}

// peers are servers of the bucket, ours first. Each is written as in its documentation or in most programs.
var peers = []struct {
	name  string
	serve func(s *source) http.HandlerFunc
}{
	{"downloadview", func(s *source) http.HandlerFunc {
		view := blobdownload.StorageView(&blobdownload.Storage{Name: "s3", Bucket: wrapper.NewBucket(s.bucket)}, blobdownload.PathValue("name"))
		return quiet().Handler(view).ServeHTTP
	}},
	{"`http.ServeContent` of a `blob.Reader`", func(s *source) http.HandlerFunc {
		return func(w http.ResponseWriter, r *http.Request) {
			reader, err := s.bucket.NewReader(r.Context(), r.PathValue("name"), nil)
			if err != nil {
				http.NotFound(w, r)
				return
			}
			defer reader.Close()
			w.Header().Set("Content-Type", reader.ContentType())
			http.ServeContent(w, r, "", reader.ModTime(), reader)
		}
	}},
	{"`http.FileServerFS` of the bucket's `fs.FS`", func(s *source) http.HandlerFunc {
		s.bucket.SetIOFSCallback(func() (context.Context, *blob.ReaderOptions) { return context.Background(), nil })
		return http.StripPrefix("/files", http.FileServerFS(s.bucket)).ServeHTTP
	}},
	{"`io.Copy` of a `blob.Reader`", func(s *source) http.HandlerFunc {
		return func(w http.ResponseWriter, r *http.Request) {
			reader, err := s.bucket.NewReader(r.Context(), r.PathValue("name"), nil)
			if err != nil {
				http.NotFound(w, r)
				return
			}
			defer reader.Close()
			w.Header().Set("Content-Type", reader.ContentType())
			w.Header().Set("Content-Length", strconv.FormatInt(reader.Size(), 10))
			w.Header().Set("Last-Modified", reader.ModTime().UTC().Format(http.TimeFormat))
			_, _ = io.Copy(w, reader)
		}
	}},
	{"the AWS SDK's `GetObject`, fields passed on", func(s *source) http.HandlerFunc { return s.passOn }},
}

// passOn forwards the client's fields to the storage and its response to the client.
func (s *source) passOn(w http.ResponseWriter, r *http.Request) {
	field := func(name string) *string {
		if v := r.Header.Get(name); v != "" {
			return &v
		}
		return nil
	}
	in := &s3.GetObjectInput{
		Bucket: aws.String(s3server.BucketName), Key: aws.String(r.PathValue("name")),
		Range: field("Range"), IfMatch: field("If-Match"), IfNoneMatch: field("If-None-Match"),
	}
	if t, err := http.ParseTime(r.Header.Get("If-Modified-Since")); err == nil {
		in.IfModifiedSince = &t
	}
	if t, err := http.ParseTime(r.Header.Get("If-Unmodified-Since")); err == nil {
		in.IfUnmodifiedSince = &t
	}
	out, err := s.client.GetObject(r.Context(), in)
	if err != nil {
		status := http.StatusBadGateway
		if refused, ok := errors.AsType[*awshttp.ResponseError](err); ok {
			status = refused.HTTPStatusCode()
		}
		w.WriteHeader(status)
		return
	}
	defer out.Body.Close()
	h := w.Header()
	for name, value := range map[string]string{
		"Content-Type": aws.ToString(out.ContentType), "ETag": aws.ToString(out.ETag), "Content-Range": aws.ToString(out.ContentRange),
		"Last-Modified": out.LastModified.UTC().Format(http.TimeFormat), "Accept-Ranges": "bytes",
		"Content-Length": strconv.FormatInt(aws.ToInt64(out.ContentLength), 10),
	} {
		if value != "" {
			h.Set(name, value)
		}
	}
	if strings.HasPrefix(aws.ToString(out.ContentRange), "bytes ") {
		w.WriteHeader(http.StatusPartialContent)
	}
	_, _ = io.Copy(w, out.Body)
}
