package e2e_test

import (
	"bytes"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// slowDownload is an answer whose body is still on its way.
type slowDownload struct {
	length int64
	body   io.ReadCloser
}

// startDownload asks for the whole by HTTP/1.0, 1.1 or 2 and reads nothing of the body.
func startDownload(t *testing.T, version, url string) slowDownload {
	t.Helper()
	if version == "HTTP/1.0" {
		return startHTTP10(t, url)
	}
	resp, err := httpClient(t, map[string]int{"HTTP/1.1": 1, "HTTP/2": 2}[version]).Get(url)
	require.NoError(t, err)
	require.Equal(t, http.StatusOK, resp.StatusCode)
	t.Cleanup(func() { _ = resp.Body.Close() })
	return slowDownload{resp.ContentLength, resp.Body}
}

// startHTTP10 takes the body for whatever comes until the connection is closed, as an old proxy does.
func startHTTP10(t *testing.T, url string) slowDownload {
	t.Helper()
	host, path, _ := strings.Cut(strings.TrimPrefix(url, "http://"), "/")
	conn, err := net.Dial("tcp", host)
	require.NoError(t, err)
	t.Cleanup(func() { _ = conn.Close() })
	require.NoError(t, conn.SetDeadline(time.Now().Add(time.Minute)))
	_, err = fmt.Fprintf(conn, "GET /%s HTTP/1.0\r\n\r\n", path)
	require.NoError(t, err)
	length := int64(-1)
	for line := ""; line != "\r\n"; {
		line = readLine(t, conn)
		if v, ok := strings.CutPrefix(line, "Content-Length: "); ok {
			length, err = strconv.ParseInt(strings.TrimSpace(v), 10, 64)
			require.NoError(t, err)
		}
	}
	return slowDownload{length, conn}
}

// readLine reads no byte past the end of the line.
func readLine(t *testing.T, r io.Reader) string {
	t.Helper()
	var line []byte
	for b := [1]byte{}; !bytes.HasSuffix(line, []byte("\n")); line = append(line, b[0]) {
		_, err := io.ReadFull(r, b[:])
		require.NoError(t, err)
	}
	return string(line)
}

var versions = []string{"HTTP/1.0", "HTTP/1.1", "HTTP/2"}

const shortSize = 64 << 20 // more than all buffers on the way hold

// A file that becomes shorter while it is sent is a failed transfer, never a short one.
func TestTruncatedFileNeverEndsCleanly(t *testing.T) {
	t.Parallel()
	dir, bucketURL := fileBucket(t, nil)
	g := startGateway(t, "-bucket", bucketURL)
	for _, version := range versions {
		t.Run(version, func(t *testing.T) {
			t.Parallel()
			key := strings.ReplaceAll(version, "/", "-")
			require.NoError(t, os.WriteFile(filepath.Join(dir, key), nil, 0o644))
			require.NoError(t, os.Truncate(filepath.Join(dir, key), shortSize))
			d := startDownload(t, version, g.URL+"/files/"+key)
			_, err := io.ReadFull(d.body, make([]byte, 1<<20))
			require.NoError(t, err)
			require.NoError(t, os.Truncate(filepath.Join(dir, key), shortSize/2))
			n, err := io.Copy(io.Discard, d.body)
			assert.Error(t, err, "after %d bytes", n)
			assert.Less(t, n+1<<20, d.length)
			assert.Eventually(t, func() bool {
				return strings.Contains(g.log.String(), `"download broke off" method=GET path=/files/`+key)
			}, 5*time.Second, 10*time.Millisecond, "the log tells: %s", g.log)
		})
	}
}

// A file that is rewritten while it is sent, to the same length, is one, too.
func TestRewrittenFileNeverEndsCleanly(t *testing.T) {
	t.Parallel()
	dir, bucketURL := fileBucket(t, map[string][]byte{"k": make([]byte, shortSize)})
	g := startGateway(t, "-bucket", bucketURL)
	for _, version := range versions {
		d := startDownload(t, version, g.URL+"/files/k")
		_, err := io.ReadFull(d.body, make([]byte, 1<<20))
		require.NoError(t, err)
		f, err := os.OpenFile(filepath.Join(dir, "k"), os.O_WRONLY, 0)
		require.NoError(t, err)
		_, err = f.WriteAt([]byte(version), shortSize-100)
		require.NoError(t, err)
		require.NoError(t, f.Close())
		_, err = io.Copy(io.Discard, d.body)
		assert.Error(t, err, version)
	}
}

// A storage that dies while it is read fails the transfer.
func TestCutStorageNeverEndsCleanly(t *testing.T) {
	t.Parallel()
	for _, version := range versions {
		t.Run(version, func(t *testing.T) {
			t.Parallel()
			_, bucketURL := s3Bucket(t, map[string][]byte{"k": content("k", 8<<20)})
			p := startCutProxy(t, endpoint(t, bucketURL))
			g := startGateway(t, "-bucket", p.through(t, bucketURL))
			p.cutAfter(3 << 20)
			d := startDownload(t, version, g.URL+"/files/k")
			n, err := io.Copy(io.Discard, d.body)
			assert.Error(t, err, "after %d bytes", n)
			assert.Less(t, n, d.length)
			assert.Equal(t, int64(8<<20), d.length)
		})
	}
}
