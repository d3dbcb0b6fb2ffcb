package conformance_test

import (
	"bufio"
	"bytes"
	"fmt"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"

	"github.com/go-downloadview/downloadview/internal/e2e/conformance"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// http.ServeContent with an entity-tag fails a known number of cases, for known reasons. So the checks can fail.
func TestServeContentFails(t *testing.T) {
	t.Parallel()
	fixtures, err := conformance.Fixtures()
	require.NoError(t, err)
	tables, err := conformance.Load()
	require.NoError(t, err)
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		for i := range fixtures {
			f := &fixtures[i]
			if r.URL.Path != "/files/"+f.Name {
				continue
			}
			modified, err := f.ModTime()
			if err != nil {
				panic(err)
			}
			w.Header().Set("Content-Type", f.ContentType)
			w.Header().Set("ETag", `"v1-Zd"`)
			http.ServeContent(w, r, "", modified, bytes.NewReader(f.Bytes()))
			return
		}
		http.NotFound(w, r)
	}))
	t.Cleanup(srv.Close)
	target, err := conformance.TargetOf(srv.URL)
	require.NoError(t, err)
	failed := map[string]string{}
	for i := range tables.HTTP {
		if wrong := target.Play(t.Context(), &tables.HTTP[i]); len(wrong) > 0 {
			failed[tables.HTTP[i].ID] = strings.Join(wrong, "\n")
		}
	}
	assert.Greater(t, len(failed), 30, "of %d", len(tables.HTTP))
	assert.Less(t, len(failed), 100)
	for id, why := range map[string]string{
		"method-put":      "status 200",
		"digest-repr-200": "header:Repr-Digest",
		"cache-lm-future": "not_after_date",
	} {
		assert.Contains(t, failed[id], why, id)
	}
	for i := range tables.Disposition {
		assert.NotEmpty(t, target.PlayName(t.Context(), &tables.Disposition[i]), "there is nothing at /attachment")
	}
}

// scripted is a server that sends the same bytes to every request.
func scripted(t *testing.T, answer string) *conformance.Target {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	done := make(chan struct{})
	go func() {
		defer close(done)
		for {
			conn, err := l.Accept()
			if err != nil {
				return
			}
			if _, err := http.ReadRequest(bufio.NewReader(conn)); err == nil {
				fmt.Fprint(conn, answer)
			}
			_ = conn.Close()
		}
	}()
	t.Cleanup(func() {
		_ = l.Close()
		<-done
	})
	return &conformance.Target{Host: l.Addr().String()}
}

// Faults on the wire are reported, even those that HTTP clients hide.
func TestFaults(t *testing.T) {
	t.Parallel()
	const ok = "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n"
	for name, c := range map[string]struct{ method, answer, want string }{
		"good":                     {"GET", ok + "\r\nhello", ""},
		"good, chunked":            {"GET", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n", ""},
		"good, after a 103":        {"GET", "HTTP/1.1 103 Early Hints\r\n\r\n" + ok + "\r\nhello", ""},
		"content of a HEAD":        {"HEAD", ok + "\r\nhello", "5 bytes after the end"},
		"content of a 304":         {"GET", "HTTP/1.1 304 Not Modified\r\n\r\nhello", "5 bytes after the end"},
		"too short":                {"GET", ok + "\r\nhell", "ends after 4"},
		"too long":                 {"GET", ok + "\r\nhello!", "1 bytes after the end"},
		"chunked without an end":   {"GET", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n", "unexpected EOF"},
		"both lengths":             {"GET", ok + "Transfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n", "Transfer-Encoding and"},
		"two tags":                 {"GET", ok + "ETag: \"a\"\r\nETag: \"a\"\r\n\r\nhello", "2 fields ETag"},
		"bare line feed":           {"GET", "HTTP/1.1 200 OK\nContent-Length: 5\r\n\r\nhello", "without CRLF"},
		"blank in a name":          {"GET", ok + "X Y: z\r\n\r\nhello", "field line"},
		"control character":        {"GET", ok + "X: a\x01b\r\n\r\nhello", "control character in X"},
		"Content-Range of a 200":   {"GET", ok + "Content-Range: bytes 0-4/5\r\n\r\nhello", "Content-Range"},
		"206 without a range":      {"GET", "HTTP/1.1 206 Partial Content\r\nContent-Length: 5\r\n\r\nhello", "Content-Range"},
		"500":                      {"GET", "HTTP/1.1 500 Oh\r\nContent-Length: 0\r\n\r\n", "status 500"},
		"closed":                   {"GET", "", "no answer"},
		"no HTTP":                  {"GET", "hello\r\n\r\n", "status line"},
		"multipart of one range":   {"GET", "HTTP/1.1 206 Partial Content\r\nContent-Type: multipart/byteranges; boundary=b\r\nContent-Length: 0\r\n\r\n", "multipart for one range"},
		"redirect, not the answer": {"GET", "HTTP/1.1 302 Found\r\nContent-Length: 0\r\n\r\n", "status 302"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			cs := &conformance.Case{ID: name, Request: conformance.Request{Method: c.method, Path: "/"}}
			cs.Expect.Status = []int{200, 206, 304}
			got := strings.Join(scripted(t, c.answer).Play(t.Context(), cs), "\n")
			if c.want == "" {
				assert.Empty(t, got)
			} else {
				assert.Contains(t, got, c.want)
			}
		})
	}
}

func TestEveryCaseCanBeFailed(t *testing.T) {
	t.Parallel()
	tables, err := conformance.Load()
	require.NoError(t, err)
	target := scripted(t, "HTTP/1.1 599 Whatever\r\nContent-Length: 0\r\n\r\n")
	for _, cases := range [][]conformance.Case{tables.HTTP, tables.Offload} {
		for i := range cases {
			assert.NotEmpty(t, target.Play(t.Context(), &cases[i]), cases[i].ID)
		}
	}
}
