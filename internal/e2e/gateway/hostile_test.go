package gateway_test

import (
	"bufio"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

const secret = "outside of the bucket"

// hostileTargets returns request targets that try to read a file outside of the bucket or to inject a field. They
// are sent raw, because a client would normalize most of them.
func hostileTargets(dir string) []string {
	long := strings.Repeat("a", 4096)
	var all []string
	for _, key := range []string{
		"../secret", "..%2fsecret", "%2e%2e/secret", "%2e%2e%2fsecret", "..%5csecret", `..\secret`, "%2e%2e%5csecret",
		"dir/../../secret", "dir%2f..%2f..%2fsecret", "./k", "%2e/k", "k/.", "k/..", ".", "..", "%2e", "%2e%2e",
		"/secret", "//secret", "%2fsecret", "%2f%2fsecret", "/etc/passwd", "%2fetc%2fpasswd", dir + "/secret",
		strings.ReplaceAll(dir, "/", "%2f") + "%2fsecret", "C:%5csecret", "file:%2f%2f" + dir + "/secret",
		"..%252fsecret", "%252e%252e%252fsecret", "..%c0%afsecret", "%c0%ae%c0%ae/secret", "..;/secret", "..%00/secret",
		"k%00", "%00", "k%00.png", "k%0d%0aX-Injected:%201", "%0d%0a%0d%0aHTTP/1.1%20200%20OK", "k%0aX-Injected:1", "k%09", "k%7f",
		"%ff", "k%ff", "%fe%fe", "%ed%a0%80", "k%80", "k/", "k//", "dir//k", "dir/", "dir", "",
		long, strings.Repeat("a/", 2048), strings.Repeat("%2e%2e/", 500) + "secret", strings.Repeat("%ff", 1400),
		"k%", "k%zz", "k%2", "..%2f..%2f..%2f..%2f..%2f..%2fetc%2fpasswd", "__0x2e____0x2e____0x2f__secret",
		"k.attrs", "..__0x2f__secret", "link-out", "linked/secret",
	} {
		all = append(all, "/f/default/"+key)
	}
	return append(all, "/f/../f/default/k", "/f/%2e%2e/k", "/f//k", "/f/%00/k", "/f/def%0d%0aault/k", "/../k", "//f/default/k",
		"/f/default/../f/default/k", "/healthz/../f/default/k", "/%2e%2e/k", `\files\k`, "files/k", "/files%2fk", "/FILES/k")
}

// raw sends a request target unchanged and reads until the server closes the connection.
func raw(t *testing.T, host, target string) (status int, header http.Header, all string) {
	t.Helper()
	conn, err := net.Dial("tcp", host)
	require.NoError(t, err)
	defer conn.Close()
	require.NoError(t, conn.SetDeadline(time.Now().Add(20*time.Second)))
	_, err = fmt.Fprintf(conn, "GET %s HTTP/1.1\r\nHost: %s\r\nConnection: close\r\n\r\n", target, host)
	require.NoError(t, err)
	b, err := io.ReadAll(conn)
	require.NoError(t, err)
	r := bufio.NewReader(strings.NewReader(string(b)))
	resp, err := http.ReadResponse(r, nil)
	require.NoError(t, err, "%q", b)
	_, err = io.Copy(io.Discard, resp.Body)
	require.NoError(t, err)
	assert.Zero(t, r.Buffered(), "a second answer")
	return resp.StatusCode, resp.Header, string(b)
}

func TestHostileKeys(t *testing.T) {
	t.Parallel()
	stored := map[string][]byte{"k": []byte("inside"), "dir/k": []byte("inside")}
	dir, fileURL := fileBucket(t, stored)
	require.NoError(t, os.WriteFile(filepath.Join(filepath.Dir(dir), "secret"), []byte(secret), 0o644))
	s3, s3URL := s3Bucket(t, stored)
	require.NoError(t, os.WriteFile(filepath.Join(s3.Root, "secret"), []byte(secret), 0o644))
	for name, g := range map[string]*gateway{
		"mem": startGateway(t), "file": startGateway(t, "-bucket", fileURL), "s3": startGateway(t, "-bucket", s3URL),
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			for _, target := range hostileTargets(filepath.Dir(dir)) {
				status, header, all := raw(t, g.Host(), target)
				assert.Contains(t, []int{http.StatusBadRequest, http.StatusNotFound}, status, "%.80q", target)
				assert.NotContains(t, all, secret, "%.80q", target)
				assert.NotContains(t, all, "inside", "%.80q", target)
				assert.Empty(t, header.Values("X-Injected"), "%.80q", target)
				assert.Empty(t, header.Get("Content-Disposition"), "%.80q", target)
			}
			assert.NotContains(t, g.Log.String(), "panic")
		})
	}
}

// Invalid and oversized requests are rejected, and the next client is served.
func TestHealthyAfterJunk(t *testing.T) {
	t.Parallel()
	g := startGateway(t)
	host := g.Host()
	for _, junk := range []string{
		"\x00\x01\x02\r\n\r\n", "GET\r\n\r\n", "GET /f/default/k HTTP/9.9\r\n\r\n", "GET /f/default/readme.txt HTTP/1.1\r\n\r\n",
		"GET / HTTP/1.1\r\nHost: a\r\nX: " + strings.Repeat("x", 64<<10) + "\r\n\r\n", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\njunk",
		"GET /f/default/readme.txt HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\n",
	} {
		conn, err := net.Dial("tcp", host)
		require.NoError(t, err)
		require.NoError(t, conn.SetDeadline(time.Now().Add(time.Second)))
		_, _ = io.WriteString(conn, junk)
		answer, _ := bufio.NewReader(conn).ReadString('\n')
		assert.NotContains(t, answer, " 200 ", "%.60q", junk)
		assert.NotContains(t, answer, " 500 ", "%.60q", junk)
		_ = conn.Close()
	}
	got := goClient(t, 1).do(t, http.MethodGet, g.URL+"/healthz", nil)
	assert.Equal(t, "ok\n", string(got.Body))
}
