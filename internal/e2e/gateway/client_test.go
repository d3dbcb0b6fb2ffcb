package gateway_test

import (
	"bufio"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// answer is a response that a client received.
type answer struct {
	Status int
	Proto  int // 1 or 2
	Header http.Header
	Body   []byte
}

// client sends one request and reads its response to the end.
type client struct {
	name  string
	proto int
	do    func(t *testing.T, method, url string, header map[string]string) answer
}

// clients returns net/http and curl, each with HTTP/1.1 and HTTP/2.
func clients(t *testing.T) []client {
	t.Helper()
	all := []client{goClient(t, 1), goClient(t, 2)}
	if _, err := exec.LookPath("curl"); err != nil {
		t.Log("curl not installed (package curl)")
		return all
	}
	return append(all, curlClient("--http1.1", 1), curlClient("--http2-prior-knowledge", 2))
}

// httpClient returns a client of one HTTP version, without TLS.
func httpClient(t *testing.T, proto int) *http.Client {
	t.Helper()
	var p http.Protocols
	p.SetHTTP1(proto == 1)
	p.SetUnencryptedHTTP2(proto == 2)
	tr := &http.Transport{Protocols: &p, DisableCompression: true}
	t.Cleanup(tr.CloseIdleConnections)
	return &http.Client{
		Transport:     tr,
		Timeout:       time.Minute,
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
}

func goClient(t *testing.T, proto int) client {
	t.Helper()
	c := httpClient(t, proto)
	name := map[int]string{1: "go http/1.1", 2: "go h2c"}[proto]
	return client{name, proto, func(t *testing.T, method, url string, header map[string]string) answer {
		t.Helper()
		req, err := http.NewRequestWithContext(t.Context(), method, url, http.NoBody)
		require.NoError(t, err)
		for k, v := range header {
			req.Header.Set(k, v)
		}
		resp, err := c.Do(req)
		require.NoError(t, err)
		defer resp.Body.Close()
		body, err := io.ReadAll(resp.Body)
		require.NoError(t, err)
		return answer{resp.StatusCode, resp.ProtoMajor, resp.Header, body}
	}}
}

func curlClient(version string, proto int) client {
	return client{"curl " + version, proto, func(t *testing.T, method, url string, header map[string]string) answer {
		t.Helper()
		dir := t.TempDir()
		head, body := filepath.Join(dir, "head"), filepath.Join(dir, "body")
		args := []string{"-q", "-sS", "--path-as-is", "--globoff", "--noproxy", "*", "--max-time", "60", version, "-D", head, "-o", body}
		if method == http.MethodHead {
			args = append(args, "--head")
		} else {
			args = append(args, "-X", method)
		}
		for k, v := range header {
			args = append(args, "-H", k+": "+v)
		}
		out, err := exec.CommandContext(t.Context(), "curl", append(args, url)...).CombinedOutput()
		require.NoError(t, err, "%s", out)
		return parseCurl(t, method, head, body)
	}}
}

// parseCurl parses the files of curl -D and -o. With --head, curl writes the header to both.
func parseCurl(t *testing.T, method, headFile, bodyFile string) answer {
	t.Helper()
	f, err := os.Open(headFile)
	require.NoError(t, err)
	defer f.Close()
	r := bufio.NewReader(f)
	proto := 1
	if start, _ := r.Peek(7); string(start) == "HTTP/2 " {
		proto = 2
		_, err = r.Discard(len("HTTP/2"))
		require.NoError(t, err)
		r = bufio.NewReader(io.MultiReader(readerOf("HTTP/2.0"), r))
	}
	resp, err := http.ReadResponse(r, &http.Request{Method: http.MethodHead})
	require.NoError(t, err)
	var body []byte
	if method != http.MethodHead {
		body, err = os.ReadFile(bodyFile)
		if !os.IsNotExist(err) { // an empty one is not written
			require.NoError(t, err)
		}
	}
	return answer{resp.StatusCode, proto, resp.Header, body}
}
