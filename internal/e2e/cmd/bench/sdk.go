package main

import (
	"context"
	"errors"
	"io"
	"net/http"
	"strconv"
	"sync"

	"github.com/aws/aws-sdk-go-v2/aws"
	awshttp "github.com/aws/aws-sdk-go-v2/aws/transport/http"
	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/aws/aws-sdk-go-v2/service/s3"
)

// sdkHandler passes requests on with the SDK. It has the fields that the workloads need, not all of RFC 9110.
type sdkHandler struct {
	client  *s3.Client
	bucket  string
	buffers sync.Pool
}

// getObject returns a handler that copies from the SDK with a pooled buffer.
func getObject(buffer int) func(context.Context, storage) (http.Handler, error) {
	return func(_ context.Context, s storage) (http.Handler, error) {
		o := s3.Options{
			BaseEndpoint: &s.endpoint, Region: "us-east-1", UsePathStyle: true,
			Credentials:                credentials.NewStaticCredentialsProvider(accessKey, secretKey, ""),
			ResponseChecksumValidation: aws.ResponseChecksumValidationWhenRequired,
		}
		if s.checksums() {
			o.ResponseChecksumValidation = aws.ResponseChecksumValidationWhenSupported
		}
		h := &sdkHandler{client: s3.New(o), bucket: s.bucket}
		h.buffers.New = func() any { b := make([]byte, buffer); return &b }
		return named(h.serve), nil
	}
}

func (h *sdkHandler) serve(w http.ResponseWriter, r *http.Request, name string) {
	if r.Method == http.MethodHead {
		h.head(w, r, name)
		return
	}
	out, err := h.client.GetObject(r.Context(), &s3.GetObjectInput{
		Bucket: &h.bucket, Key: &name, Range: value(r, "Range"), IfNoneMatch: value(r, "If-None-Match"),
	})
	if err != nil {
		fail(w, err)
		return
	}
	defer out.Body.Close()
	describe(w.Header(), out.ContentLength, out.ContentType, out.ETag)
	if out.ContentRange != nil {
		w.Header().Set("Content-Range", *out.ContentRange)
		w.WriteHeader(http.StatusPartialContent)
	}
	buf := h.buffers.Get().(*[]byte)
	defer h.buffers.Put(buf)
	_, _ = io.CopyBuffer(struct{ io.Writer }{w}, out.Body, *buf)
}

func (h *sdkHandler) head(w http.ResponseWriter, r *http.Request, name string) {
	out, err := h.client.HeadObject(r.Context(), &s3.HeadObjectInput{Bucket: &h.bucket, Key: &name})
	if err != nil {
		fail(w, err)
		return
	}
	describe(w.Header(), out.ContentLength, out.ContentType, out.ETag)
}

// value returns a field of a request, or nil.
func value(r *http.Request, name string) *string {
	if v := r.Header.Get(name); v != "" {
		return &v
	}
	return nil
}

func describe(h http.Header, length *int64, kind, tag *string) {
	h.Set("Content-Length", strconv.FormatInt(aws.ToInt64(length), 10))
	h.Set("Content-Type", aws.ToString(kind))
	h.Set("Etag", aws.ToString(tag))
}

// fail passes on the status of the store, as 304.
func fail(w http.ResponseWriter, err error) {
	if e := (*awshttp.ResponseError)(nil); errors.As(err, &e) {
		w.WriteHeader(e.HTTPStatusCode())
		return
	}
	w.WriteHeader(http.StatusBadGateway)
}
