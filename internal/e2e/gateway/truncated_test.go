package gateway_test

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
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/go-downloadview/downloadview/internal/e2e/s3server"
	"github.com/go-downloadview/downloadview/internal/e2e/wire"
)

// download is a response of which only the header has been read.
type download struct {
	length int64
	body   io.ReadCloser
}

// startDownload requests a whole file via HTTP/1.0, 1.1 or 2 and reads nothing of the body.
func startDownload(t *testing.T, version, url string) download {
	t.Helper()
	if version == "HTTP/1.0" {
		return startHTTP10(t, url)
	}
	resp, err := httpClient(t, map[string]int{"HTTP/1.1": 1, "HTTP/2": 2}[version]).Get(url)
	require.NoError(t, err)
	require.Equal(t, http.StatusOK, resp.StatusCode)
	t.Cleanup(func() { _ = resp.Body.Close() })
	return download{resp.ContentLength, resp.Body}
}

// startHTTP10 returns a body that ends with the connection, as an old proxy reads it.
func startHTTP10(t *testing.T, url string) download {
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
	return download{length, conn}
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

const unbuffered = 64 << 20 // more than all buffers between the file and the client hold

// The response is aborted if the file is truncated in flight.
func TestTruncatedFileNeverEndsCleanly(t *testing.T) {
	t.Parallel()
	dir, bucketURL := fileBucket(t, nil)
	g := startGateway(t, "-bucket", bucketURL)
	for _, version := range versions {
		t.Run(version, func(t *testing.T) {
			t.Parallel()
			key := strings.ReplaceAll(version, "/", "-")
			require.NoError(t, os.WriteFile(filepath.Join(dir, key), nil, 0o644))
			require.NoError(t, os.Truncate(filepath.Join(dir, key), unbuffered))
			d := startDownload(t, version, g.URL+"/f/default/"+key)
			_, err := io.ReadFull(d.body, make([]byte, 1<<20))
			require.NoError(t, err)
			require.NoError(t, os.Truncate(filepath.Join(dir, key), unbuffered/2))
			n, err := io.Copy(io.Discard, d.body)
			assert.Error(t, err, "after %d bytes", n)
			assert.Less(t, n+1<<20, d.length)
			assert.Eventually(t, func() bool {
				return strings.Contains(g.Log.String(), `"download aborted" method=GET path=/f/default/`+key)
			}, 5*time.Second, 10*time.Millisecond, "log: %s", g.Log)
		})
	}
}

// The response is aborted if the file is rewritten in flight, even with its length unchanged.
func TestRewrittenFileNeverEndsCleanly(t *testing.T) {
	t.Parallel()
	dir, bucketURL := fileBucket(t, map[string][]byte{"k": make([]byte, unbuffered)})
	g := startGateway(t, "-bucket", bucketURL)
	for _, version := range versions {
		d := startDownload(t, version, g.URL+"/f/default/k")
		_, err := io.ReadFull(d.body, make([]byte, 1<<20))
		require.NoError(t, err)
		f, err := os.OpenFile(filepath.Join(dir, "k"), os.O_WRONLY, 0)
		require.NoError(t, err)
		_, err = f.WriteAt([]byte(version), unbuffered-100)
		require.NoError(t, err)
		require.NoError(t, f.Close())
		_, err = io.Copy(io.Discard, d.body)
		assert.Error(t, err, version)
	}
}

// The response is aborted if the storage drops every connection.
func TestLostStorageNeverEndsCleanly(t *testing.T) {
	t.Parallel()
	for _, version := range versions {
		t.Run(version, func(t *testing.T) {
			t.Parallel()
			s, _ := s3Bucket(t, map[string][]byte{"k": content("k", 8<<20)})
			p := wire.Start(t, strings.TrimPrefix(s.Endpoint, "http://"))
			throughProxy := s3server.Server{Endpoint: "http://" + p.Addr}
			g := startGateway(t, "-bucket", throughProxy.URL(s3server.BucketName))
			var cut atomic.Bool
			drop := func(int64) wire.Harm {
				if cut.Swap(true) {
					return wire.Harm{CutAfter: 1} // every retry
				}
				return wire.Harm{CutAfter: 3 << 20}
			}
			p.Harm.Store(&drop)
			d := startDownload(t, version, g.URL+"/f/default/k")
			n, err := io.Copy(io.Discard, d.body)
			assert.Error(t, err, "after %d bytes", n)
			assert.Less(t, n, d.length)
			assert.Equal(t, int64(8<<20), d.length)
		})
	}
}
