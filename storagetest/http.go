package storagetest

import (
	"context"
	"io"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"time"
)

// exchange sends one HTTP request, applies the script's faults and records it.
func exchange(
	ctx context.Context, rec *Recorder, script *Script, method, key string, h http.Header,
	send func(ctx context.Context, h http.Header) (*http.Response, error),
) (*http.Response, error) {
	call := httpCall(method, key, h)
	r := rec.begin(call)
	a := script.match(call.Op, key)
	if call.Op != OpRead {
		a = a.withoutBody()
	}
	if f, ok := a.take(status); ok {
		r.setStatus(f.status)
		resp := statusResponse(f)
		resp.Body = &httpBody{Reader: resp.Body, in: resp.Body, rec: r, closed: make(chan struct{})}
		return resp, nil
	}
	outer := ctx
	ctx, err := a.before(ctx)
	if err != nil {
		r.fail(err)
		return nil, err
	}
	resp, err := send(ctx, a.requestHeader(h))
	if err != nil {
		r.fail(err)
		return nil, err
	}
	r.setStatus(resp.StatusCode)
	a.responseHeader(resp)
	closed := make(chan struct{})
	in := resp.Body
	resp.Body = &httpBody{Reader: a.body(in, faultEnv{ctx: outer, closed: closed}), in: in, rec: r, faults: a, closed: closed}
	return resp, nil
}

// httpCall returns the Call of a request.
func httpCall(method, key string, h http.Header) Call {
	call := Call{Key: key, N: ToEnd}
	switch method {
	case http.MethodHead:
		call.Op = OpStat
	case http.MethodPut, http.MethodPost, http.MethodPatch:
		call.Op = OpWrite
	case http.MethodDelete:
		call.Op = OpDelete
	default:
		call.Op = OpRead
	}
	if spec, ok := strings.CutPrefix(h.Get("Range"), "bytes="); ok {
		call.Off, call.N = window(spec)
	}
	var conditions []string
	for _, field := range []string{"If-Match", "If-None-Match", "If-Modified-Since", "If-Unmodified-Since", "If-Range"} {
		if v := h.Get(field); v != "" {
			conditions = append(conditions, field+": "+v)
		}
	}
	call.Conditions = strings.Join(conditions, "; ")
	return call
}

// window parses the first range of a Range field.
func window(spec string) (off, n int64) {
	spec, _, _ = strings.Cut(spec, ",")
	first, last, _ := strings.Cut(spec, "-")
	off, err := strconv.ParseInt(first, 10, 64)
	if err != nil {
		suffix, _ := strconv.ParseInt(last, 10, 64)
		return -suffix, ToEnd
	}
	end, err := strconv.ParseInt(last, 10, 64)
	if err != nil {
		return off, ToEnd
	}
	return off, end - off + 1
}

func statusResponse(f *Action) *http.Response {
	text := http.StatusText(f.status) + "\n"
	h := http.Header{"Content-Type": {"text/plain"}, "Content-Length": {strconv.Itoa(len(text))}}
	if f.pause > 0 {
		h.Set("Retry-After", strconv.FormatInt(int64(f.pause/time.Second), 10))
	}
	return &http.Response{
		Status: strconv.Itoa(f.status) + " " + http.StatusText(f.status), StatusCode: f.status,
		Proto: "HTTP/1.1", ProtoMajor: 1, ProtoMinor: 1,
		Header: h, ContentLength: int64(len(text)), Body: io.NopCloser(strings.NewReader(text)),
	}
}

// requestHeader applies faults to the header of a request.
func (a activeFaults) requestHeader(h http.Header) http.Header {
	field := h.Get("Range")
	if field == "" {
		return h
	}
	if _, ok := a.take(ignoreRange); ok {
		h = h.Clone()
		h.Del("Range")
		h.Del("If-Range")
		return h
	}
	spec, ok := strings.CutPrefix(field, "bytes=")
	off, n := window(spec)
	if !ok || off < 0 {
		return h
	}
	if f, ok := a.take(shiftRange); ok {
		h = h.Clone()
		off = max(0, off+f.n)
		field = "bytes=" + strconv.FormatInt(off, 10) + "-"
		if n > 0 {
			field += strconv.FormatInt(off+n-1, 10)
		}
		h.Set("Range", field)
	}
	return h
}

// responseHeader applies faults to the header of a response.
func (a activeFaults) responseHeader(resp *http.Response) {
	if f, ok := a.take(resize); ok {
		resizeResponse(resp, f.n)
	}
	if _, ok := a.take(stripValidators); ok {
		for _, field := range []string{"ETag", "Last-Modified", "Content-MD5", "Digest", "Repr-Digest"} {
			resp.Header.Del(field)
		}
	}
	if _, ok := a.take(changeValidators); ok {
		resp.Header.Set("ETag", otherTag)
		if t, err := http.ParseTime(resp.Header.Get("Last-Modified")); err == nil {
			resp.Header.Set("Last-Modified", t.Add(otherTime).UTC().Format(http.TimeFormat))
		}
	}
	if a.find(truncate) != nil || a.find(extend) != nil {
		resp.ContentLength = -1
		resp.Header.Del("Content-Length")
	}
}

// resizeResponse adds delta to Content-Length and to the complete length in Content-Range.
func resizeResponse(resp *http.Response, delta int64) {
	if spec, total, ok := strings.Cut(resp.Header.Get("Content-Range"), "/"); ok {
		if n, err := strconv.ParseInt(total, 10, 64); err == nil {
			resp.Header.Set("Content-Range", spec+"/"+strconv.FormatInt(n+delta, 10))
		}
	}
	if resp.ContentLength >= 0 {
		resp.ContentLength = max(0, resp.ContentLength+delta)
		resp.Header.Set("Content-Length", strconv.FormatInt(resp.ContentLength, 10))
	}
}

// httpBody is a response body with faults.
type httpBody struct {
	io.Reader
	in     io.Closer
	rec    *record
	faults activeFaults
	closed chan struct{}
	once   sync.Once
}

func (b *httpBody) Read(p []byte) (int, error) {
	n, err := b.Reader.Read(p)
	b.rec.add(int64(n))
	return n, err
}

func (b *httpBody) Close() error {
	var err error
	b.once.Do(func() {
		err = b.faults.closeError()
		close(b.closed)
		b.rec.close()
	})
	if cerr := b.in.Close(); err == nil {
		err = cerr
	}
	return err
}
