package servers

import (
	"errors"
	"fmt"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
)

// kind is a kind of server: its program, configuration file and arguments.
type kind struct {
	name   string
	config string // name of the configuration file
	path   func() (string, error)
	args   func(s *Site) []string
	stop   os.Signal
	port   func() (int, error) // FreePort, except in tests of this package
}

// attempts is the number of ports that are tried.
const attempts = 5

var errTaken = errors.New("another program has taken the port")

func (k kind) start(t testing.TB, c Config) *Server {
	t.Helper()
	path, err := k.path()
	if err != nil {
		missing(t, err)
		return nil
	}
	for range attempts {
		s, err := k.try(t, path, c)
		if err == nil {
			t.Cleanup(func() { s.end(t) })
			return s
		}
		if !errors.Is(err, errTaken) {
			t.Fatalf("servers: %s did not start: %v", k.name, err)
			return nil
		}
	}
	t.Fatalf("servers: %s did not start: %v, %d times in turn", k.name, errTaken, attempts)
	return nil
}

// missing skips the test, or fails it with CI=true.
func missing(t testing.TB, why error) {
	t.Helper()
	if os.Getenv("CI") == "true" {
		t.Fatalf("%v; with CI=true no server may be missing", why)
		return
	}
	t.Skipf("%v", why)
}

// installed looks up a program in PATH and in /usr/sbin.
func installed(program, debian string) func() (string, error) {
	return func() (string, error) {
		if path, err := exec.LookPath(program); err == nil {
			return path, nil
		}
		if path, err := exec.LookPath("/usr/sbin/" + program); err == nil {
			return path, nil
		}
		return "", fmt.Errorf("%s not installed (package %s)", program, debian)
	}
}

// try starts the server on a new port. It returns errTaken if another program takes the port first.
func (k kind) try(t testing.TB, path string, c Config) (*Server, error) {
	t.Helper()
	as, err := unprivileged()
	if err != nil {
		return nil, err
	}
	port, err := k.port()
	if err != nil {
		return nil, err
	}
	dir := t.TempDir()
	site := newSite(dir, port, as, c.Data)
	s := &Server{
		Site: site, URL: "http://" + site.Listen, name: k.name, stop: k.stop, ended: make(chan struct{}),
		transport: &http.Transport{DisableCompression: true},
	}
	logs, tmp := filepath.Join(dir, "logs"), filepath.Join(dir, "tmp")
	if err := errors.Join(os.Mkdir(logs, 0o755), os.Mkdir(tmp, 0o755), as.give(dir, logs, tmp),
		c.write(site, k.config), share(dir)); err != nil {
		return nil, err
	}
	if path, err = reachable(path, tmp); err != nil {
		return nil, err
	}
	output, err := os.Create(filepath.Join(logs, "output.log"))
	if err != nil {
		return nil, err
	}
	defer output.Close()
	s.cmd = exec.Command(path, k.args(site)...)
	s.cmd.Dir, s.cmd.Stdout, s.cmd.Stderr = dir, output, output
	s.cmd.Env = []string{
		"PATH=" + os.Getenv("PATH"), "LC_ALL=C", "TMPDIR=" + tmp,
		"HOME=" + dir, "XDG_DATA_HOME=" + tmp, "XDG_CONFIG_HOME=" + tmp,
	}
	s.cmd.SysProcAttr = attributes(as)
	if err := s.run(); err != nil {
		return nil, err
	}
	if err := s.ready(); err != nil {
		s.terminate()
		return nil, err
	}
	return s, nil
}
