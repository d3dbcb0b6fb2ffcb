package bench

import (
	"bufio"
	"bytes"
	"crypto/md5"
	"encoding/base64"
	"encoding/binary"
	"fmt"
	"hash/crc32"
	"io"
	"maps"
	"math/rand/v2"
	"net"
	"net/http"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// storeVar turns the test binary into a storage that responds as Google Cloud Storage and Azure do, with the given
// number of bytes for every key. It runs outside of the measured process.
const storeVar = "DOWNLOADVIEW_BENCH_STORE"

// cannedStore prints its address and serves until its standard input ends.
func cannedStore(size int) error {
	content := make([]byte, size)
	_, _ = rand.NewChaCha8([32]byte{}).Read(content)
	sum := md5.Sum(content)
	crc := binary.BigEndian.AppendUint32(nil, crc32.Checksum(content, crc32.MakeTable(crc32.Castagnoli)))
	fields := http.Header{
		"Content-Type": {"text/plain"}, "Etag": {fmt.Sprintf("%q", fmt.Sprintf("%x", sum))},
		"Last-Modified": {time.Now().UTC().Format(http.TimeFormat)}, "X-Goog-Generation": {"1700000000000001"}, "X-Goog-Metageneration": {"1"},
		"X-Goog-Hash":                     {"crc32c=" + base64.StdEncoding.EncodeToString(crc), "md5=" + base64.StdEncoding.EncodeToString(sum[:])},
		"X-Goog-Storage-Class":            {"STANDARD"},
		"X-Goog-Stored-Content-Encoding":  {"identity"},
		"X-Goog-Stored-Content-Length":    {strconv.Itoa(size)},
		"X-Guploader-Uploadid":            {"bench"},
		"Accept-Ranges":                   {"bytes"},
		"Access-Control-Expose-Headers":   {"Content-Type"},
		"X-Goog-Meta-One-Of-An-Uploaders": {"value"},
		"X-Ms-Request-Id":                 {"bench"},
		"X-Ms-Version":                    {"2021-12-02"},
		"X-Ms-Blob-Type":                  {"BlockBlob"},
		"X-Ms-Lease-Status":               {"unlocked"},
		"X-Ms-Creation-Time":              {"Wed, 25 Nov 2026 00:00:00 GMT"},
	}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return err
	}
	fmt.Println(l.Addr())
	go func() {
		_, _ = io.Copy(io.Discard, os.Stdin)
		_ = l.Close()
	}()
	_ = (&http.Server{ReadHeaderTimeout: time.Minute, Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		h := w.Header()
		maps.Copy(h, fields)
		http.ServeContent(w, r, "", time.Time{}, bytes.NewReader(content))
	})}).Serve(l)
	return nil
}

// startStore runs the storage in another process until the test ends, and returns its address.
func startStore(t testing.TB, size int) string {
	t.Helper()
	exe, err := os.Executable()
	require.NoError(t, err)
	cmd := exec.CommandContext(t.Context(), exe)
	cmd.Env = append(os.Environ(), storeVar+"="+strconv.Itoa(size))
	cmd.Stderr = os.Stderr
	stdin, err := cmd.StdinPipe()
	require.NoError(t, err)
	stdout, err := cmd.StdoutPipe()
	require.NoError(t, err)
	require.NoError(t, cmd.Start())
	t.Cleanup(func() {
		_ = stdin.Close()
		_ = cmd.Wait()
	})
	addr, err := bufio.NewReader(stdout).ReadString('\n')
	require.NoError(t, err)
	return strings.TrimSpace(addr)
}
