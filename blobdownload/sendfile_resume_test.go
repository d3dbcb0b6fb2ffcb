package blobdownload_test

import (
	"io"
	"net"
	"net/http"
	"os"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/go-downloadview/downloadview/blobdownload"
)

// bufferingWriter copies with a buffer of its own, as net.TCPConn does without sendfile: it reads a block, and accepts a
// part of it until the write deadline.
type bufferingWriter struct {
	*recordingWriter
	deadline time.Time
}

func (w *bufferingWriter) SetWriteDeadline(t time.Time) error {
	w.deadline = t
	return nil
}

func (w *bufferingWriter) ReadFrom(r io.Reader) (int64, error) {
	block := make([]byte, 32<<10)
	n, err := io.ReadFull(r, block)
	if err == io.EOF {
		return 0, nil
	}
	accepted := n
	if n == len(block) {
		accepted = 20 << 10
	}
	_, _ = w.Write(block[:accepted])
	if accepted == n {
		return int64(n), nil
	}
	time.Sleep(time.Until(w.deadline))
	return int64(accepted), &net.OpError{Op: "readfrom", Err: os.ErrDeadlineExceeded}
}

// The copy continues at the first byte that the client has not accepted, not at the offset of the file.
func TestSendfileContinuesAfterTheAcceptedBytes(t *testing.T) {
	t.Parallel()
	content := lettersOf(400 << 10)
	dir := t.TempDir()
	writeFile(t, dir, "a", []byte(content))
	views := map[string]blobdownload.View{
		"PathView": blobdownload.PathView(openRoot(t, dir), func(*http.Request) string { return "a" }),
		"Storage":  blobdownload.StorageView(&blobdownload.Storage{Bucket: fileBucket(t, dir)}, queryKey),
	}
	for kind, view := range views {
		for header, want := range map[string]string{"": content, "bytes=1000-200000": content[1000:200001]} {
			t.Run(kind+" "+header, func(t *testing.T) {
				t.Parallel()
				synctest.Test(t, func(t *testing.T) {
					w := &bufferingWriter{recordingWriter: newRecordingWriter()}
					r := request(t, "GET", "/?key=a")
					if header != "" {
						r.Header.Set("Range", header)
					}
					require.NotPanics(t, func() { quietServer().Handler(view).ServeHTTP(w, r) })
					assert.Equal(t, want, w.body.String())
				})
			})
		}
	}
}
