package gateway_test

import (
	"bytes"
	"errors"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/go-downloadview/downloadview/internal/e2e/s3server"
)

// An invalid configuration ends the gateway at once, with one line and exit status 2.
func TestBadStart(t *testing.T) {
	t.Parallel()
	s3 := s3server.Start(t)
	dir, file := t.TempDir(), filepath.Join(t.TempDir(), "file")
	require.NoError(t, os.WriteFile(file, nil, 0o644))
	taken, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	t.Cleanup(func() { _ = taken.Close() })
	noCredentials := []string{"AWS_ACCESS_KEY_ID=", "AWS_SECRET_ACCESS_KEY=", "HOME=" + dir}

	for _, tt := range []struct {
		name string
		args []string
		env  []string
		want string // part of the line
	}{
		{"no URL", []string{"-bucket", "nonsense"}, nil, "not a bucket URL such as s3://bucket"},
		{"no bucket", []string{"-bucket", ""}, nil, "not a bucket URL"},
		{"bad URL", []string{"-bucket", "s3://a b"}, nil, "not a bucket URL"},
		{"unknown scheme", []string{"-bucket", "ftp://x"}, nil, `unknown scheme "ftp"; want one of azblob, file, gs, mem, s3`},
		{"unknown parameter", []string{"-bucket", "mem://?x=1"}, nil, `"x"`},
		{"by the environment", nil, []string{"GATEWAY_BUCKET=docs=mem://;pics=ftp://x"}, `bucket: "pics": unknown scheme`},
		{"twice the same name", []string{"-bucket", "mem://", "-bucket", "mem://"}, nil, `bucket: "default": duplicate name`},
		{"missing directory", []string{"-bucket", "file://" + dir + "/none"}, nil, "no such file or directory"},
		{"no directory", []string{"-bucket", "file://" + file}, nil, "not a directory"},
		{"missing bucket", []string{"-bucket", s3.URL("none")}, nil, "the bucket does not exist"},
		{"missing credentials", []string{"-bucket", s3.URL(s3server.BucketName)}, noCredentials, "credentials"},
		{"wrong credentials", []string{"-bucket", s3.URL(s3server.BucketName)}, []string{"AWS_SECRET_ACCESS_KEY=x"}, "403"},
		{"no server", []string{"-bucket", "s3://b?region=x&endpoint=http://127.0.0.1:1&use_path_style=true"}, nil, "connection refused"},
		{"second bucket", []string{"-bucket", "mem://", "-bucket", "docs=file://" + dir + "/none"}, nil, `bucket: storage "docs"`},
		{"unknown flag", []string{"-x"}, nil, "flag provided but not defined: -x"},
		{"bad duration", []string{"-drain", "soon"}, nil, "-drain"},
		{"argument", []string{"file:///srv"}, nil, `unexpected argument "file:///srv"`},
		{"address taken", []string{"-addr", taken.Addr().String()}, nil, "address already in use"},
		{"bad address", []string{"-addr", "nonsense"}, nil, `addr: "nonsense": want host:port`},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			cmd := gatewayCommand(tt.args...)
			cmd.Env = append(cmd.Env, tt.env...)
			checkBadStart(t, cmd, tt.want)
		})
	}
}

func checkBadStart(t *testing.T, cmd *exec.Cmd, want string) {
	t.Helper()
	var stdout, stderr bytes.Buffer
	cmd.Stdout, cmd.Stderr = &stdout, &stderr
	require.NoError(t, cmd.Start())
	hung := time.AfterFunc(30*time.Second, func() { _ = cmd.Process.Kill() })
	defer hung.Stop()
	exit, ok := errors.AsType[*exec.ExitError](cmd.Wait())
	require.True(t, ok, "it started")
	assert.Equal(t, 2, exit.ExitCode())
	assert.Empty(t, stdout.String())
	line, rest, _ := strings.Cut(stderr.String(), "\n")
	assert.True(t, strings.HasPrefix(line, "gateway: "), line)
	assert.Contains(t, line, want)
	assert.Empty(t, rest, "more than one line")
}

// An unreadable directory is no bucket. Root can read it, so the gateway runs as another user then.
func TestUnreadableDirectory(t *testing.T) {
	t.Parallel()
	parent := t.TempDir()
	require.NoError(t, os.Chmod(filepath.Dir(parent), 0o755))
	dir := filepath.Join(parent, "bucket")
	require.NoError(t, os.Mkdir(dir, 0o000))
	cmd := gatewayCommand("-bucket", "file://"+dir)
	if os.Getuid() == 0 {
		const nobody = 65534
		cmd.Dir = "/"
		cmd.SysProcAttr = &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: nobody, Gid: nobody}}
	}
	checkBadStart(t, cmd, "permission denied")
}

// Without flags, the gateway finds a free port, even if another gateway runs.
func TestStartTwice(t *testing.T) {
	t.Parallel()
	one, two := startAs(t, gatewayCommand()), startAs(t, gatewayCommand())
	assert.NotEqual(t, one.URL, two.URL)
	for _, g := range []*gateway{one, two} {
		got := goClient(t, 1).do(t, "GET", g.URL+"/f/default/readme.txt", nil)
		assert.Equal(t, string(sampleObjects(t)["readme.txt"]), string(got.Body))
	}
}

func TestBucketsByTheEnvironment(t *testing.T) {
	t.Parallel()
	_, docs := fileBucket(t, map[string][]byte{"k": []byte("of docs")})
	_, pics := fileBucket(t, map[string][]byte{"k": []byte("of pics")})
	cmd := gatewayCommand("-addr", "127.0.0.1:0")
	cmd.Env = append(cmd.Env, "GATEWAY_BUCKET="+docs+";pics="+pics)
	g := startAs(t, cmd)
	for path, want := range map[string]string{"/f/default/k": "of docs", "/f/pics/k": "of pics"} {
		got := goClient(t, 1).do(t, "GET", g.URL+path, nil)
		assert.Equal(t, want, string(got.Body), path)
	}
}
