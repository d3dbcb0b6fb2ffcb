package s3server

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"syscall"
	"time"
)

// Choice is the environment variable that selects the server: "minio", or versitygw if it is not set.
const Choice = "DOWNLOADVIEW_S3"

// MinIO reports whether the servers are MinIO, whose responses differ in some tests.
func MinIO() bool { return os.Getenv(Choice) == "minio" }

// findMinIO looks in the directory of make minio, then in PATH.
func findMinIO() (string, error) {
	_, file, _, _ := runtime.Caller(0)
	local := filepath.Join(filepath.Dir(file), "..", "..", "..", ".cache", "bin", "minio")
	if _, err := os.Stat(local); err == nil {
		return local, nil
	}
	path, err := exec.LookPath("minio")
	if err != nil {
		return "", fmt.Errorf("minio is not installed (by make minio): %w", err)
	}
	return path, nil
}

// serveMinIO runs MinIO as a child process until ctx is done. It stores objects in root, in its own format, and
// other files in home.
func serveMinIO(ctx context.Context, root, home string, ready func(addr string)) error {
	binary, err := findMinIO()
	if err != nil {
		return err
	}
	for range 5 { // another process may take the port between the choice and the use
		addr, err := freeAddr(ctx)
		if err != nil {
			return err
		}
		if listened, err := runMinIO(ctx, binary, addr, root, home, ready); listened || err != nil {
			return err
		}
	}
	return errors.New("minio did not start on any of five ports")
}

// runMinIO runs MinIO and reports whether it listened.
func runMinIO(ctx context.Context, binary, addr, root, home string, ready func(addr string)) (listened bool, err error) {
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	cmd := exec.CommandContext(ctx, binary, "server", "--address", addr, "--quiet", root)
	cmd.Env = []string{
		"HOME=" + home, "MINIO_ROOT_USER=" + AccessKey, "MINIO_ROOT_PASSWORD=" + SecretKey,
		"MINIO_BROWSER=off", "MINIO_UPDATE=off",
	}
	cmd.Stdout, cmd.Stderr = os.Stderr, os.Stderr
	cmd.Cancel = func() error { return cmd.Process.Signal(syscall.SIGTERM) }
	cmd.WaitDelay = 3 * time.Second
	if err := cmd.Start(); err != nil {
		return false, err
	}
	ended := make(chan struct{})
	go func() {
		err = cmd.Wait()
		close(ended)
	}()
	client := &http.Client{Transport: &http.Transport{DisableKeepAlives: true}}
	late := time.After(30 * time.Second)
	for !healthy(ctx, client, addr) {
		select {
		case <-ended:
			return false, nil
		case <-late:
			stop()
			<-ended
			return false, errors.New("minio was not ready in 30 seconds")
		case <-time.After(50 * time.Millisecond):
		}
	}
	ready(addr)
	<-ended
	if ctx.Err() != nil {
		err = nil // the context ended it
	}
	return true, err
}

func healthy(ctx context.Context, client *http.Client, addr string) bool {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://"+addr+"/minio/health/ready", http.NoBody)
	if err != nil {
		return false
	}
	resp, err := client.Do(req)
	if err != nil {
		return false
	}
	_ = resp.Body.Close()
	return resp.StatusCode == http.StatusOK
}
