package storagetest_test

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"log"
	"mime"
	"mime/multipart"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"
)

// outcome is the end of a download as its client sees it.
type outcome string

const (
	exact     outcome = "exact bytes"
	refused   outcome = "clean error"
	cut       outcome = "transport error"
	forbidden outcome = "clean end of other bytes"
)

// protocols are the HTTP versions of the clients.
var protocols = []string{"HTTP/1.1", "HTTP/2", "HTTP/1.0"}

// caseTimeout is the time limit of a download that takes milliseconds.
const caseTimeout = 20 * time.Second

// frontend is a server with real connections in every protocol. It serves handlers by path.
type frontend struct {
	*httptest.Server

	h1, h2 http.Transport

	mu       sync.Mutex
	handlers map[string]http.Handler
	last     int
}

func newFrontend(t *testing.T) *frontend {
	f := &frontend{handlers: map[string]http.Handler{}}
	f.Server = httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		f.mu.Lock()
		h := f.handlers[r.URL.Path]
		f.mu.Unlock()
		h.ServeHTTP(w, r)
	}))
	f.Config.ErrorLog = log.New(io.Discard, "", 0)
	f.Config.Protocols = new(http.Protocols)
	f.Config.Protocols.SetHTTP1(true)
	f.Config.Protocols.SetUnencryptedHTTP2(true)
	f.Start()
	t.Cleanup(f.Close)
	f.h1.DisableCompression, f.h2.DisableCompression = true, true
	f.h2.Protocols = new(http.Protocols)
	f.h2.Protocols.SetUnencryptedHTTP2(true)
	t.Cleanup(f.h1.CloseIdleConnections)
	t.Cleanup(f.h2.CloseIdleConnections)
	return f
}

// download sends a request to a handler, waits until the handler returns, and returns the outcome with a description.
func (f *frontend) download(proto string, h http.Handler, req clientRequest, versions [][]byte) (outcome, string) {
	var running sync.WaitGroup // more than once, since a client retries a GET without a response
	f.mu.Lock()
	f.last++
	path := fmt.Sprintf("/%d", f.last)
	f.handlers[path] = http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		running.Add(1)
		defer running.Done()
		h.ServeHTTP(w, r)
	})
	f.mu.Unlock()
	resp, body, err := f.do(proto, path, req)
	running.Wait()
	return judge(resp, body, err, req, versions)
}

func (f *frontend) do(proto, path string, req clientRequest) (*http.Response, []byte, error) {
	ctx, cancel := context.WithTimeout(context.Background(), caseTimeout)
	defer cancel()
	r, err := http.NewRequestWithContext(ctx, req.method, f.URL+path, http.NoBody)
	if err != nil {
		return nil, nil, err
	}
	if req.ranges != "" {
		r.Header.Set("Range", req.ranges)
	}
	var resp *http.Response
	switch proto {
	case "HTTP/1.1":
		resp, err = f.h1.RoundTrip(r)
	case "HTTP/2":
		resp, err = f.h2.RoundTrip(r)
	default:
		return f.doHTTP10(ctx, r)
	}
	if err != nil {
		return nil, nil, err
	}
	defer func() { _ = resp.Body.Close() }()
	if resp.Proto[:6] != proto[:6] {
		return nil, nil, fmt.Errorf("answered by %s: %w", resp.Proto, errBroken)
	}
	body, err := io.ReadAll(resp.Body)
	return resp, body, err
}

// doHTTP10 sends an HTTP/1.0 request, as nginx before 1.29.7 does. A body without a length ends with the connection.
func (f *frontend) doHTTP10(ctx context.Context, r *http.Request) (*http.Response, []byte, error) {
	conn, err := new(net.Dialer).DialContext(ctx, "tcp", f.Listener.Addr().String())
	if err != nil {
		return nil, nil, err
	}
	defer func() { _ = conn.Close() }()
	_ = conn.SetDeadline(time.Now().Add(caseTimeout))
	head := fmt.Sprintf("%s %s HTTP/1.0\r\nHost: x\r\n", r.Method, r.URL.Path)
	if v := r.Header.Get("Range"); v != "" {
		head += "Range: " + v + "\r\n"
	}
	if _, err := io.WriteString(conn, head+"\r\n"); err != nil {
		return nil, nil, err
	}
	resp, err := http.ReadResponse(bufio.NewReader(conn), r)
	if err != nil {
		return nil, nil, err
	}
	body, err := io.ReadAll(resp.Body)
	return resp, body, errors.Join(err, resp.Body.Close())
}

