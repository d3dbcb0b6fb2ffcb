package archive_test

import (
	"archive/zip"
	"bytes"
	"fmt"
	"hash/crc32"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/go-downloadview/downloadview/wrapper"
)

var packedAt = time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)

// zipOf returns an archive. A name that ends in ".gz" is deflated.
func zipOf(t testing.TB, files ...[2]string) []byte {
	t.Helper()
	var buf bytes.Buffer
	z := zip.NewWriter(&buf)
	for _, f := range files {
		h := &zip.FileHeader{Name: f[0], Method: zip.Store, Modified: packedAt}
		if strings.HasSuffix(f[0], ".gz") {
			h.Method = zip.Deflate
		}
		w, err := z.CreateHeader(h)
		require.NoError(t, err)
		_, err = io.WriteString(w, f[1])
		require.NoError(t, err)
	}
	require.NoError(t, z.Close())
	return buf.Bytes()
}

// rawZip returns an archive of one file whose headers are as given.
func rawZip(t testing.TB, h *zip.FileHeader, content string) []byte {
	t.Helper()
	var buf bytes.Buffer
	z := zip.NewWriter(&buf)
	w, err := z.CreateRaw(h)
	require.NoError(t, err)
	_, err = io.WriteString(w, content)
	require.NoError(t, err)
	require.NoError(t, z.Close())
	return buf.Bytes()
}

func header(name, content string) *zip.FileHeader {
	n := uint64(len(content))
	return &zip.FileHeader{Name: name, CRC32: crc32.ChecksumIEEE([]byte(content)), CompressedSize64: n, UncompressedSize64: n}
}

// origin is a server of one object that lists its requests.
type origin struct {
	*httptest.Server

	mu      sync.Mutex
	content io.ReadSeeker
	etag    string
	got     []string
}

func newOrigin(t *testing.T, content []byte) *origin {
	o := &origin{content: bytes.NewReader(content), etag: `"v1"`}
	o.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		o.mu.Lock()
		defer o.mu.Unlock()
		o.got = append(o.got, strings.TrimSpace(r.Method+" "+r.Header.Get("Range")))
		w.Header().Set("ETag", o.etag)
		w.Header().Set("Content-Type", "application/zip")
		http.ServeContent(w, r, "", packedAt, o.content)
	}))
	t.Cleanup(o.Close)
	return o
}

func (o *origin) file(t *testing.T) *wrapper.File {
	c := o.Client()
	t.Cleanup(c.CloseIdleConnections)
	return wrapper.URL(c, o.URL+"/a.zip")
}

func (o *origin) replace(content []byte, etag string) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.content, o.etag = bytes.NewReader(content), etag
}

// requests returns the requests since the last call.
func (o *origin) requests() []string {
	o.mu.Lock()
	defer o.mu.Unlock()
	got := o.got
	o.got = nil
	return got
}

// get returns the content of a response, and its status.
func get(t testing.TB, f *wrapper.File, req wrapper.Request) (status int, content string, err error) {
	t.Helper()
	resp, err := f.Fetch(t.Context(), req)
	if err != nil {
		return 0, "", err
	}
	defer resp.Close()
	if resp.Body == nil {
		return resp.Status, "", nil
	}
	var b strings.Builder
	_, err = io.Copy(&b, resp.Body)
	return resp.Status, b.String(), err
}

// sparseZip is content that is zero but for some pieces.
type sparseZip struct {
	size   int64
	pieces map[int64][]byte // by offset
}

func (s sparseZip) ReadAt(p []byte, off int64) (int, error) {
	if off >= s.size {
		return 0, io.EOF
	}
	p = p[:min(int64(len(p)), s.size-off)]
	clear(p)
	for at, piece := range s.pieces {
		if from, to := max(at, off), min(at+int64(len(piece)), off+int64(len(p))); from < to {
			copy(p[from-off:to-off], piece[from-at:])
		}
	}
	return len(p), nil
}

func (s sparseZip) reader() io.ReadSeeker { return io.NewSectionReader(s, 0, s.size) }

// recordedWriter keeps all but the zeros that skip writes.
type recordedWriter struct {
	sparseZip
	skipping bool
}

func (w *recordedWriter) Write(p []byte) (int, error) {
	if !w.skipping {
		w.pieces[w.size] = bytes.Clone(p)
	}
	w.size += int64(len(p))
	return len(p), nil
}

// largeZip returns an archive with a file of zeros in its middle.
func largeZip(t *testing.T, zeroBytes int64) sparseZip {
	t.Helper()
	out := &recordedWriter{sparseZip: sparseZip{pieces: map[int64][]byte{}}}
	z := zip.NewWriter(out)
	for _, name := range []string{"before.txt", "big.bin", "after.txt"} {
		h := header(name, "content of "+name)
		if name == "big.bin" {
			h.CompressedSize64, h.UncompressedSize64, h.CRC32 = uint64(zeroBytes), uint64(zeroBytes), 0
		}
		w, err := z.CreateRaw(h)
		require.NoError(t, err)
		if name == "big.bin" {
			require.NoError(t, z.Flush())
			out.skipping = true
			for left, block := zeroBytes, make([]byte, 1<<20); left > 0; left -= int64(len(block)) {
				_, err = w.Write(block[:min(left, int64(len(block)))])
				require.NoError(t, err)
			}
			require.NoError(t, z.Flush())
			out.skipping = false
			continue
		}
		_, err = fmt.Fprint(w, "content of "+name)
		require.NoError(t, err)
	}
	require.NoError(t, z.Close())
	return out.sparseZip
}
