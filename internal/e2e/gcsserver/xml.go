package gcsserver

import (
	"compress/gzip"
	"crypto/rsa"
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"io"
	"net/http"
	"net/http/httputil"
	"strconv"
	"strings"
	"time"

	"github.com/fsouza/fake-gcs-server/fakestorage"
)

// xmlAPI serves reads of objects as documented for the XML API of Google Cloud Storage. It evaluates preconditions
// on entity-tags, dates and generations, returns the stored metadata, and decompresses gzip content for a client
// without gzip. It verifies signed URLs. The emulator serves all other requests.
type xmlAPI struct {
	objects  *fakestorage.Server
	emulator *httputil.ReverseProxy
	key      *rsa.PublicKey // of the account that signs URLs
	token    func() string  // the only one that is accepted; "" accepts every request
}

func (a *xmlAPI) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	bucket, key, ok := strings.Cut(strings.TrimPrefix(r.URL.Path, "/"), "/")
	switch {
	case bucket == "storage" || bucket == "upload" || bucket == "download" || bucket == "resumable" || bucket == "_internal",
		r.Method != http.MethodGet && r.Method != http.MethodHead, !ok || key == "":
		a.emulator.ServeHTTP(w, r)
		return
	}
	w.Header().Set("X-Guploader-Uploadid", "test")
	w.Header().Set("Server", "UploadServer")
	if isSigned(r) {
		if code := verify(r, a.key, time.Now()); code != "" {
			refuse(w, r, http.StatusForbidden, code)
			return
		}
	} else if token := a.token(); token != "" && r.Header.Get("Authorization") != "Bearer "+token {
		refuse(w, r, http.StatusUnauthorized, "AuthenticationRequired")
		return
	}
	o, status, code := a.find(bucket, key, r.URL.Query().Get("generation"))
	if code == "" {
		status, code = conditions(r.Header, &o)
	}
	switch {
	case status == http.StatusNotModified:
		w.Header().Set("ETag", etag(&o))
		w.WriteHeader(status)
	case code != "":
		refuse(w, r, status, code)
	default:
		send(w, r, &o)
	}
	if o.Content != nil {
		_ = o.Content.Close()
	}
}

func (a *xmlAPI) find(bucket, key, generation string) (o fakestorage.StreamingObject, status int, code string) {
	if generation == "" {
		var err error
		if o, err = a.objects.GetObjectStreaming(bucket, key); err != nil {
			return o, http.StatusNotFound, a.missing(bucket)
		}
		return o, 0, ""
	}
	n, err := strconv.ParseInt(generation, 10, 64)
	if err != nil {
		return o, http.StatusBadRequest, "InvalidArgument"
	}
	// The bucket has the last version only.
	if o, err = a.objects.GetObjectStreaming(bucket, key); err != nil || o.Generation != n {
		return o, http.StatusNotFound, "NoSuchKey"
	}
	return o, 0, ""
}

func (a *xmlAPI) missing(bucket string) string {
	if _, err := a.objects.ListObjectsWithOptionsPaginated(bucket, fakestorage.ListOptions{}); err != nil {
		return "NoSuchBucket"
	}
	return "NoSuchKey"
}

// etag returns the entity-tag of the XML API: the MD5 of an object that was written with one request.
func etag(o *fakestorage.StreamingObject) string {
	sum, _ := base64.StdEncoding.DecodeString(o.Md5Hash)
	return `"` + hex.EncodeToString(sum) + `"`
}

// conditions evaluates the preconditions of RFC 9110 and of the service's own fields. Entity-tags are compared byte
// by byte.
func conditions(h http.Header, o *fakestorage.StreamingObject) (status int, code string) {
	modified := o.Updated.Truncate(time.Second)
	since, hasSince := date(h.Get("If-Modified-Since"))
	until, hasUntil := date(h.Get("If-Unmodified-Since"))
	tag, noTag := h.Get("If-Match"), h.Get("If-None-Match")
	generation := h.Get("X-Goog-If-Generation-Match")
	switch {
	case generation != "" && generation != strconv.FormatInt(o.Generation, 10),
		tag != "" && tag != "*" && tag != etag(o),
		tag == "" && hasUntil && modified.After(until):
		return http.StatusPreconditionFailed, "PreconditionFailed"
	case noTag != "" && (noTag == "*" || noTag == etag(o)),
		noTag == "" && hasSince && !modified.After(since):
		return http.StatusNotModified, ""
	}
	return 0, ""
}

