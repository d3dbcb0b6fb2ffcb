package wire_test

import (
	"bytes"
	"context"
	"io"
	"net/http"
	"net/http/httptest"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"

	"github.com/go-downloadview/downloadview/internal/e2e/wire"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// start runs a proxy before a server that sends content.
func start(t *testing.T, content []byte) (*wire.Proxy, *http.Client) {
	t.Helper()
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		http.ServeContent(w, r, "", time.Time{}, bytes.NewReader(content))
	}))
	t.Cleanup(server.Close)
	p := wire.Start(t, server.Listener.Addr().String())
	transport := &http.Transport{}
	t.Cleanup(transport.CloseIdleConnections)
	return p, &http.Client{Transport: transport}
}

func get(ctx context.Context, p *wire.Proxy, c *http.Client, method string) (*http.Response, error) {
	req, err := http.NewRequestWithContext(ctx, method, "http://"+p.Addr, http.NoBody)
	if err != nil {
		return nil, err
	}
	return c.Do(req)
}

func read(t *testing.T, p *wire.Proxy, c *http.Client) ([]byte, error) {
	t.Helper()
	resp, err := get(t.Context(), p, c, http.MethodGet)
	require.NoError(t, err)
	defer resp.Body.Close()
	return io.ReadAll(resp.Body)
}

func TestWhatPassesIsCounted(t *testing.T) {
	t.Parallel()
	content := bytes.Repeat([]byte("0123456789"), 10_000)
	p, c := start(t, content)
	for range 3 {
		got, err := read(t, p, c)
		require.NoError(t, err)
		assert.True(t, bytes.Equal(content, got))
		resp, err := get(t.Context(), p, c, http.MethodHead)
		require.NoError(t, err)
		require.NoError(t, resp.Body.Close())
	}
	assert.Equal(t, 6, p.Requests())
	assert.Equal(t, 1, p.Conns())
	assert.Equal(t, 1, p.Open())
	assert.Eventually(t, func() bool { return p.InFlight() == 0 }, time.Second, time.Millisecond)
}

func TestClientThatLeavesIsNoLongerInFlight(t *testing.T) {
	t.Parallel()
	p, c := start(t, make([]byte, 64<<20))
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	resp, err := get(ctx, p, c, http.MethodGet)
	require.NoError(t, err)
	assert.Equal(t, 1, p.InFlight())
	cancel()
	_ = resp.Body.Close()
	assert.Eventually(t, func() bool { return p.InFlight() == 0 && p.Open() == 0 }, 10*time.Second, time.Millisecond)
}

func TestHarm(t *testing.T) {
	t.Parallel()
	content := bytes.Repeat([]byte("0123456789"), 100_000)
	p, c := start(t, content)
	var then atomic.Int64
	for n, harm := range []wire.Harm{{CutAfter: 50_000, Then: func() { then.Add(1) }}, {FlipAt: 5000}, {}} {
		p.Harm.Store(new(func(asked int64) wire.Harm {
			assert.EqualValues(t, n+1, asked)
			return harm
		}))
		got, err := read(t, p, c)
		if harm.CutAfter > 0 {
			require.Error(t, err)
			assert.Less(t, len(got), 50_000)
			assert.EqualValues(t, 1, then.Load())
			continue
		}
		require.NoError(t, err)
		differ := 0
		for i := range got {
			if got[i] != content[i] {
				differ++
			}
		}
		assert.Equal(t, harm.FlipAt > 0, differ == 1, "%d bytes differ", differ)
	}
}
