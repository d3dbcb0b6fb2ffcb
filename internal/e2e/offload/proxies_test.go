package offload_test

import (
	"context"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/go-downloadview/downloadview/internal/installed"
)

// proof is the secret that the configurations add to every request.
const proof = "change-this-proof"

// reverseProxy is a reverse proxy that is started with a configuration of docs/servers.
type reverseProxy struct {
	name   string
	config string
	args   func(config, prefix string) []string
	change func(config string) string // a change that breaks it; nil for none
	store  func(config string) string // as change, for nginx-store.conf
}

var fronts = []reverseProxy{
	{name: "nginx", config: "nginx.conf", args: func(c, p string) []string { return []string{"nginx", "-p", p + "/", "-e", "stderr", "-c", c} }},
	{name: "apache2", config: "apache.conf", args: func(c, p string) []string { return []string{"apache2", "-f", c, "-d", p, "-DFOREGROUND"} }},
	{name: "lighttpd", config: "lighttpd.conf", args: func(c, _ string) []string { return []string{"lighttpd", "-D", "-f", c} }},
	{name: "caddy", config: "Caddyfile", args: func(c, _ string) []string {
		return []string{"caddy", "run", "--config", c, "--adapter", "caddyfile"}
	}},
}

func frontOf(name string) *reverseProxy {
	for i := range fronts {
		if fronts[i].name == name {
			return &fronts[i]
		}
	}
	return nil
}

// start runs the server in front of app, with the files of a directory, and returns its URL. The configuration is that of
// docs/servers with other addresses and directories.
func (f *reverseProxy) start(t *testing.T, app http.Handler, files, store string) string {
	t.Helper()
	back := httptest.NewServer(app)
	t.Cleanup(back.Close)
	return f.run(t, back.Listener.Addr().String(), files, store)
}

// built reports whether make servers has built Caddy, which it then puts first in PATH.
func built(t *testing.T) bool {
	t.Helper()
	bin, err := filepath.Abs(filepath.Join("..", "..", "..", ".cache", "bin"))
	require.NoError(t, err)
	if _, err := os.Stat(filepath.Join(bin, "caddy")); err != nil {
		return false
	}
	if path := os.Getenv("PATH"); !strings.HasPrefix(path, bin+":") {
		require.NoError(t, os.Setenv("PATH", bin+":"+path)) //nolint:usetesting // for the whole process: the tests are parallel
	}
	return true
}

func (f *reverseProxy) run(t *testing.T, back, files, store string) string {
	t.Helper()
	if f.name != "caddy" || !built(t) {
		if _, err := exec.LookPath(f.name); err != nil {
			installed.Missing(t, f.name+" not installed")
		}
	}
	addr := freeAddr(t)
	prefix, err := os.MkdirTemp("", "front") //nolint:usetesting // configurations would have to quote the name of t.TempDir
	require.NoError(t, err)
	t.Cleanup(func() { _ = os.RemoveAll(prefix) })
	require.NoError(t, os.Chmod(prefix, 0o755))
	for _, dir := range []string{"logs", "tmp", "cache", "run"} {
		require.NoError(t, os.Mkdir(filepath.Join(prefix, dir), 0o777))
		require.NoError(t, os.Chmod(filepath.Join(prefix, dir), 0o777))
	}
	text, err := os.ReadFile(filepath.Join("..", "..", "..", "docs", "servers", f.config))
	require.NoError(t, err)
	_, port, _ := net.SplitHostPort(addr)
	_, backPort, _ := net.SplitHostPort(back)
	if store == "" {
		store = "127.0.0.1:9"
	}
	conf := strings.NewReplacer(
		"127.0.0.1:8000", addr, "127.0.0.1:8080", back, "port = 8000", "port = "+port, `"port" => 8080`, `"port" => `+backPort,
		"/srv/downloadview/files", files, "/run/downloadview", prefix,
		`127\.0\.0\.1:9000`, strings.ReplaceAll(store, ".", `\.`),
	).Replace(string(text))
	if f.change != nil {
		conf = f.change(conf)
	}
	if f.name == "nginx" {
		f.includeStore(t, prefix)
	}
	path := filepath.Join(prefix, f.config)
	require.NoError(t, os.WriteFile(path, []byte(conf), 0o644))
	args := f.args(path, prefix)
	cmd := exec.CommandContext(context.WithoutCancel(t.Context()), args[0], args[1:]...)
	cmd.Env = append(os.Environ(), "XDG_DATA_HOME="+prefix, "XDG_CONFIG_HOME="+prefix)
	out, err := os.Create(filepath.Join(prefix, "logs", "out"))
	require.NoError(t, err)
	cmd.Stdout, cmd.Stderr = out, out
	require.NoError(t, cmd.Start())
	done := make(chan struct{})
	go func() { _ = cmd.Wait(); close(done) }()
	t.Cleanup(func() {
		_ = cmd.Process.Signal(syscall.SIGTERM)
		select {
		case <-done:
		case <-time.After(5 * time.Second):
			_ = cmd.Process.Kill()
			<-done
		}
		_ = out.Close()
		if t.Failed() {
			for _, name := range []string{"out", "error.log"} {
				if log, err := os.ReadFile(filepath.Join(prefix, "logs", name)); err == nil && len(log) > 0 {
					t.Logf("%s %s:\n%.4000s", f.name, name, log)
				}
			}
		}
	})
	require.Eventually(t, func() bool {
		c, err := net.DialTimeout("tcp", addr, time.Second)
		if err == nil {
			_ = c.Close()
		}
		return err == nil
	}, 10*time.Second, 20*time.Millisecond, "%s does not listen", f.name)
	return "http://" + addr
}

// includeStore writes the file that nginx.conf includes.
func (f *reverseProxy) includeStore(t *testing.T, prefix string) {
	t.Helper()
	text, err := os.ReadFile(filepath.Join("..", "..", "..", "docs", "servers", "nginx-store.conf"))
	require.NoError(t, err)
	conf := string(text)
	if f.store != nil {
		conf = f.store(conf)
	}
	require.NoError(t, os.WriteFile(filepath.Join(prefix, "nginx-store.conf"), []byte(conf), 0o644))
}

func freeAddr(t *testing.T) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	defer l.Close()
	return l.Addr().String()
}
