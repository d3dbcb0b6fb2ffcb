package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.yaml.in/yaml/v3"

	"github.com/go-downloadview/downloadview/internal/installed"
)

func deployFile(t *testing.T, name string) string {
	t.Helper()
	content, err := os.ReadFile(filepath.Join("deploy", name))
	require.NoError(t, err)
	return string(content)
}

// systemd accepts the unit. The program of the unit is replaced, because it is not installed.
func TestSystemdAcceptsTheUnit(t *testing.T) {
	t.Parallel()
	verify := installed.Program(t, "systemd-analyze", "systemd")
	self, err := os.Executable()
	require.NoError(t, err)
	unit := deployFile(t, "gateway.service")
	require.Contains(t, unit, "ExecStart=/usr/local/bin/gateway ")
	check := func(content string) string {
		file := filepath.Join(t.TempDir(), "gateway.service")
		require.NoError(t, os.WriteFile(file, []byte(content), 0o600))
		out, _ := exec.CommandContext(t.Context(), verify, "verify", file).CombinedOutput()
		return string(out)
	}
	unit = strings.Replace(unit, "/usr/local/bin/gateway", self, 1)
	assert.NotContains(t, check(unit), "gateway.service")
	assert.Contains(t, check(strings.Replace(unit, "ProtectHome=yes", "ProtectHom=yes", 1)), "gateway.service:", "a fault is found")
}

// The unit waits longer than the gateway drains, and does not restart it for an exit status that stays the same.
func TestUnitFitsTheGateway(t *testing.T) {
	t.Parallel()
	unit := deployFile(t, "gateway.service")
	o, err := parseOptions([]string{"-config", filepath.Join("deploy", "gateway.yaml")})
	require.NoError(t, err)
	assert.InDelta(t, 60, o.drain.Seconds(), 0)
	assert.Contains(t, unit, "TimeoutStopSec=90\n")
	assert.Equal(t, 2, exitUsage)
	assert.Contains(t, unit, "RestartPreventExitStatus=2\n")
}

func TestNginxAcceptsItsConfiguration(t *testing.T) {
	t.Parallel()
	nginx := installed.Program(t, "nginx", "nginx-light")
	dir := t.TempDir()
	store, err := os.ReadFile("../../docs/servers/nginx-store.conf")
	require.NoError(t, err)
	require.NoError(t, os.WriteFile(filepath.Join(dir, "nginx-store.conf"), store, 0o600))
	check := func(conf string) (string, error) {
		conf = strings.Replace(conf, "gateway:8080", "127.0.0.1:8080", 1) // a name that only Docker resolves
		conf = strings.Replace(conf, "listen 80;", "listen 127.0.0.1:18080;", 1)
		file := filepath.Join(dir, "nginx.conf")
		require.NoError(t, os.WriteFile(file, []byte(conf), 0o600))
		out, err := exec.CommandContext(t.Context(), nginx, "-t", "-q", "-p", dir, "-e", "stderr", "-g", "pid "+dir+"/pid;", "-c", file).CombinedOutput()
		return string(out), err
	}
	conf := deployFile(t, "nginx.conf")
	out, err := check(conf)
	require.NoError(t, err, out)
	_, err = check(strings.Replace(conf, "internal;", "internal", 1))
	assert.Error(t, err, "a fault is found")
}

// The parts of the compose file fit each other: files, names, ports, keys and the time to stop.
func TestComposeFileFits(t *testing.T) {
	t.Parallel()
	var file struct {
		Services map[string]struct {
			Image       string
			Build       struct{ Context, Dockerfile string }
			Command     []string
			Environment map[string]string
			Volumes     []string
			StopGrace   string `yaml:"stop_grace_period"`
		}
	}
	require.NoError(t, yaml.Unmarshal([]byte(deployFile(t, "compose.yaml")), &file))
	require.Len(t, file.Services, 3)
	for name, s := range file.Services {
		for _, volume := range s.Volumes {
			source, _, _ := strings.Cut(volume, ":")
			assert.FileExists(t, filepath.Join("deploy", source, existing(source)), name)
		}
	}
	gateway, s3 := file.Services["gateway"], file.Services["s3"]
	assert.FileExists(t, filepath.Join("deploy", gateway.Build.Context, gateway.Build.Dockerfile))
	assert.Equal(t, s3.Environment["ROOT_ACCESS_KEY"], gateway.Environment["AWS_ACCESS_KEY_ID"])
	assert.Equal(t, s3.Environment["ROOT_SECRET_KEY"], gateway.Environment["AWS_SECRET_ACCESS_KEY"])
	assert.Equal(t, "90s", gateway.StopGrace)

	o, err := parseOptions([]string{"-config", filepath.Join("deploy", "compose-gateway.yaml")})
	require.NoError(t, err)
	assert.InDelta(t, 60, o.drain.Seconds(), 0)
	_, err = o.offload.optimizer(o.bucketConfigs(), nil)
	require.NoError(t, err)
	conf := deployFile(t, "nginx.conf")
	assert.Contains(t, conf, "server gateway"+o.addr+";")
	assert.Contains(t, conf, `"~^http://s3:7070/docs/"`)
	assert.Contains(t, o.buckets[0], "s3://docs?")
	assert.Contains(t, o.buckets[0], "endpoint=http://s3:7070&")
	for _, place := range o.offload.places {
		_, location, _ := strings.Cut(place, "=")
		assert.Contains(t, conf, "location = "+location+" {")
	}
}

// existing returns a file in a directory of the compose file, or "" for a file.
func existing(source string) string {
	if strings.HasSuffix(source, "/files") {
		return "readme.txt"
	}
	return ""
}

// The image is built from the module's Go version and from a package that exists.
func TestDockerfileFits(t *testing.T) {
	t.Parallel()
	dockerfile := deployFile(t, "Dockerfile")
	mod, err := os.ReadFile("../../go.mod")
	require.NoError(t, err)
	_, rest, _ := strings.Cut(string(mod), "\ngo ")
	version, _, _ := strings.Cut(rest, "\n")
	assert.Contains(t, dockerfile, "FROM golang:"+version[:strings.LastIndex(version, ".")]+" AS build")
	assert.Contains(t, dockerfile, " ./examples/gateway\n")
	assert.Equal(t, 2, strings.Count(dockerfile, "\nFROM "), "two stages")
}
