package servers_test

import (
	"errors"
	"fmt"
	"net"
	"os"
	"os/exec"
	"regexp"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/go-downloadview/downloadview/storagetest/servers"
)

const orphanEnv = "DOWNLOADVIEW_TEST_ORPHAN"

// The servers of a test program end if the program is killed, for example after a timeout.
func TestServersEndWithTheProgram(t *testing.T) {
	t.Parallel()
	tmp := t.TempDir()
	servers.Share(t, tmp)
	cmd := exec.CommandContext(t.Context(), os.Args[0], "-test.run=^TestOrphan$", "-test.v")
	cmd.Env = append(os.Environ(), orphanEnv+"=1", "TMPDIR="+tmp)
	out, err := cmd.Output()
	require.Error(t, err, "it kills itself")
	m := regexp.MustCompile(`listening on (\S+)`).FindSubmatch(out)
	if m == nil && regexp.MustCompile(`not installed`).Match(out) {
		t.Skip("nginx not installed (package nginx-light)")
	}
	require.NotNil(t, m, "%s", out)
	require.Eventually(t, func() bool {
		conn, err := net.Dial("tcp", string(m[1]))
		if err == nil {
			_ = conn.Close()
		}
		return errors.Is(err, syscall.ECONNREFUSED)
	}, 10*time.Second, 10*time.Millisecond, "the port is still in use")
}

// TestOrphan is the program that TestServersEndWithTheProgram runs.
func TestOrphan(t *testing.T) {
	if os.Getenv(orphanEnv) == "" {
		return
	}
	srv := servers.Nginx(t, all["nginx"].config("x"))
	fmt.Println("listening on", srv.Listen)
	require.NoError(t, syscall.Kill(os.Getpid(), syscall.SIGKILL))
}
