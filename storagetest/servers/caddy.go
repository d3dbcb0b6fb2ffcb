package servers

import (
	"context"
	"debug/buildinfo"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"
)

var caddy = kind{
	name:   "Caddy",
	config: "Caddyfile",
	path:   findCaddy,
	args: func(s *Site) []string {
		return []string{"run", "--config", s.Dir + "/Caddyfile", "--adapter", "caddyfile"}
	},
	stop: syscall.SIGTERM,
	port: FreePort,
}

// Caddy starts Caddy 2.11 or later: Debian's 2.6 serves the wrong file for an escaped name. The program is that of
// DOWNLOADVIEW_CADDY, else .cache/bin/caddy beside the go.mod of the module or of one around it, else the one in
// PATH. The template "main" belongs at the top of the Caddyfile and has the global options.
func Caddy(t testing.TB, c Config) *Server {
	t.Helper()
	return caddy.start(t, c)
}

const noCaddy = "caddy 2.11 not installed (make servers builds it)"

func findCaddy() (string, error) {
	path := os.Getenv("DOWNLOADVIEW_CADDY")
	if path == "" {
		path = builtCaddy()
	}
	if path == "" {
		var err error
		if path, err = exec.LookPath("caddy"); err != nil {
			return "", errors.New(noCaddy)
		}
	}
	version, err := caddyVersion(path)
	if err != nil {
		return "", fmt.Errorf("%s: %s does not print its version: %w", noCaddy, path, err)
	}
	if !recentEnough(version) {
		return "", fmt.Errorf("%s: %s is %s", noCaddy, path, version)
	}
	return path, nil
}

// builtCaddy looks in the modules around the working directory, that of the package under test.
func builtCaddy() string {
	dir, err := os.Getwd()
	for err == nil && dir != filepath.Dir(dir) {
		path := filepath.Join(dir, ".cache", "bin", "caddy")
		if _, err := os.Stat(filepath.Join(dir, "go.mod")); err == nil {
			if _, err := os.Stat(path); err == nil {
				return path
			}
		}
		dir = filepath.Dir(dir)
	}
	return ""
}

// caddyVersion reads the version from the build information, because a program of go install does not print it,
// else from the program.
func caddyVersion(path string) (string, error) {
	const module = "github.com/caddyserver/caddy/v2"
	if info, err := buildinfo.ReadFile(path); err == nil {
		if m := info.Main; m.Path == module && m.Version != "(devel)" {
			return m.Version, nil
		}
		for _, m := range info.Deps {
			if m.Path == module {
				return m.Version, nil
			}
		}
	}
	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
	defer cancel()
	out, err := exec.CommandContext(ctx, path, "version").Output()
	return strings.TrimSpace(string(out)), err
}

var versionNumber = regexp.MustCompile(`^v?(\d{1,4})\.(\d{1,4})`)

func recentEnough(version string) bool {
	m := versionNumber.FindStringSubmatch(version)
	if m == nil {
		return false
	}
	major, _ := strconv.Atoi(m[1])
	minor, _ := strconv.Atoi(m[2])
	return major > 2 || major == 2 && minor >= 11
}
