//go:build unix

package servers_test

import (
	"net"
	"net/http"
	"os"
	"os/exec"
	"strconv"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/go-downloadview/downloadview/storagetest"
	"github.com/go-downloadview/downloadview/storagetest/servers"
)

// server is one of the four servers, with a minimal configuration that serves files/a.txt, and an invalid one.
type server struct {
	start          func(testing.TB, servers.Config) *servers.Server
	static, broken string
	refusal        string // part of its log with the invalid one
}

const content = "hello from {{.Data}}, which runs as {{.User}}\n"

var all = map[string]server{
	"nginx": {
		servers.Nginx,
		"{{template `main` .}} http { {{template `http` .}} server { listen {{.Listen}}; location / { root {{.Dir}}/files; } } }",
		"{{template `main` .}} http { no_such_directive on; }",
		`unknown directive "no_such_directive"`,
	},
	"Apache": {
		servers.Apache,
		"{{template `main` .}}\nDocumentRoot {{.Dir}}/files\n<Directory />\nRequire all granted\n</Directory>\n",
		"{{template `main` .}}\nNoSuchDirective On\n",
		"Invalid command 'NoSuchDirective'",
	},
	"lighttpd": {
		servers.Lighttpd,
		"{{template `main` .}}\nserver.document-root = \"{{.Dir}}/files\"\n",
		"{{template `main` .}}\nserver.document-root = \"{{.Dir}}/files\"\nno such directive\n",
		"parser failed",
	},
	"Caddy": {
		servers.Caddy,
		"{{template `main` .}}\nhttp://{{.Listen}} {\n\tbind {{.Host}}\n\troot * {{.Dir}}/files\n\tfile_server\n}\n",
		"{{template `main` .}}\nhttp://{{.Listen}} {\n\tno_such_directive\n}\n",
		"unrecognized directive: no_such_directive",
	},
}

func (s server) config(name string) servers.Config {
	return servers.Config{Text: s.static, Files: map[string]string{"files/a.txt": content}, Data: name}
}

func get(t *testing.T, s *servers.Server, path string) *http.Response {
	t.Helper()
	resp, err := s.Client().Do(storagetest.Get(t, s.URL+path))
	require.NoError(t, err)
	t.Cleanup(func() { assert.NoError(t, resp.Body.Close()) })
	return resp
}

// Two servers of a kind run in parallel, as an unprivileged user, each with its own configuration.
func TestServers(t *testing.T) {
	t.Parallel()
	for name, s := range all {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			one, two := s.start(t, s.config("one")), s.start(t, s.config("two"))
			assert.NotEqual(t, one.Port, two.Port)
			assert.NotEqual(t, one.Dir, two.Dir)
			for data, srv := range map[string]*servers.Server{"one": one, "two": two} {
				storagetest.CheckDownload(t, get(t, srv, "/a.txt"), storagetest.Want{
					Status: http.StatusOK, MediaType: "text/plain",
					Body: "hello from " + data + ", which runs as " + srv.User + "\n",
				})
				storagetest.CheckDownload(t, get(t, srv, "/b.txt"), storagetest.Want{Status: http.StatusNotFound})
				if os.Geteuid() == 0 {
					assert.Equal(t, "nobody", srv.User)
					info, err := os.Stat("/proc/" + strconv.Itoa(srv.PID()))
					require.NoError(t, err)
					assert.NotZero(t, info.Sys().(*syscall.Stat_t).Uid, "it runs as root")
				}
			}
			one.Stop(t)
			_, err := one.Client().Do(storagetest.Get(t, one.URL+"/a.txt"))
			assert.ErrorIs(t, err, syscall.ECONNREFUSED)
			storagetest.CheckDownload(t, get(t, two, "/a.txt"), storagetest.Want{Status: http.StatusOK})
		})
	}
}

