package peers_test

import (
	"crypto/sha256"
	"flag"
	"fmt"
	"io"
	"log/slog"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"
	"gocloud.dev/blob"
	"gocloud.dev/blob/s3blob"

	"github.com/go-downloadview/downloadview/blobdownload"
	"github.com/go-downloadview/downloadview/internal/e2e/conformance"
	"github.com/go-downloadview/downloadview/internal/e2e/s3server"
	"github.com/go-downloadview/downloadview/internal/e2e/wire"
	_ "github.com/go-downloadview/downloadview/wrapper/s3" // as an application does
)

var update = flag.Bool("update", false, "write docs/compared.md")

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func quiet() *blobdownload.Server { return &blobdownload.Server{Logger: slog.New(slog.DiscardHandler)} }

const (
	largeKey  = "large.bin"
	largeSize = 8 << 20
)

// stage is one peer with its storage behind a wire.Proxy.
type stage struct {
	proxy *wire.Proxy
	base  string
}

func newStage(t *testing.T, store *s3server.Server, serve func(*source) http.HandlerFunc) *stage {
	t.Helper()
	st := &stage{proxy: wire.Start(t, strings.TrimPrefix(store.Endpoint, "http://"))}
	way := &http.Transport{DisableCompression: true}
	t.Cleanup(way.CloseIdleConnections)
	client := s3.New(store.Client().Options(), func(o *s3.Options) {
		o.BaseEndpoint = aws.String("http://" + st.proxy.Addr)
		o.HTTPClient = &http.Client{Transport: way}
		o.ResponseChecksumValidation = aws.ResponseChecksumValidationWhenSupported // the default
		o.DisableLogOutputChecksumValidationSkipped = true
	})
	b, err := s3blob.OpenBucket(t.Context(), client, s3server.BucketName, nil)
	require.NoError(t, err)
	t.Cleanup(func() { assert.NoError(t, b.Close()) })
	mux := http.NewServeMux()
	mux.HandleFunc("/files/{name...}", serve(&source{bucket: b, client: client}))
	front := httptest.NewUnstartedServer(mux)
	front.Config.ErrorLog = slog.NewLogLogger(slog.DiscardHandler, slog.LevelError)
	front.Start()
	t.Cleanup(front.Close)
	st.base = front.URL
	return st
}

// fill stores the conformance fixtures and a large object.
func fill(t *testing.T, store *s3server.Server) (large []byte) {
	t.Helper()
	fixtures, err := conformance.Fixtures()
	require.NoError(t, err)
	b, err := s3blob.OpenBucket(t.Context(), store.Client(), s3server.BucketName, nil)
	require.NoError(t, err)
	defer b.Close()
	for i := range fixtures {
		f := &fixtures[i]
		require.NoError(t, b.WriteAll(t.Context(), f.Name, f.Bytes(), &blob.WriterOptions{ContentType: f.ContentType}))
	}
	large = make([]byte, largeSize)
	_, _ = rand.NewChaCha8([32]byte{}).Read(large)
	require.NoError(t, b.WriteAll(t.Context(), largeKey, large, nil))
	time.Sleep(time.Until(time.Now().Truncate(time.Second).Add(time.Second + 10*time.Millisecond))) // a date is a strong validator then
	return large
}

// TestPeers writes the table of docs/compared.md with -update, and compares our row of it.
func TestPeers(t *testing.T) {
	store := s3server.Start(t)
	large := fill(t, store)
	var rows []string
	for i, p := range peers {
		st := newStage(t, store, p.serve)
		failed, played := st.conform(t)
		row := []string{
			p.name, fmt.Sprintf("%d", failed), st.cost(t), st.cost(t, "Range", "bytes=100-199"), st.costOf(t, http.MethodHead),
			st.revalidated(t), st.fate(t, large, wire.Harm{CutAfter: largeSize / 2}), st.fate(t, large, wire.Harm{FlipAt: largeSize / 2}),
		}
		rows = append(rows, "| "+strings.Join(row, " | ")+" |")
		if i == 0 {
			assert.Equal(t, []string{"0", "1", "1", "1", "1: 304", "complete", "failed transfer"}, row[1:])
			assert.Equal(t, 291, played)
		}
	}
	t.Logf("\n%s", strings.Join(rows, "\n"))
	if *update {
		write(t, rows)
	}
}

