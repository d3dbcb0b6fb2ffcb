package gateway_test

import (
	"bytes"
	"fmt"
	"io"
	"syscall"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"golang.org/x/sync/errgroup"
)

// G4: on SIGTERM and on SIGHUP the gateway completes 50 downloads in flight, and exits with 0. They are HTTP/1.1: net/http
// closes an HTTP/2 connection right after the last frame of a shutdown, which resets it if the client has sent a window
// update meanwhile.
func TestG4SignalsDrain(t *testing.T) {
	t.Parallel()
	const downloads, size = 50, 16 << 20 // more than the buffers of a socket
	b := content("k", size)
	_, bucketURL := fileBucket(t, map[string][]byte{"k": b})
	for _, signal := range []syscall.Signal{syscall.SIGTERM, syscall.SIGHUP} {
		t.Run(signal.String(), func(t *testing.T) {
			t.Parallel()
			g := startGateway(t, "-bucket", bucketURL)
			var started []download
			for range downloads {
				d := startDownload(t, versions[1], g.URL+"/f/default/k")
				_, err := io.ReadFull(d.body, make([]byte, 1<<10))
				require.NoError(t, err)
				started = append(started, d)
			}
			require.NoError(t, g.Cmd.Process.Signal(signal))
			g.refusesConnections(t)
			var all errgroup.Group
			for i, d := range started {
				all.Go(func() error {
					rest := &sameAs{want: b[1<<10:]}
					_, err := io.Copy(rest, d.body)
					if err != nil {
						return fmt.Errorf("download %d: %w", i, err)
					}
					if len(rest.want) > 0 {
						return fmt.Errorf("download %d lacks %d bytes", i, len(rest.want))
					}
					return d.body.Close()
				})
			}
			require.NoError(t, all.Wait())
			assert.Zero(t, g.ExitStatus(t), "%s", g.Log)
			assert.Empty(t, g.Log.String())
		})
	}
}

// sameAs is a writer that fails at the first byte that differs from the expected one.
type sameAs struct{ want []byte }

func (s *sameAs) Write(p []byte) (int, error) {
	if !bytes.HasPrefix(s.want, p) {
		return 0, fmt.Errorf("the content differs within %d bytes", len(p))
	}
	s.want = s.want[len(p):]
	return len(p), nil
}