func date(field string) (time.Time, bool) {
	t, err := http.ParseTime(field)
	return t, err == nil
}

func refuse(w http.ResponseWriter, r *http.Request, status int, code string) {
	body := fmt.Sprintf("<?xml version='1.0' encoding='UTF-8'?><Error><Code>%s</Code><Message>-</Message></Error>", code)
	w.Header().Set("Content-Type", "application/xml; charset=UTF-8")
	w.Header().Set("Content-Length", strconv.Itoa(len(body)))
	w.WriteHeader(status)
	if r.Method != http.MethodHead {
		_, _ = io.WriteString(w, body)
	}
}

func send(w http.ResponseWriter, r *http.Request, o *fakestorage.StreamingObject) {
	h := w.Header()
	for field, value := range map[string]string{
		"ETag": etag(o), "Last-Modified": o.Updated.UTC().Format(http.TimeFormat), "Content-Type": o.ContentType,
		"Content-Language": o.ContentLanguage, "Content-Disposition": o.ContentDisposition, "Cache-Control": o.CacheControl,
		"X-Goog-Generation": strconv.FormatInt(o.Generation, 10), "X-Goog-Metageneration": "1", "X-Goog-Storage-Class": "STANDARD",
		"X-Goog-Stored-Content-Length": strconv.FormatInt(o.Size, 10), "Accept-Ranges": "bytes",
	} {
		if value != "" {
			h.Set(field, value)
		}
	}
	if isSigned(r) {
		override(h, r.URL.Query())
	}
	h["X-Goog-Hash"] = []string{"crc32c=" + o.Crc32c, "md5=" + o.Md5Hash}
	if o.ContentEncoding != "" {
		h.Set("X-Goog-Stored-Content-Encoding", o.ContentEncoding)
		if o.ContentEncoding == "gzip" && !strings.Contains(r.Header.Get("Accept-Encoding"), "gzip") {
			transcode(w, r, o.Content)
			return
		}
		h.Set("Content-Encoding", o.ContentEncoding)
	}
	status, off, end := http.StatusOK, int64(0), o.Size
	if field := r.Header.Get("Range"); field != "" && r.Method == http.MethodGet {
		if first, last, understood := window(field, o.Size); understood {
			if first >= last {
				h.Set("Content-Range", fmt.Sprintf("bytes */%d", o.Size))
				refuse(w, r, http.StatusRequestedRangeNotSatisfiable, "InvalidRange")
				return
			}
			h.Set("Content-Range", fmt.Sprintf("bytes %d-%d/%d", first, last-1, o.Size))
			status, off, end = http.StatusPartialContent, first, last
		}
	}
	h.Set("Content-Length", strconv.FormatInt(end-off, 10))
	w.WriteHeader(status)
	if r.Method == http.MethodHead {
		return
	}
	if _, err := o.Content.Seek(off, io.SeekStart); err == nil {
		_, _ = io.CopyN(w, o.Content, end-off)
	}
}

// transcode sends compressed content decompressed, without a Content-Length and without ranges.
func transcode(w http.ResponseWriter, r *http.Request, content io.Reader) {
	w.Header().Del("Accept-Ranges")
	w.Header().Set("Warning", "214 UploadServer gunzipped")
	w.WriteHeader(http.StatusOK)
	if r.Method == http.MethodHead {
		return
	}
	if z, err := gzip.NewReader(content); err == nil {
		_, _ = io.Copy(w, z)
	}
}

// window parses a single range, as the service does. Any other Range is ignored.
func window(field string, size int64) (off, end int64, understood bool) {
	spec, ok := strings.CutPrefix(field, "bytes=")
	first, last, dash := strings.Cut(spec, "-")
	if !ok || !dash || strings.Contains(spec, ",") {
		return 0, 0, false
	}
	a, errA := strconv.ParseInt(first, 10, 64)
	b, errB := strconv.ParseInt(last, 10, 64)
	switch {
	case first == "" && errB == nil:
		return max(0, size-b), size, true
	case errA == nil && last == "":
		return a, size, true
	case errA == nil && errB == nil && a <= b:
		return a, min(size, b+1), true
	default:
		return 0, 0, false
	}
}
