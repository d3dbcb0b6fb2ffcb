package offload_test

import (
	"mime"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/go-downloadview/downloadview/blobdownload"
	"github.com/go-downloadview/downloadview/storagetest/edge"
)

// TestEdgeIsNginx sends every request to edge.Nginx and to the real nginx, and compares status, fields and body.
// The fields of the request select the application's response.
func TestEdgeIsNginx(t *testing.T) {
	t.Parallel()
	dir := filesDir(t)
	content := strings.Repeat("0123456789", 400)
	mod := time.Date(2024, 1, 6, 10, 20, 30, 0, time.UTC)
	for _, name := range []string{"a.bin", "a b", "a%20b", "q?x", "sub/in"} {
		path := filepath.Join(dir, name)
		require.NoError(t, os.MkdirAll(filepath.Dir(path), 0o755))
		require.NoError(t, os.WriteFile(path, []byte(name+content), 0o644))
		require.NoError(t, os.Chtimes(path, mod, mod))
	}
	app := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		for name, values := range r.Header {
			if field, ok := strings.CutPrefix(name, "Response-"); ok {
				w.Header()[http.CanonicalHeaderKey(field)] = values
			}
		}
		if r.Header.Get("Want-Status") != "" {
			w.WriteHeader(map[string]int{"404": 404, "206": 206, "403": 403}[r.Header.Get("Want-Status")])
		}
		if r.Header.Get("Response-X-Accel-Redirect") == "" {
			_, _ = w.Write([]byte("streamed " + r.Header.Get("X-Edge-Proof")))
		}
	})
	nginx := frontOf("nginx").start(t, app, dir, "")
	root, err := os.OpenRoot(dir)
	require.NoError(t, err)
	t.Cleanup(func() { _ = root.Close() })
	fake := httptest.NewServer(&edge.Nginx{
		App:    app,
		Header: http.Header{"X-Edge-Proof": {proof}},
		Locations: []edge.Location{
			{Prefix: "/_files/", Files: root.FS()},
			{Prefix: "/_checked/", Files: root.FS(), Validators: blobdownload.AppValidators},
		},
	})
	t.Cleanup(fake.Close)

	const etag, lm, own, other = `"6599296e-fa5"`, "Sat, 06 Jan 2024 10:20:30 GMT", `"of-the-app"`, "Sun, 07 Jan 2024 10:20:30 GMT"
	offered := []string{
		"Response-Content-Type", "text/x-app; charset=utf-8", "Response-Content-Disposition", `attachment; filename="x"`,
		"Response-Cache-Control", "private, max-age=7", "Response-Expires", other, "Response-Set-Cookie", "a=b", "Response-Vary", "Origin",
		"Response-Content-Language", "de", "Response-Content-Encoding", "x-own", "Response-X-Content-Type-Options", "nosniff", "Response-Content-Security-Policy", "sandbox",
		"Response-Cross-Origin-Resource-Policy", "same-origin", "Response-Referrer-Policy", "no-referrer", "Response-X-Private", "lost",
		"Response-Link", "</lost>", "Response-Access-Control-Allow-Origin", "*",
	}
	type request struct {
		name, method string
		fields       []string
	}
	var cases []request
	add := func(name string, fields ...string) { cases = append(cases, request{name, http.MethodGet, fields}) }
	add("streamed", "Response-X-Accel-Buffering", "no", "Response-X-Kept", "1")
	for at, tag := range map[string]string{"/_files/": etag, "/_checked/": own} {
		offloaded := func(name string, fields ...string) {
			fields = append([]string{"Response-X-Accel-Redirect", at + "a.bin", "Response-ETag", own, "Response-Last-Modified", other}, fields...)
			cases = append(cases,
				request{at + " " + name, http.MethodGet, append(fields, offered...)},
				request{at + " HEAD " + name, http.MethodHead, append(fields, offered...)})
		}
		date := map[string]string{etag: lm, own: other}[tag]
		offloaded("whole")
		offloaded("status 404", "Want-Status", "404")
		offloaded("status 206", "Want-Status", "206")
		offloaded("status 403", "Want-Status", "403")
		for _, r := range []string{"bytes=0-9", "bytes=-5", "bytes=4000-", "bytes=0-0,3000-3004", "bytes=9999-", "bytes=abc", "lines=1-2",
			"bytes=0-0,2-2,4-4,6-6,8-8,10-10,12-12,14-14,16-16", "bytes=5-2", "bytes=,0-4", "bytes=0-4,7-6", "bytes=\t0-4", "bytes=0-4, 6-7",
			"bytes=0-9223372036854775807", "bytes=0-9223372036854775808", "bytes=-9223372036854775808", "bytes=9999-,0-4"} {
			offloaded("range "+r, "Range", r)
		}
		offloaded("if-range holds", "Range", "bytes=0-9", "If-Range", tag)
		offloaded("if-range old", "Range", "bytes=0-9", "If-Range", `"old"`)
		offloaded("if-range date", "Range", "bytes=0-9", "If-Range", date)
		offloaded("if-range other date", "Range", "bytes=0-9", "If-Range", "Mon, 08 Jan 2024 10:20:30 GMT")
		offloaded("inm", "If-None-Match", tag)
		offloaded("inm weak", "If-None-Match", "W/"+tag)
		offloaded("inm other", "If-None-Match", `"x", "y"`)
		offloaded("ims", "If-Modified-Since", date)
		offloaded("ims older", "If-Modified-Since", "Mon, 01 Jan 2024 10:20:30 GMT")
		offloaded("im", "If-Match", tag)
		offloaded("im other", "If-Match", `"x"`)
		offloaded("ius", "If-Unmodified-Since", date)
		offloaded("ius older", "If-Unmodified-Since", "Mon, 01 Jan 2024 10:20:30 GMT")
	}
	for name, value := range map[string]string{
		"escaped": "/_files/a%20b", "escaped percent": "/_files/a%2520b", "raw percent is the other file": "/_files/a%20b",
		"question mark": "/_files/q%3Fx", "raw question mark": "/_files/q?x", "missing": "/_files/none", "directory": "/_files/sub",
		"directory/": "/_files/sub/", "sub": "/_files/sub/in", "dots": "/_files/../etc/passwd", "escaped dots": "/_files/%2e%2e/x",
		"relative": "_files/a.bin", "named": "@nowhere", "nul": "/_files/a%00", "plus": "/_files/a+b", "bad escape": "/_files/a%zz",
	} {
		add("value: "+name, append([]string{"Response-X-Accel-Redirect", value}, offered...)...)
	}
	for _, tc := range cases {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			want, wantBody := do(t, tc.method, nginx+"/x", tc.fields...)
			got, gotBody := do(t, tc.method, fake.URL+"/x", tc.fields...)
			assert.Equal(t, want.StatusCode, got.StatusCode)
			assert.Equal(t, lines(comparableHeader(want.Header)), lines(comparableHeader(got.Header)))
			if want.StatusCode < 300 {
				assert.Equal(t, unbounded(want, wantBody), unbounded(got, gotBody))
			}
		})
	}
	for _, path := range []string{"/_files/a.bin", "/_checked/a.bin"} {
		want, _ := get(t, nginx+path)
		got, _ := get(t, fake.URL+path)
		assert.Equal(t, http.StatusNotFound, want.StatusCode)
		assert.Equal(t, want.StatusCode, got.StatusCode)
	}
}

// comparableHeader returns a header without the fields of the connection, the time and an error page.
func comparableHeader(h http.Header) http.Header {
	h = h.Clone()
	for _, name := range []string{"Date", "Server", "Connection"} {
		h.Del(name)
	}
	if kind := h.Get("Content-Type"); strings.HasPrefix(kind, "multipart/") || strings.HasPrefix(kind, "text/html") {
		kind, _, _ = strings.Cut(kind, ";")
		h.Set("Content-Type", kind)
		h.Del("Content-Length")
	}
	return h
}

// lines returns a header as sorted text, for the diff of a failed test.
func lines(h http.Header) string {
	var b strings.Builder
	_ = h.Write(&b)
	return b.String()
}

func unbounded(resp *http.Response, body string) string {
	_, params, err := mime.ParseMediaType(resp.Header.Get("Content-Type"))
	if err != nil || params["boundary"] == "" {
		return body
	}
	return strings.ReplaceAll(body, params["boundary"], "-")
}
