package gateway_test

import (
	"bytes"
	"io"
	"net"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// refusesConnections waits until the gateway accepts no connection any more.
func (g *gateway) refusesConnections(t *testing.T) {
	t.Helper()
	require.Eventually(t, func() bool {
		conn, err := net.Dial("tcp", g.Host())
		if err == nil {
			_ = conn.Close()
		}
		return err != nil
	}, 10*time.Second, 10*time.Millisecond)
}

func TestDrain(t *testing.T) {
	t.Parallel()
	const size = 32 << 20
	for _, version := range versions {
		t.Run(version, func(t *testing.T) {
			t.Parallel()
			b := content("k", size)
			_, bucketURL := fileBucket(t, map[string][]byte{"k": b})
			g := startGateway(t, "-bucket", bucketURL)
			d := startDownload(t, version, g.URL+"/f/default/k")
			got := make([]byte, size)
			_, err := io.ReadFull(d.body, got[:1<<20])
			require.NoError(t, err)
			g.Terminate(t)
			g.refusesConnections(t)
			time.Sleep(200 * time.Millisecond) // a slow client
			_, err = io.ReadFull(d.body, got[1<<20:])
			require.NoError(t, err)
			assert.True(t, bytes.Equal(b, got))
			n, err := d.body.Read(make([]byte, 1))
			assert.Zero(t, n)
			assert.Equal(t, io.EOF, err)
			require.NoError(t, d.body.Close())
			assert.Zero(t, g.ExitStatus(t), "%s", g.Log)
		})
	}
}

// A download in flight after the drain time is aborted, and the client gets an error.
func TestDrainEnds(t *testing.T) {
	t.Parallel()
	for _, version := range versions {
		t.Run(version, func(t *testing.T) {
			t.Parallel()
			_, bucketURL := fileBucket(t, map[string][]byte{"k": make([]byte, unbuffered)})
			g := startGateway(t, "-bucket", bucketURL, "-drain", "300ms")
			d := startDownload(t, version, g.URL+"/f/default/k")
			_, err := io.ReadFull(d.body, make([]byte, 1<<20))
			require.NoError(t, err)
			g.Terminate(t)
			assert.Equal(t, 1, g.ExitStatus(t))
			assert.Contains(t, g.Log.String(), "downloads aborted after 300ms")
			n, err := io.Copy(io.Discard, d.body)
			assert.True(t, err != nil || n+1<<20 < d.length)
		})
	}
}
