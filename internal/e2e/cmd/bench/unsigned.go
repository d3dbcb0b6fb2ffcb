package main

import (
	"context"
	"io"
	"net/http"
	"strconv"
	"sync"
)

// unsigned passes requests on with Go's client, without a signature: the least that net/http costs on both sides.
func unsigned(_ context.Context, s storage) (http.Handler, error) {
	transport := http.DefaultTransport.(*http.Transport).Clone()
	transport.MaxIdleConnsPerHost, transport.DisableCompression = busyConnections, true
	buffers := sync.Pool{New: func() any { b := make([]byte, 256<<10); return &b }}
	return named(func(w http.ResponseWriter, r *http.Request, name string) {
		req, err := http.NewRequestWithContext(r.Context(), http.MethodGet, s.endpoint+"/"+s.bucket+"/"+name, http.NoBody)
		if err != nil {
			fail(w, err)
			return
		}
		resp, err := transport.RoundTrip(req)
		if err != nil {
			fail(w, err)
			return
		}
		defer resp.Body.Close()
		w.Header().Set("Content-Length", strconv.FormatInt(resp.ContentLength, 10))
		w.Header().Set("Content-Type", resp.Header.Get("Content-Type"))
		w.WriteHeader(resp.StatusCode)
		buf := buffers.Get().(*[]byte)
		defer buffers.Put(buf)
		_, _ = io.CopyBuffer(struct{ io.Writer }{w}, resp.Body, *buf)
	}), nil
}