// After the test, the process and its children have ended, and the port is free.
func TestServersEndWithTheTest(t *testing.T) {
	t.Parallel()
	for name, s := range all {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var pid int
			var listen string
			t.Run("a test", func(t *testing.T) {
				srv := s.start(t, s.config(""))
				pid, listen = srv.PID(), srv.Listen
				require.NoError(t, syscall.Kill(-pid, 0), "the process leads a group")
				// An open connection must not keep the server alive.
				storagetest.CheckDownload(t, get(t, srv, "/a.txt"), storagetest.Want{Status: http.StatusOK})
			})
			if pid == 0 {
				t.Skip("see the test inside")
			}
			assert.ErrorIs(t, syscall.Kill(-pid, 0), syscall.ESRCH, "the process or a child of it is still there")
			_, err := net.Dial("tcp", listen)
			assert.ErrorIs(t, err, syscall.ECONNREFUSED)
		})
	}
}

func TestStartFailureHasTheLog(t *testing.T) {
	t.Parallel()
	for name, s := range all {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			tb := newSpy(t)
			tb.run(func() { s.start(tb, servers.Config{Text: s.broken}) })
			if tb.skipped != "" {
				t.Skip(tb.skipped)
			}
			assert.Contains(t, tb.failed, name+" did not start: it ended: exit status")
			assert.Contains(t, tb.failed, s.refusal)
		})
	}
}

// Another program on the port must not pass for the server.
func TestServersTakeAnotherPort(t *testing.T) {
	t.Parallel()
	stranger, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	t.Cleanup(func() { assert.NoError(t, stranger.Close()) })
	taken := stranger.Addr().(*net.TCPAddr).Port
	asked := 0
	srv := servers.NginxOn(t, all["nginx"].config("x"), func() (int, error) {
		asked++
		if asked <= 2 {
			return taken, nil
		}
		return servers.FreePort()
	})
	assert.Equal(t, 3, asked)
	assert.NotEqual(t, taken, srv.Port)
	storagetest.CheckDownload(t, get(t, srv, "/a.txt"), storagetest.Want{Status: http.StatusOK})

	tb := newSpy(t)
	tb.run(func() { servers.NginxOn(tb, all["nginx"].config("x"), func() (int, error) { return taken, nil }) })
	assert.Contains(t, tb.failed, "another program has taken the port, 5 times in turn")
}

func TestFailedTestShowsTheLogs(t *testing.T) {
	t.Parallel()
	s := all["nginx"]
	for _, failed := range []bool{false, true} {
		tb := newSpy(t)
		tb.run(func() {
			srv := s.start(tb, s.config("x"))
			get(t, srv, "/a.txt")
			if failed {
				tb.Errorf("this went wrong")
			}
		})
		tb.finish()
		if tb.skipped != "" {
			t.Skip(tb.skipped)
		}
		if !failed {
			assert.Empty(t, tb.logged)
			continue
		}
		assert.Contains(t, tb.logged, "logs of nginx:")
		assert.Contains(t, tb.logged, "access.log:\n    127.0.0.1")
		assert.Contains(t, tb.logged, `"GET /a.txt HTTP/1.1" 200`)
	}
}

func TestCrashedServerFailsTheTest(t *testing.T) {
	t.Parallel()
	s := all["lighttpd"]
	tb := newSpy(t)
	tb.run(func() {
		srv := s.start(tb, s.config("x"))
		p, err := os.FindProcess(srv.PID())
		require.NoError(t, err)
		require.NoError(t, p.Kill())
		srv.Wait()
	})
	tb.finish()
	if tb.skipped != "" {
		t.Skip(tb.skipped)
	}
	assert.Contains(t, tb.failed, "lighttpd ended before Stop: signal: killed")
}

func TestConfigMisuse(t *testing.T) {
	t.Parallel()
	for name, tc := range map[string]struct {
		config servers.Config
		says   string
	}{
		"no such field":    {servers.Config{Text: "{{.Prot}}"}, "can't evaluate field Prot"},
		"no such key":      {servers.Config{Text: "{{.Data.a}}", Data: map[string]string{}}, `no entry for key "a"`},
		"no such template": {servers.Config{Text: "{{template `mian` .}}"}, `"mian" not defined`},
		"no template":      {servers.Config{Text: "{{"}, "unclosed action"},
		"a file outside":   {servers.Config{Files: map[string]string{"../a": ""}}, `the file "../a" is not one below`},
		"the file itself":  {servers.Config{Files: map[string]string{"nginx.conf": ""}}, `the file "nginx.conf" is not one below`},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			tb := newSpy(t)
			tb.run(func() { servers.Nginx(tb, tc.config) })
			if tb.skipped != "" {
				t.Skip(tb.skipped)
			}
			assert.Contains(t, tb.failed, tc.says)
		})
	}
}

