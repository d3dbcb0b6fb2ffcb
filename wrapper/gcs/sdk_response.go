package gcs

import (
	"context"
	"encoding/base64"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"strings"
	"time"

	"cloud.google.com/go/storage"
	"google.golang.org/api/googleapi"
)

// head is the response to HEAD, made of the metadata.
func head(ctx context.Context, o *storage.ObjectHandle) (*http.Response, error) {
	a, err := o.Attrs(ctx)
	if err != nil {
		return errorResponse(err)
	}
	resp := response(http.StatusOK)
	resp.ContentLength = a.Size
	setVersion(resp, a.Generation)
	set(resp, "Content-Type", a.ContentType)
	set(resp, "Content-Encoding", a.ContentEncoding)
	set(resp, "Content-Language", a.ContentLanguage)
	set(resp, "Content-Disposition", a.ContentDisposition)
	set(resp, "Cache-Control", a.CacheControl)
	setDate(resp, a.Updated)
	setCRC32C(resp, a.CRC32C)
	return resp, nil
}

func response(status int) *http.Response {
	return &http.Response{StatusCode: status, Header: http.Header{}, Body: http.NoBody, ContentLength: -1}
}

func set(resp *http.Response, field, value string) {
	if value != "" {
		resp.Header.Set(field, value)
	}
}

func setVersion(resp *http.Response, generation int64) {
	version := strconv.FormatInt(generation, 10)
	resp.Header.Set(generationField, version)
	resp.Header.Set("ETag", `"`+version+`"`)
}

func setDate(resp *http.Response, t time.Time) {
	if !t.IsZero() {
		resp.Header.Set("Last-Modified", t.UTC().Format(http.TimeFormat))
	}
}

func setCRC32C(resp *http.Response, sum uint32) {
	resp.Header.Set(hashField, "crc32c="+base64.StdEncoding.EncodeToString(binary.BigEndian.AppendUint32(nil, sum)))
}

// contentResponse is the response with the whole object.
func contentResponse(r *storage.Reader) *http.Response {
	resp := response(http.StatusOK)
	resp.Body = struct { // without the WriterTo
		io.Reader
		io.Closer
	}{r, r}
	a := &r.Attrs
	resp.ContentLength = a.Size
	setVersion(resp, a.Generation)
	set(resp, "Content-Type", a.ContentType)
	set(resp, "Content-Encoding", a.ContentEncoding)
	set(resp, "Cache-Control", a.CacheControl)
	setDate(resp, a.LastModified)
	if a.CRC32C != 0 {
		setCRC32C(resp, a.CRC32C)
	}
	return resp
}

// errorResponse is the response that an error of the SDK was made of.
func errorResponse(err error) (*http.Response, error) {
	e, ok := errors.AsType[*googleapi.Error](err)
	if !ok || e.Code == 0 {
		if errors.Is(err, storage.ErrObjectNotExist) || errors.Is(err, storage.ErrBucketNotExist) {
			return response(http.StatusNotFound), nil
		}
		return nil, err
	}
	resp := response(e.Code)
	resp.Body = io.NopCloser(strings.NewReader(e.Body))
	for _, field := range []string{"Content-Range", "Date", "Retry-After", uploadField} { // not ETag, which is not the generation
		set(resp, field, e.Header.Get(field))
	}
	if len(e.Errors) > 0 {
		set(resp, reasonField, e.Errors[0].Reason)
	}
	return resp, nil
}

// reasonField has the reason of an error of the JSON API, in responses made here alone.
const reasonField = "X-Goog-Error-Reason"

// setPart makes a response with the whole object one with a part.
func setPart(resp *http.Response, r *storage.Reader) {
	resp.StatusCode = http.StatusPartialContent
	resp.ContentLength = r.Remain()
	last := r.Attrs.StartOffset + r.Remain() - 1
	resp.Header.Set("Content-Range", fmt.Sprintf("bytes %d-%d/%d", r.Attrs.StartOffset, last, r.Attrs.Size))
}
