package main

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"time"

	"github.com/go-downloadview/downloadview/internal/e2e/s3server"
)

const module = "github.com/go-downloadview/downloadview"

// program is the program in the directory server, built with coverage counters.
type program struct {
	root   string // of the library's module
	dir    string // temporary
	binary string
}

func build(ctx context.Context) (*program, error) {
	root, err := output(ctx, "", "go", "list", "-m", "-f", "{{.Dir}}", module)
	if err != nil {
		return nil, err
	}
	dir, err := os.MkdirTemp("", "walk")
	if err != nil {
		return nil, err
	}
	g := &program{root: strings.TrimSpace(root), dir: dir, binary: filepath.Join(dir, "server")}
	nested := filepath.Join(g.root, "internal", "e2e")
	if _, err := output(ctx, nested, "go", "build", "-cover", "-covermode=atomic", "-coverpkg="+module+"/...",
		"-o", g.binary, "./cmd/walk/server"); err != nil {
		return nil, errors.Join(err, os.RemoveAll(dir))
	}
	return g, nil
}

// walk returns the functions that one GET of an object of this size enters.
func (g *program) walk(ctx context.Context, r route, size int64) ([]function, error) {
	bucket, stop, err := openBucket(ctx, r.s3, size)
	if err != nil {
		return nil, err
	}
	defer stop()
	args := []string{"-bucket", bucket, "-optimize", r.optimize}
	idle, err := g.profile(ctx, args, func(string) error { return nil })
	if err != nil {
		return nil, err
	}
	busy, err := g.profile(ctx, args, func(url string) error { return get(ctx, r, url, size) })
	if err != nil {
		return nil, err
	}
	return entered(g.root, idle, busy)
}

// profile runs the program, calls use with its URL, stops it, and returns its coverage profile.
func (g *program) profile(ctx context.Context, args []string, use func(url string) error) (string, error) {
	data, err := os.MkdirTemp(g.dir, "cover")
	if err != nil {
		return "", err
	}
	var stderr bytes.Buffer
	cmd := exec.CommandContext(ctx, g.binary, args...)
	cmd.Env = append(append(os.Environ(), s3server.Env()...), "GOCOVERDIR="+data)
	cmd.Stderr = &stderr
	stdout, err := cmd.StdoutPipe()
	if err != nil {
		return "", err
	}
	if err := cmd.Start(); err != nil {
		return "", err
	}
	line, err := bufio.NewReader(stdout).ReadString('\n')
	url, ok := strings.CutPrefix(strings.TrimSpace(line), "listening on ")
	if err == nil && !ok {
		err = fmt.Errorf("the program printed %q", line)
	}
	if err == nil {
		err = use(url)
	}
	// The counters are written when the process exits.
	_ = cmd.Process.Signal(syscall.SIGTERM)
	if err := errors.Join(err, cmd.Wait()); err != nil {
		return "", fmt.Errorf("server: %w\n%s", err, &stderr)
	}
	text := data + ".txt"
	if _, err := output(ctx, g.root, "go", "tool", "covdata", "textfmt", "-i", data, "-o", text); err != nil {
		return "", err
	}
	profile, err := os.ReadFile(text)
	return string(profile), err
}

// get requests the object once and closes the connection.
func get(ctx context.Context, r route, url string, size int64) error {
	transport := &http.Transport{DisableKeepAlives: true}
	client := &http.Client{
		Transport:     transport,
		Timeout:       30 * time.Second,
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, url+"/f/default/"+key, http.NoBody)
	if err != nil {
		return err
	}
	resp, err := client.Do(req)
	if err != nil {
		return err
	}
	defer resp.Body.Close()
	n, err := io.Copy(io.Discard, resp.Body)
	if err != nil {
		return err
	}
	return r.check(resp, n, size)
}

// output runs a command and returns its standard output.
func output(ctx context.Context, dir, name string, args ...string) (string, error) {
	cmd := exec.CommandContext(ctx, name, args...)
	cmd.Dir = dir
	out, err := cmd.Output()
	if failed, ok := errors.AsType[*exec.ExitError](err); ok {
		return "", fmt.Errorf("%s %s: %w\n%s", name, args[0], err, failed.Stderr)
	}
	return string(out), err
}
