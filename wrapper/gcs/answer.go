package gcs

import (
	"context"
	"encoding/base64"
	"encoding/binary"
	"errors"
	"net/http"
	"strconv"
	"strings"
	"time"

	"cloud.google.com/go/storage"
	"google.golang.org/api/googleapi"

	"github.com/go-downloadview/downloadview/wrapper"
)

// The fields in which the service itself tells a generation and a digest.
const (
	generationField = "X-Goog-Generation"
	hashField       = "X-Goog-Hash"
)

// head describes an object by its metadata.
func head(ctx context.Context, o *storage.ObjectHandle) (*http.Response, error) {
	a, err := o.Attrs(ctx)
	if err != nil {
		return answered(err)
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

// answered turns an error of the SDK into the answer of the service that it stands for.
func answered(err error) (*http.Response, error) {
	if errors.Is(err, storage.ErrObjectNotExist) || errors.Is(err, storage.ErrBucketNotExist) {
		return response(http.StatusNotFound), nil
	}
	e, ok := errors.AsType[*googleapi.Error](err)
	if !ok || e.Code == 0 {
		return nil, err
	}
	resp := response(e.Code)
	for _, field := range []string{"Content-Range", "Date", "Retry-After"} { // not ETag, which is another than ours
		set(resp, field, e.Header.Get(field))
	}
	return resp, nil
}

// Describe reads what the service's own fields tell.
func (s *store) Describe(resp *http.Response, info *wrapper.Info) {
	info.Version = resp.Header.Get(generationField)
	for _, field := range resp.Header.Values(hashField) {
		for h := range strings.SplitSeq(field, ",") {
			sum, ok := strings.CutPrefix(strings.TrimSpace(h), "crc32c=")
			if !ok {
				continue
			}
			if b, err := base64.StdEncoding.DecodeString(sum); err == nil {
				info.Digests = []wrapper.Digest{{Algorithm: "crc32c", Sum: b}}
			}
		}
	}
}
