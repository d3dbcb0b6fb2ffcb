package gateway_test

import (
	"bytes"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/go-downloadview/downloadview/internal/e2e/s3server"
)

const (
	gib    = 1 << 30
	growth = 16 << 20 // most memory that a download adds to the process
)

// sparse makes a sparse file of 1 GiB with marks, which detect a shifted byte.
func sparse(t *testing.T, name string) {
	t.Helper()
	f, err := os.Create(name)
	require.NoError(t, err)
	require.NoError(t, f.Truncate(gib))
	for off := int64(0); off < gib; off += markEvery {
		_, err := f.WriteAt(mark(off), off)
		require.NoError(t, err)
	}
	require.NoError(t, f.Close())
}

const markEvery = 16 << 20

func mark(off int64) []byte { return fmt.Appendf(nil, "<%015d>", off) }

// checkSparse reads a file of sparse to its end and compares it.
func checkSparse(t *testing.T, r io.Reader) {
	t.Helper()
	zeros, got := make([]byte, 1<<20), make([]byte, 1<<20)
	for off := int64(0); off < gib; off += int64(len(got)) {
		_, err := io.ReadFull(r, got)
		require.NoError(t, err, "after %d bytes", off)
		rest := got
		if off%markEvery == 0 {
			m := mark(off)
			require.Equal(t, string(m), string(got[:len(m)]))
			rest = got[len(m):]
		}
		require.True(t, bytes.Equal(rest, zeros[:len(rest)]), "wrong bytes after %d", off)
	}
	n, err := r.Read(got)
	require.Zero(t, n)
	require.Equal(t, io.EOF, err)
}

// peak returns the peak resident memory of the gateway so far, in bytes.
func (g *gateway) peak(t *testing.T) int64 {
	t.Helper()
	status, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", g.Cmd.Process.Pid))
	require.NoError(t, err)
	_, line, ok := strings.Cut(string(status), "VmHWM:")
	require.True(t, ok)
	var kib int64
	_, err = fmt.Sscanf(line, "%d kB", &kib)
	require.NoError(t, err)
	return kib << 10
}

// A download of 1 GiB adds less than 16 MiB to the memory of the gateway.
func TestGigabyteAddsNoMemory(t *testing.T) {
	t.Parallel()
	if runtime.GOOS != "linux" {
		t.Skip("memory is read from /proc")
	}
	small := map[string][]byte{"warm.bin": content("warm.bin", 1<<20)}
	dir, fileURL := fileBucket(t, small)
	sparse(t, filepath.Join(dir, "big.bin"))
	s3, s3URL := s3Bucket(t, small)
	sparse(t, filepath.Join(s3.Root, s3server.BucketName, "big.bin"))
	g := startGateway(t, "-bucket", "file="+fileURL, "-bucket", "s3="+s3URL)

	for _, store := range []string{"file", "s3"} {
		for _, proto := range []int{1, 2} {
			t.Run(fmt.Sprintf("%s/HTTP %d", store, proto), func(t *testing.T) {
				c := httpClient(t, proto)
				get := func(key string) *http.Response {
					resp, err := c.Get(g.URL + "/f/" + store + "/" + key)
					require.NoError(t, err)
					require.Equal(t, http.StatusOK, resp.StatusCode)
					return resp
				}
				warm := get("warm.bin")
				_, err := io.Copy(io.Discard, warm.Body)
				require.NoError(t, err)
				require.NoError(t, warm.Body.Close())

				before := g.peak(t)
				resp := get("big.bin")
				assert.Equal(t, int64(gib), resp.ContentLength)
				checkSparse(t, resp.Body)
				require.NoError(t, resp.Body.Close())
				added := g.peak(t) - before
				t.Logf("peak %d KiB before, %d KiB added", before>>10, added>>10)
				assert.Less(t, added, int64(growth))
			})
		}
	}
}