func TestMissingServerSkipsTheTest(t *testing.T) {
	for ci, want := range map[string]string{
		"":     "skipped: no-such-server not installed (package no-such-package)",
		"true": "failed: no-such-server not installed (package no-such-package); with CI=true no server may be missing",
	} {
		t.Setenv("CI", ci)
		tb := newSpy(t)
		tb.run(func() { servers.Absent(tb) })
		assert.Equal(t, want, tb.outcome())
	}
}

// Debian's Caddy serves wrong files.
func TestOldCaddyIsRejected(t *testing.T) {
	t.Setenv("CI", "")
	program := t.TempDir() + "/caddy"
	require.NoError(t, os.WriteFile(program, []byte("#!/bin/sh\necho 2.6.2\n"), 0o755))
	t.Setenv("DOWNLOADVIEW_CADDY", program)
	tb := newSpy(t)
	tb.run(func() { servers.Caddy(tb, servers.Config{}) })
	assert.Equal(t, "skipped: caddy 2.11 not installed (make servers builds it): "+program+" is 2.6.2", tb.outcome())
	for version, want := range map[string]bool{
		"v2.11.9": true, "v2.12.0 h1:x": true, "v3.0.0": true, "2.6.2": false, "v2.10.99": false, "v1.99": false, "unknown": false, "": false,
	} {
		assert.Equal(t, want, servers.RecentEnough(version), version)
	}
}

func TestFreePort(t *testing.T) {
	t.Parallel()
	seen := map[int]bool{}
	for range 50 {
		port, err := servers.FreePort()
		require.NoError(t, err)
		assert.False(t, seen[port], "given twice")
		seen[port] = true
		// A process that another test starts now has a copy of the listener until its exec.
		require.Eventually(t, func() bool {
			l, err := net.Listen("tcp", "127.0.0.1:"+strconv.Itoa(port))
			return err == nil && l.Close() == nil
		}, 10*time.Second, time.Millisecond)
	}
}

func TestShareAndReachable(t *testing.T) {
	t.Parallel()
	if os.Geteuid() != 0 {
		t.Skip("only root's files are closed to the user that servers run as")
	}
	dir := t.TempDir()
	require.NoError(t, os.Mkdir(dir+"/closed", 0o700))
	require.NoError(t, os.WriteFile(dir+"/closed/a.txt", []byte("shared"), 0o600))
	require.NoError(t, os.Symlink("/etc/shadow", dir+"/closed/link"))
	before, err := os.Stat("/etc/shadow")
	require.NoError(t, err)
	read := func() error {
		cmd := exec.CommandContext(t.Context(), "/bin/cat", dir+"/closed/a.txt")
		cmd.Dir = "/"
		cmd.SysProcAttr = &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: 65534, Gid: 65534}}
		return cmd.Run()
	}
	require.Error(t, read())

	program, err := exec.LookPath("true")
	require.NoError(t, err)
	require.NoError(t, exec.Command("cp", program, dir+"/closed/true").Run())
	out := t.TempDir()
	copied, err := servers.Reachable(dir+"/closed/true", out)
	require.NoError(t, err)
	assert.Equal(t, out+"/true", copied)
	same, err := servers.Reachable(program, out)
	require.NoError(t, err)
	assert.Equal(t, program, same)

	servers.Share(t, dir+"/closed")
	require.NoError(t, read())
	after, err := os.Stat("/etc/shadow")
	require.NoError(t, err)
	assert.Equal(t, before.Mode(), after.Mode(), "a link was followed")

	tb := newSpy(t)
	tb.run(func() { servers.Share(tb, dir+"/none") })
	assert.Contains(t, tb.failed, "no such file")
}
