package offload_test

import (
	"bufio"
	"context"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/go-downloadview/downloadview/internal/e2e/s3server"
)

// gatewayDir is the directory of the binary. TestMain removes it.
var gatewayDir string

// gatewayBinary builds the gateway once and returns its path.
var gatewayBinary = sync.OnceValues(func() (string, error) {
	dir, err := os.MkdirTemp("", "gateway")
	if err != nil {
		return "", err
	}
	gatewayDir = dir
	path := filepath.Join(dir, "gateway")
	cmd := exec.Command("go", "build", "-o", path, "./examples/gateway")
	cmd.Dir = filepath.Join("..", "..", "..")
	out, err := cmd.CombinedOutput()
	if err != nil {
		return "", errors.New(string(out))
	}
	return path, nil
})

// gateway starts the gateway and returns its address.
func gateway(t *testing.T, args ...string) string {
	t.Helper()
	path, err := gatewayBinary()
	require.NoError(t, err)
	cmd := exec.CommandContext(context.WithoutCancel(t.Context()), path, append([]string{"-addr", "127.0.0.1:0"}, args...)...)
	cmd.Env = append(os.Environ(), s3server.Env()...)
	var log strings.Builder
	cmd.Stderr = &log
	out, err := cmd.StdoutPipe()
	require.NoError(t, err)
	require.NoError(t, cmd.Start())
	t.Cleanup(func() {
		_ = cmd.Process.Signal(os.Interrupt)
		_ = cmd.Wait()
	})
	line, err := bufio.NewReader(out).ReadString('\n')
	require.NoError(t, err, "%s", &log)
	addr, ok := strings.CutPrefix(strings.TrimSpace(line), "listening on http://")
	require.True(t, ok, line)
	return addr
}

func runDoctor(t *testing.T, args ...string) (string, int) {
	t.Helper()
	path, err := gatewayBinary()
	require.NoError(t, err)
	cmd := exec.CommandContext(t.Context(), path, append([]string{"doctor"}, args...)...)
	cmd.Env = append(os.Environ(), s3server.Env()...)
	out, err := cmd.CombinedOutput()
	if exit, ok := errors.AsType[*exec.ExitError](err); ok {
		return string(out), exit.ExitCode()
	}
	require.NoError(t, err)
	return string(out), 0
}

// without removes the lines with a text from one block of a configuration, which starts with the given line.
func without(block, text string) func(string) string {
	return func(conf string) string {
		var kept []string
		inside := false
		for line := range strings.SplitSeq(conf, "\n") {
			if strings.Contains(line, "location ") {
				inside = strings.Contains(line, block)
			}
			if !inside || !strings.Contains(line, text) {
				kept = append(kept, line)
			}
		}
		return strings.Join(kept, "\n")
	}
}

func replace(old, with string) func(string) string {
	return func(conf string) string { return strings.ReplaceAll(conf, old, with) }
}

