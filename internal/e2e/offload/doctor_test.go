package offload_test

import (
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/go-downloadview/downloadview/internal/e2e/gatewayproc"
	"github.com/go-downloadview/downloadview/internal/e2e/s3server"
)

// gatewayDir is removed when the tests end.
var gatewayDir string

// gatewayBinary builds the gateway once and returns its path.
var gatewayBinary = sync.OnceValues(func() (string, error) {
	dir, err := os.MkdirTemp("", "gateway")
	if err != nil {
		return "", err
	}
	gatewayDir = dir
	return gatewayproc.Build(dir)
})

// gateway starts the gateway and returns its address.
func gateway(t *testing.T, args ...string) string {
	t.Helper()
	path, err := gatewayBinary()
	require.NoError(t, err)
	return gatewayproc.Serve(t, path, args...).Host()
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

// without removes the lines with a text from one location block of a configuration.
func without(block, text string) func(string) string {
	return func(conf string) string {
		var kept []string
		inside := false
		for line := range strings.SplitSeq(conf, "\n") {
			if strings.HasPrefix(strings.TrimSpace(line), "location ") {
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
		want   string // "" if everything works
		flags  []string
		served []string // flags of the gateway, if they differ from those of the doctor
		front  string
		change func(string) string
		breaks func(t *testing.T, dir string)
		app    string
		edge   string
	}
	for _, tc := range []setup{
		{name: "nginx works", flags: xaccel},
		{name: "nginx with application validators works", flags: []string{"-optimize", "xaccel", "-mount", "default=/_checked/", "-own-validators"}},
		{name: "nginx with a proof works", flags: append([]string{"-proof", "X-Edge-Proof=" + proof}, xaccel...)},
		{name: "lighttpd works", flags: []string{"-optimize", "xsendfile", "-paths", "escaped", "-mount", "default=FILES"}, front: "lighttpd"},
		{name: "Apache works", flags: []string{"-optimize", "xsendfile", "-paths", "raw", "-mount", "default=FILES"}, front: "apache2"},
		{name: "streaming works", flags: nil},

		{name: "1 the bucket cannot be written", want: "storage: \"default\" cannot be written", flags: xaccel, breaks: func(t *testing.T, dir string) {
			t.Helper()
			require.NoError(t, os.MkdirAll(filepath.Join(dir, ".downloadview-probe.txt", "x"), 0o755))
		}},
		{name: "2 the application is down", want: "application: no response", flags: xaccel, app: "http://127.0.0.1:1"},
		{name: "3 the application has no optimizer", want: "application: streams the file", flags: xaccel, served: []string{}},
		{name: "4 the proxy is down", want: "proxy: no response", flags: xaccel, edge: "http://127.0.0.1:1"},
		{name: "5 there is no proxy", want: "proxy: X-Accel-Redirect reaches the client", flags: xaccel, edge: "APP"},
		{name: "6 no such location", want: "proxy: does not find the file", flags: xaccel, change: replace("location /_files/", "location /_others/")},
		{name: "7 the location is open", want: "proxy: the location /_files/ is reachable from outside", flags: xaccel, change: without("/_files/", "internal;")},
		{name: "8 the alias is an empty directory", want: "proxy: does not find the file", flags: xaccel, change: func(conf string) string {
			i := strings.Index(conf, "location /_files/ {")
			j := i + strings.Index(conf[i:], "}")
			k := strings.Index(conf[i:j], "alias ") + i
			end := k + strings.Index(conf[k:], ";")
			return conf[:k] + "alias /var/empty/" + conf[end:]
		}},
		{name: "9 the mount shows another bucket", want: "end to end: the response is another file", flags: xaccel, change: nil, breaks: nil},
		{name: "10 the proxy has no permission to read", want: "proxy: has no permission to read the file", flags: xaccel, breaks: func(t *testing.T, dir string) {
			t.Helper()
			if os.Getuid() != 0 {
				t.Skip("nginx runs as the same user")
			}
			require.NoError(t, os.Chmod(dir, 0o700))
		}},
		{name: "11 security headers are dropped", want: "proxy: drops X-Content-Type-Options", flags: xaccel, change: without("/_files/", "add_header X-Content-Type-Options")},
		{name: "12 the proxy makes validators besides the application", want: "proxy: sends its own ETag instead of the application's", flags: append([]string{"-own-validators"}, xaccel...)},
		{name: "13 the path is escaped for Apache", want: "end to end: a name with spaces and percent signs is not found", front: "apache2",
			flags: []string{"-optimize", "xsendfile", "-paths", "escaped", "-mount", "default=FILES"}},
		{name: "14 clients without the proof get the location", want: "application: X-Accel-Redirect is sent to clients without the proof", flags: append([]string{"-proof", "X-Edge-Proof=" + proof}, xaccel...), served: xaccel},
		{name: "16 the proxy adds another proof", want: "end to end: the application streams the file, and the proxy forwards it",
			flags: append([]string{"-proof", "X-Edge-Proof=another"}, xaccel...)},
		{name: "17 the proxy adds another proof, application validators", want: "end to end: the application streams the file, and the proxy forwards it",
			flags: []string{"-proof", "X-Edge-Proof=another", "-optimize", "xaccel", "-mount", "default=/_checked/", "-own-validators"}},
		{name: "17 Apache", want: "end to end: the application streams the file, and the proxy forwards it", front: "apache2",
			flags: []string{"-proof", "X-Edge-Proof=another", "-optimize", "xsendfile", "-paths", "raw", "-mount", "default=FILES"}},
		{name: "17 lighttpd", want: "end to end: the application streams the file, and the proxy forwards it", front: "lighttpd",
			flags: []string{"-proof", "X-Edge-Proof=another", "-optimize", "xsendfile", "-paths", "escaped", "-mount", "default=FILES"}},
		{name: "17 Caddy", want: "end to end: the application streams the file, and the proxy forwards it", front: "caddy",
			flags: []string{"-proof", "X-Edge-Proof=another", "-optimize", "xaccel", "-mount", "default=/_checked/", "-own-validators"}},
		{name: "Apache with a proof works", front: "apache2",
			flags: []string{"-proof", "X-Edge-Proof=" + proof, "-optimize", "xsendfile", "-paths", "raw", "-mount", "default=FILES"}},
		{name: "Caddy with a proof and application validators works", front: "caddy",
			flags: []string{"-proof", "X-Edge-Proof=" + proof, "-optimize", "xaccel", "-mount", "default=/_checked/", "-own-validators"}},
		{name: "18 the location is for application validators", want: "proxy: sends no ETag: enable etag in the location",
			flags: []string{"-optimize", "xaccel", "-mount", "default=/_checked/"}},
		{name: "nginx with a proof and application validators works",
			flags: []string{"-proof", "X-Edge-Proof=" + proof, "-optimize", "xaccel", "-mount", "default=/_checked/", "-own-validators"}},
		{name: "lighttpd with a proof works", front: "lighttpd",
			flags: []string{"-proof", "X-Edge-Proof=" + proof, "-optimize", "xsendfile", "-paths", "escaped", "-mount", "default=FILES"}},
		{name: "15 the proxy's buffer is too small", want: "proxy: cannot use the response of the application or the storage", flags: xaccel,
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
				assert.Equal(t, "all components work\n", out)
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
