package offload_test

import (
	"bytes"
	"flag"
	"fmt"
	"io"
	"math/rand/v2"
	"net"
	"net/http"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"gocloud.dev/blob/s3blob"

	"github.com/go-downloadview/downloadview/blobdownload"
	"github.com/go-downloadview/downloadview/internal/e2e/s3server"
	"github.com/go-downloadview/downloadview/proxy"
	"github.com/go-downloadview/downloadview/wrapper"
)

// sliced is the size of the object of TestSlices.
var sliced = flag.Int("sliced", 256<<20, "bytes of the object that nginx fetches in slices")

// countedWire forwards connections to an address, and counts the bytes that come back.
type countedWire struct {
	addr     string
	received atomic.Int64
}

func newCountedWire(t *testing.T, to string) *countedWire {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	c := &countedWire{addr: l.Addr().String()}
	var all sync.WaitGroup
	all.Go(func() {
		for {
			in, err := l.Accept()
			if err != nil {
				return
			}
			all.Go(func() {
				defer in.Close()
				out, err := net.Dial("tcp", to)
				if err != nil {
					return
				}
				defer out.Close()
				go func() {
					_, _ = io.Copy(out, in)
					_ = out.(*net.TCPConn).CloseWrite()
				}()
				_, _ = io.Copy(io.MultiWriter(in, (*counted)(c)), out)
			})
		}
	})
	t.Cleanup(func() { _ = l.Close(); all.Wait() })
	return c
}

// counted counts the bytes that are written to it.
type counted countedWire

func (c *counted) Write(p []byte) (int, error) {
	c.received.Add(int64(len(p)))
	return len(p), nil
}

// 100 clients seek in one object. The bucket sends each slice once; every response is exact.
func TestSlices(t *testing.T) {
	t.Parallel()
	const clients, seeks, most = 100, 4, 1 << 20
	content := make([]byte, *sliced)
	_, _ = rand.NewChaCha8([32]byte{1}).Read(content)
	server := s3server.Start(t)
	wire := newCountedWire(t, hostOf(t, *server.Client().Options().BaseEndpoint))
	options := server.Client().Options()
	_, err := server.Client().PutObject(t.Context(), &s3.PutObjectInput{
		Bucket: aws.String(s3server.BucketName), Key: aws.String("film"), Body: bytes.NewReader(content),
	})
	require.NoError(t, err)
	transport := &http.Transport{}
	t.Cleanup(transport.CloseIdleConnections)
	options.BaseEndpoint, options.HTTPClient = aws.String("http://"+wire.addr), &http.Client{Transport: transport}
	b, err := s3blob.OpenBucket(t.Context(), s3.New(options), s3server.BucketName, nil)
	require.NoError(t, err)
	t.Cleanup(func() { _ = b.Close() })
	storage := &blobdownload.Storage{Name: "films", Bucket: wrapper.NewBucket(b)}
	app := (&blobdownload.Server{Optimizer: &proxy.XAccelPresigned{Location: "/_sliced", AllowHTTP: true, WholeOnly: true}}).
		Handler(blobdownload.StorageView(storage, func(*http.Request) string { return "film" }))
	site := frontOf("nginx").start(t, app, filesDir(t), wire.addr)

	wire.received.Store(0)
	var all sync.WaitGroup
	for i := range clients {
		all.Go(func() {
			dice := rand.New(rand.NewPCG(1, uint64(i)))
			for range seeks {
				off := dice.IntN(len(content))
				end := min(off+1+dice.IntN(most), len(content))
				resp, body := get(t, site+"/film", "Range", fmt.Sprintf("bytes=%d-%d", off, end-1))
				assert.Equal(t, http.StatusPartialContent, resp.StatusCode)
				assert.Equal(t, fmt.Sprintf("bytes %d-%d/%d", off, end-1, len(content)), resp.Header.Get("Content-Range"))
				assert.NoError(t, equal(strings.NewReader(body), content[off:end]), "from %d", off)
			}
		})
	}
	all.Wait()
	req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, site+"/film", http.NoBody)
	require.NoError(t, err)
	resp, err := client.Do(req)
	require.NoError(t, err)
	defer resp.Body.Close()
	assert.Equal(t, http.StatusOK, resp.StatusCode)
	assert.NoError(t, equal(resp.Body, content))
	share := float64(wire.received.Load()) / float64(len(content))
	t.Logf("the bucket sent %.4f of the object", share)
	assert.LessOrEqual(t, share, 1.05)
	assert.GreaterOrEqual(t, share, 1.0)
}

// equal returns an error unless a body is the content.
func equal(body io.Reader, content []byte) error {
	block := make([]byte, 1<<20)
	for off := 0; ; {
		n, err := io.ReadFull(body, block)
		if n > len(content)-off || !bytes.Equal(block[:n], content[off:off+n]) {
			return fmt.Errorf("the bytes from %d on differ", off)
		}
		off += n
		switch {
		case err == io.EOF || err == io.ErrUnexpectedEOF && off == len(content):
			if off < len(content) {
				return fmt.Errorf("ends at %d of %d", off, len(content))
			}
			return nil
		case err != nil:
			return err
		}
	}
}

// An object that is replaced between two slices fails the response. Slices of two versions are never mixed.
func TestSlicesAreOfOneVersion(t *testing.T) {
	t.Parallel()
	s := newStore(t)
	content := func(letter string) string { return strings.Repeat(letter, 3<<20) }
	s.put(t, "k", content("a"), "")
	site := frontOf("nginx").start(t, s.handler(&proxy.XAccelPresigned{Location: "/_sliced", AllowHTTP: true, WholeOnly: true}, nil),
		filesDir(t), s.host)
	resp, body := get(t, site+urlOf("k"), "Range", "bytes=0-9")
	require.Equal(t, http.StatusPartialContent, resp.StatusCode)
	require.Equal(t, "aaaaaaaaaa", body)
	s.put(t, "k", content("b"), "")
	req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, site+urlOf("k"), http.NoBody)
	require.NoError(t, err)
	resp, err = client.Do(req)
	require.NoError(t, err)
	defer resp.Body.Close()
	got, err := io.ReadAll(resp.Body)
	require.Error(t, err, "a truncated transfer")
	assert.NotContains(t, string(got), "b")
}