func TestDoctor(t *testing.T) {
	t.Parallel()
	xaccel := []string{"-optimize", "xaccel", "-mount", "default=/_files/"}
	type setup struct {
		name   string
		want   string // "" for a valid configuration
		flags  []string
		served []string // flags of the gateway, if they differ from those of the doctor
		front  string
		change func(string) string
		breaks func(t *testing.T, dir string)
		app    string
		edge   string
	}
	for _, tc := range []setup{
		{name: "nginx is sound", flags: xaccel},
		{name: "nginx with own validators is sound", flags: []string{"-optimize", "xaccel", "-mount", "default=/_checked/", "-own-validators"}},
		{name: "nginx with a proof is sound", flags: append([]string{"-proof", "X-Edge-Proof=" + proof}, xaccel...)},
		{name: "lighttpd is sound", flags: []string{"-optimize", "xsendfile", "-paths", "escaped", "-mount", "default=FILES"}, front: "lighttpd"},
		{name: "Apache is sound", flags: []string{"-optimize", "xsendfile", "-paths", "raw", "-mount", "default=FILES"}, front: "apache2"},
		{name: "streaming is sound", flags: nil},

		{name: "1 the bucket cannot be written", want: "storage: \"default\" cannot be written", flags: xaccel, breaks: func(t *testing.T, dir string) {
			t.Helper()
			require.NoError(t, os.MkdirAll(filepath.Join(dir, ".downloadview-probe.txt", "x"), 0o755))
		}},
		{name: "2 the application is down", want: "application: does not answer", flags: xaccel, app: "http://127.0.0.1:1"},
		{name: "3 the application has no optimizer", want: "application: sends the file itself", flags: xaccel, served: []string{}},
		{name: "4 the edge is down", want: "edge: does not answer", flags: xaccel, edge: "http://127.0.0.1:1"},
		{name: "5 no edge is in front", want: "edge: X-Accel-Redirect leaks to the client", flags: xaccel, edge: "APP"},
		{name: "6 no such location", want: "edge: does not find the file that it is told", flags: xaccel, change: replace("location /_files/", "location /_others/")},
		{name: "7 the location is open", want: "edge: the location /_files/ is reachable from outside", flags: xaccel, change: without("/_files/", "internal;")},
		{name: "8 the alias is an empty directory", want: "edge: does not find the file that it is told", flags: xaccel, change: func(conf string) string {
			i := strings.Index(conf, "location /_files/ {")
			j := i + strings.Index(conf[i:], "}")
			k := strings.Index(conf[i:j], "alias ") + i
			end := k + strings.Index(conf[k:], ";")
			return conf[:k] + "alias /var/empty/" + conf[end:]
		}},
		{name: "9 the mount shows another bucket", want: "all together: the file that comes is another one", flags: xaccel, change: nil, breaks: nil},
		{name: "10 the edge may not read", want: "edge: may not read the file", flags: xaccel, breaks: func(t *testing.T, dir string) {
			t.Helper()
			if os.Getuid() != 0 {
				t.Skip("nginx runs as the same user")
			}
			require.NoError(t, os.Chmod(dir, 0o700))
		}},
		{name: "11 security headers are dropped", want: "edge: drops X-Content-Type-Options", flags: xaccel, change: without("/_files/", "add_header X-Content-Type-Options")},
		{name: "12 two sides make validators", want: "edge: sends an ETag of its own beside the application's", flags: append([]string{"-own-validators"}, xaccel...)},
		{name: "13 the path is escaped for Apache", want: "all together: a name with blanks and percent signs is not found", front: "apache2",
			flags: []string{"-optimize", "xsendfile", "-paths", "escaped", "-mount", "default=FILES"}},
		{name: "14 strangers are told", want: "application: X-Accel-Redirect is told to everybody", flags: append([]string{"-proof", "X-Edge-Proof=" + proof}, xaccel...), served: xaccel},
		{name: "16 the edge adds another proof", want: "all together: the application sends the file itself, and the front server passes it on",
			flags: append([]string{"-proof", "X-Edge-Proof=another"}, xaccel...)},
		{name: "17 and the application has the validators", want: "all together: the application sends the file itself, and the front server passes it on",
			flags: []string{"-proof", "X-Edge-Proof=another", "-optimize", "xaccel", "-mount", "default=/_checked/", "-own-validators"}},
		{name: "17 Apache", want: "all together: the application sends the file itself, and the front server passes it on", front: "apache2",
			flags: []string{"-proof", "X-Edge-Proof=another", "-optimize", "xsendfile", "-paths", "raw", "-mount", "default=FILES"}},
		{name: "17 lighttpd", want: "all together: the application sends the file itself, and the front server passes it on", front: "lighttpd",
			flags: []string{"-proof", "X-Edge-Proof=another", "-optimize", "xsendfile", "-paths", "escaped", "-mount", "default=FILES"}},
		{name: "17 Caddy", want: "all together: the application sends the file itself, and the front server passes it on", front: "caddy",
			flags: []string{"-proof", "X-Edge-Proof=another", "-optimize", "xaccel", "-mount", "default=/_checked/", "-own-validators"}},
		{name: "Apache with a proof is sound", front: "apache2",
			flags: []string{"-proof", "X-Edge-Proof=" + proof, "-optimize", "xsendfile", "-paths", "raw", "-mount", "default=FILES"}},
		{name: "Caddy with a proof and own validators is sound", front: "caddy",
			flags: []string{"-proof", "X-Edge-Proof=" + proof, "-optimize", "xaccel", "-mount", "default=/_checked/", "-own-validators"}},
		{name: "18 the location is for the other validators", want: "edge: sends no ETag: switch etag on in the location",
			flags: []string{"-optimize", "xaccel", "-mount", "default=/_checked/"}},
		{name: "nginx with a proof and own validators is sound",
			flags: []string{"-proof", "X-Edge-Proof=" + proof, "-optimize", "xaccel", "-mount", "default=/_checked/", "-own-validators"}},
		{name: "lighttpd with a proof is sound", front: "lighttpd",
			flags: []string{"-proof", "X-Edge-Proof=" + proof, "-optimize", "xsendfile", "-paths", "escaped", "-mount", "default=FILES"}},
		{name: "15 the edge's buffer is too small", want: "edge: cannot use what the application or the store says", flags: xaccel,
			change: func(conf string) string {
				return strings.NewReplacer("proxy_buffer_size 16k", "proxy_buffer_size 256", "proxy_buffers 8 16k", "proxy_buffers 8 256",
					"proxy_busy_buffers_size 32k", "proxy_busy_buffers_size 512").Replace(conf)
			}},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			dir := filesDir(t)
			bucket := "file://" + dir + "?no_tmp_dir=1&metadata=skip"
			fill := func(args []string) []string {
				all := []string{"-bucket", bucket}
				for _, a := range args {
					all = append(all, strings.ReplaceAll(a, "FILES", dir))
				}
				return all
			}
			served := tc.served
			if served == nil {
				served = tc.flags
			}
			addr := gateway(t, fill(served)...)
			f := *frontOf("nginx")
			if tc.front != "" {
				f = *frontOf(tc.front)
			}
			f.change = tc.change
			files := dir
			if strings.HasPrefix(tc.name, "9 ") {
				files = filesDir(t)
				for _, name := range []string{".downloadview-probe.txt", ".downloadview-probe a%20b+é.txt"} {
					require.NoError(t, os.WriteFile(filepath.Join(files, name), []byte("another bucket's"), 0o644))
				}
			}
			edge := f.run(t, addr, files, "")
			if tc.breaks != nil {
				tc.breaks(t, dir)
			}
			app := "http://" + addr
			if tc.edge == "APP" {
				edge = app
			} else if tc.edge != "" {
				edge = tc.edge
			}
			if tc.app != "" {
				app = tc.app
			}
			out, code := runDoctor(t, append(fill(tc.flags), "-app", app, "-edge", edge)...)
			if tc.want == "" {
				assert.Zero(t, code, out)
				assert.Equal(t, "all links work\n", out)
			} else {
				assert.Equal(t, 1, code, out)
				assert.Contains(t, out, tc.want)
			}
			for _, name := range []string{".downloadview-probe.txt", ".downloadview-probe a%20b+é.txt"} {
				fi, err := os.Stat(filepath.Join(dir, name))
				assert.True(t, err != nil || fi.IsDir(), "the probe's object is left behind")
			}
		})
	}
}
