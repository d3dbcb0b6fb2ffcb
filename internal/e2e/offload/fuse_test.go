package offload_test

import (
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/go-downloadview/downloadview/blobdownload"
	"github.com/go-downloadview/downloadview/internal/e2e/s3server"
	"github.com/go-downloadview/downloadview/internal/installed"
	"github.com/go-downloadview/downloadview/proxy"
)

// TestFUSE has nginx send the objects of a bucket that is mounted with s3fs. The application requests nothing from the
// storage.
func TestFUSE(t *testing.T) {
	t.Parallel()
	if _, err := exec.LookPath("s3fs"); err != nil {
		installed.Missing(t, "s3fs not installed (packages s3fs and fuse3)")
	}
	if f, err := os.OpenFile("/dev/fuse", os.O_RDWR, 0); err != nil {
		t.Skip("no /dev/fuse")
	} else {
		require.NoError(t, f.Close())
	}
	s := newStore(t)
	dir := filesDir(t)
	passwd := filepath.Join(t.TempDir(), "passwd")
	require.NoError(t, os.WriteFile(passwd, []byte(s3server.AccessKey+":"+s3server.SecretKey), 0o600))
	options := strings.Join([]string{
		"passwd_file=" + passwd, "url=http://" + s.host, "use_path_request_style", "allow_other", "ro", "umask=0022", "endpoint=" + s3server.Region,
	}, ",")
	cmd := exec.CommandContext(t.Context(), "s3fs", s3server.BucketName, dir, "-o", options)
	cmd.Env = append(os.Environ(), "AWS_CA_BUNDLE=")
	out, err := cmd.CombinedOutput()
	if err != nil {
		t.Skipf("s3fs cannot mount here: %s", out)
	}
	t.Cleanup(func() { _ = exec.Command("fusermount3", "-u", "-z", dir).Run() })
	for _, o := range []*proxy.XAccel{
		{Mounts: []proxy.Mount{{Store: "s3", Location: "/_files/"}}},
		{Mounts: []proxy.Mount{{Store: "s3", Location: "/_checked/"}}, Validators: blobdownload.AppValidators},
	} {
		base := frontOf("nginx").start(t, s.handler(o, nil), dir, "")
		trips := int(o.Validators / blobdownload.AppValidators)
		for _, key := range []string{"plain.txt", "a b.txt", "100%.txt", "a%20b", "q?x", "h#x", "é", "日本/語.txt", "a+b", "..hidden", "new\nline"} {
			s.put(t, key, "content of "+key, "")
			var resp *http.Response
			var body string
			require.Eventually(t, func() bool { // s3fs polls for new objects
				resp, body = get(t, base+urlOf(key))
				return resp.StatusCode == http.StatusOK
			}, 10*time.Second, 100*time.Millisecond, "%q", key)
			assert.Equal(t, "content of "+key, body, "%q", key)
		}
		s.counter.Take()
		resp, body := get(t, base+urlOf("plain.txt"), "Range", "bytes=0-6")
		assert.Equal(t, http.StatusPartialContent, resp.StatusCode)
		assert.Equal(t, "content", body)
		asked := s.counter.Take()
		assert.Len(t, asked, trips, "the application's requests")
		for _, request := range asked {
			assert.Contains(t, request, http.MethodHead, "no body")
		}
	}
}