// conform plays the cases that need no application records, and counts those that pass.
func (st *stage) conform(t *testing.T) (failed, played int) {
	t.Helper()
	tables, err := conformance.Load()
	require.NoError(t, err)
	target, err := conformance.TargetOf(st.base)
	require.NoError(t, err)
	for i := range tables.HTTP {
		c := &tables.HTTP[i]
		if c.NeedsRecords() {
			continue
		}
		played++
		if len(target.Play(t.Context(), c)) > 0 {
			failed++
		}
	}
	return failed, played
}

// cost returns the number of storage requests of a GET.
func (st *stage) cost(t *testing.T, fields ...string) string {
	return st.costOf(t, http.MethodGet, fields...)
}

func (st *stage) costOf(t *testing.T, method string, fields ...string) string {
	t.Helper()
	before := st.proxy.Requests()
	resp := st.send(t, method, "b200.bin", fields...)
	_, _ = io.Copy(io.Discard, resp.Body)
	_ = resp.Body.Close()
	return fmt.Sprint(st.proxy.Requests() - before)
}

// revalidated returns the status and the storage requests of a GET with the object's entity-tag.
func (st *stage) revalidated(t *testing.T) string {
	t.Helper()
	resp := st.send(t, http.MethodGet, "b200.bin")
	_, _ = io.Copy(io.Discard, resp.Body)
	_ = resp.Body.Close()
	tag := resp.Header.Get("ETag")
	if tag == "" {
		return "no ETag"
	}
	cost := st.cost(t, "If-None-Match", tag)
	resp = st.send(t, http.MethodGet, "b200.bin", "If-None-Match", tag)
	_ = resp.Body.Close()
	return fmt.Sprintf("%s: %d", cost, resp.StatusCode)
}

// fate returns the outcome of a large download if the storage's response is damaged.
func (st *stage) fate(t *testing.T, want []byte, harm wire.Harm) string {
	t.Helper()
	var cut atomic.Bool
	harm.Then = func() { cut.Store(true) }
	st.proxy.Harm.Store(new(func(int64) wire.Harm {
		if cut.Load() {
			return wire.Harm{}
		}
		return harm // a short response is too short for it
	}))
	defer st.proxy.Harm.Store(nil)
	resp := st.send(t, http.MethodGet, largeKey)
	defer resp.Body.Close()
	h := sha256.New()
	n, err := io.Copy(h, resp.Body)
	switch whole := [32]byte(h.Sum(nil)) == sha256.Sum256(want); {
	case err != nil:
		return "failed transfer"
	case whole:
		return "complete"
	case n == int64(len(want)):
		return "**wrong bytes, clean end**"
	default:
		return "**truncated, clean end**"
	}
}

func (st *stage) send(t *testing.T, method, name string, fields ...string) *http.Response {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), method, st.base+"/files/"+name, http.NoBody)
	require.NoError(t, err)
	for i := 0; i < len(fields); i += 2 {
		req.Header.Set(fields[i], fields[i+1])
	}
	resp, err := (&http.Transport{DisableKeepAlives: true, DisableCompression: true}).RoundTrip(req)
	require.NoError(t, err)
	return resp
}

// write writes the table between the markers of the document.
func write(t *testing.T, rows []string) {
	t.Helper()
	path := filepath.Join("..", "..", "..", "docs", "compared.md")
	text, err := os.ReadFile(path)
	require.NoError(t, err)
	const begin, end = "<!-- peers: made by internal/e2e/peers, go test -update -->\n", "<!-- /peers -->"
	before, rest, ok := strings.Cut(string(text), begin)
	_, after, ok2 := strings.Cut(rest, end)
	require.True(t, ok && ok2, "the markers")
	head := "| | cases failed, of 291 | GET | single range | HEAD | 304 by entity-tag | dropped connection | flipped bit |\n" +
		"|---|---|---|---|---|---|---|---|\n"
	require.NoError(t, os.WriteFile(path, []byte(before+begin+head+strings.Join(rows, "\n")+"\n"+end+after), 0o644))
}