// judge compares a response with the versions that the content has had.
func judge(resp *http.Response, body []byte, err error, req clientRequest, versions [][]byte) (outcome, string) {
	var timeout net.Error
	switch {
	case errors.Is(err, errBroken), errors.As(err, &timeout) && timeout.Timeout():
		return forbidden, err.Error()
	case err != nil:
		return cut, err.Error()
	case resp.StatusCode >= 400:
		return judgeError(resp, body, req)
	case req.method == http.MethodHead:
		if len(body) != 0 || resp.StatusCode != http.StatusOK {
			return forbidden, fmt.Sprintf("HEAD: %s with %d bytes", resp.Status, len(body))
		}
		return exact, resp.Status
	}
	for _, v := range versions {
		if err = matches(resp, body, v); err == nil {
			return exact, resp.Status
		}
	}
	return forbidden, fmt.Sprintf("%s with %d bytes: %v", resp.Status, len(body), err)
}

// judgeError expects the status text as the body, and no field of the content.
func judgeError(resp *http.Response, body []byte, req clientRequest) (outcome, string) {
	text := http.StatusText(resp.StatusCode) + "\n"
	if req.method == http.MethodHead {
		text = ""
	}
	if string(body) != text {
		return forbidden, fmt.Sprintf("%s with body %.40q", resp.Status, body)
	}
	for _, field := range []string{"ETag", "Last-Modified", "Content-Disposition", "Content-Encoding"} {
		if v := resp.Header.Get(field); v != "" {
			return forbidden, fmt.Sprintf("%s with %s: %s", resp.Status, field, v)
		}
	}
	return refused, resp.Status
}

// matches compares a response with one version of the content.
func matches(resp *http.Response, body, content []byte) error {
	switch {
	case resp.StatusCode == http.StatusOK:
		return sameBytes(body, content)
	case resp.StatusCode != http.StatusPartialContent:
		return errors.New("neither content nor an error")
	}
	mediaType, params, _ := mime.ParseMediaType(resp.Header.Get("Content-Type"))
	if mediaType != "multipart/byteranges" {
		return matchesPart(resp.Header.Get("Content-Range"), body, content)
	}
	parts := multipart.NewReader(bytes.NewReader(body), params["boundary"])
	for n := 0; ; n++ {
		p, err := parts.NextRawPart()
		if err == io.EOF && n == 2 {
			return nil
		}
		if err != nil {
			return fmt.Errorf("part %d: %w", n, err)
		}
		got, err := io.ReadAll(p)
		if err == nil {
			err = matchesPart(p.Header.Get("Content-Range"), got, content)
		}
		if err != nil {
			return fmt.Errorf("part %d: %w", n, err)
		}
	}
}

func matchesPart(field string, body, content []byte) error {
	var first, last, total int
	if _, err := fmt.Sscanf(field, "bytes %d-%d/%d", &first, &last, &total); err != nil {
		return fmt.Errorf("Content-Range %q: %w", field, err)
	}
	if total != len(content) || last >= total || first > last {
		return fmt.Errorf("Content-Range %q of %d bytes", field, len(content))
	}
	return sameBytes(body, content[first:last+1])
}

func sameBytes(got, want []byte) error {
	if !bytes.Equal(got, want) {
		at := 0
		for at < min(len(got), len(want)) && got[at] == want[at] {
			at++
		}
		return fmt.Errorf("%d bytes, want %d, which differ from byte %d on", len(got), len(want), at)
	}
	return nil
}

// clientRequest is a request of a client.
type clientRequest struct {
	name, method, ranges string
}

var asks = []clientRequest{
	{"full", http.MethodGet, ""},
	{"range", http.MethodGet, "bytes=20000-80000"},
	{"several", http.MethodGet, "bytes=0-40000,60000-90000"},
	{"HEAD", http.MethodHead, ""},
}

func repeat(s string, n int) []byte { return []byte(strings.Repeat(s, n/len(s)+1)[:n]) }
