package bench

import (
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"strconv"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"

	_ "github.com/go-downloadview/downloadview/internal/e2e/s3server" // before TestMain: this binary is also the S3 server
)

// The environment variables that turn the test binary into the clients.
const (
	urlVar     = "DOWNLOADVIEW_BENCH_URL"
	countVar   = "DOWNLOADVIEW_BENCH_COUNT"
	clientsVar = "DOWNLOADVIEW_BENCH_CLIENTS"
)

func TestMain(m *testing.M) {
	if url := os.Getenv(urlVar); url != "" {
		count, err1 := strconv.Atoi(os.Getenv(countVar))
		clients, err2 := strconv.Atoi(os.Getenv(clientsVar))
		if err1 != nil || err2 != nil {
			os.Exit(2)
		}
		n, err := download(url, count, clients)
		if err != nil {
			fmt.Fprintln(os.Stderr, "client:", err)
			os.Exit(1)
		}
		fmt.Println(n)
		os.Exit(0)
	}
	if size, err := strconv.Atoi(os.Getenv(storeVar)); err == nil {
		if err := cannedStore(size); err != nil {
			fmt.Fprintln(os.Stderr, "store:", err)
			os.Exit(1)
		}
		os.Exit(0)
	}
	goleak.VerifyTestMain(m, goleak.IgnoreTopFunction("go.opencensus.io/stats/view.(*worker).start"))
}

// download requests a URL count times, with one connection for each client, and returns the number of bytes.
func download(url string, count, clients int) (int64, error) {
	transport := &http.Transport{MaxIdleConnsPerHost: clients, DisableCompression: true, ReadBufferSize: 256 << 10}
	var (
		mu    sync.Mutex
		total int64
		first error
		group sync.WaitGroup
	)
	for i := range clients {
		group.Go(func() {
			buf := make([]byte, 256<<10)
			for range (count + clients - 1 - i) / clients {
				n, err := once(transport, url, buf)
				mu.Lock()
				total += n
				if err != nil && first == nil {
					first = err
				}
				mu.Unlock()
				if err != nil {
					return
				}
			}
		})
	}
	group.Wait()
	return total, first
}

func once(transport *http.Transport, url string, buf []byte) (int64, error) {
	req, err := http.NewRequest(http.MethodGet, url, http.NoBody)
	if err != nil {
		return 0, err
	}
	resp, err := transport.RoundTrip(req)
	if err != nil {
		return 0, err
	}
	defer resp.Body.Close()
	if resp.StatusCode != http.StatusOK {
		return 0, fmt.Errorf("status %d", resp.StatusCode)
	}
	return io.CopyBuffer(struct{ io.Writer }{io.Discard}, resp.Body, buf)
}

// clients runs download in another process.
func clients(t testing.TB, url string, count, clients int) (bytes int64) {
	t.Helper()
	exe, err := os.Executable()
	require.NoError(t, err)
	cmd := exec.CommandContext(t.Context(), exe)
	cmd.Env = append(os.Environ(), urlVar+"="+url, countVar+"="+strconv.Itoa(count), clientsVar+"="+strconv.Itoa(clients))
	cmd.Stderr = os.Stderr
	out, err := cmd.Output()
	require.NoError(t, err)
	_, err = fmt.Sscan(string(out), &bytes)
	require.NoError(t, err)
	return bytes
}
