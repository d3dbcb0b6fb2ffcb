package main

import (
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// configFile writes a configuration file.
func configFile(t *testing.T, content string) string {
	t.Helper()
	file := filepath.Join(t.TempDir(), "gateway.yaml")
	require.NoError(t, os.WriteFile(file, []byte(content), 0o600))
	return file
}

// inForce returns what "gateway config" prints.
func inForce(t *testing.T, args ...string) string {
	t.Helper()
	var stdout, stderr strings.Builder
	require.Equal(t, exitOK, run(t.Context(), append([]string{"config"}, args...), &stdout, &stderr), stderr.String())
	return stdout.String()
}

// Each setting is set by a flag, a variable and the file, with one result. The settings are those of one configuration, so
// each is tested with those that it requires.
func TestFlagsEnvironmentAndFileAreOneConfiguration(t *testing.T) { // sets the environment
	const buckets = "bucket: {docs: 'mem://', pics: 'mem://'}\n"
	tested := map[string]bool{"config": true}
	for _, tt := range []struct {
		name, value string
		file        string // the setting in YAML, if it differs
		with        string // further lines of the file
	}{
		{name: "bucket", value: "docs=mem://;pics=mem://", file: "{docs: 'mem://', pics: 'mem://'}"},
		{name: "title", value: "docs=My documents;pics=Pictures", file: "{docs: My documents, pics: Pictures}", with: buckets},
		{name: "prefix", value: "docs=public/", file: "{docs: public/}", with: buckets},
		{name: "show-hidden", value: "docs;pics", file: "[docs, pics]", with: buckets},
		{name: "addr", value: "127.0.0.1:1"},
		{name: "metrics-addr", value: "127.0.0.1:2"},
		{name: "drain", value: "45s"},
		{name: "tls-cert", value: "cert.pem", with: "tls-key: key.pem\n"},
		{name: "tls-key", value: "key.pem", with: "tls-cert: cert.pem\n"},
		{name: "log-format", value: "json"},
		{name: "access-log", value: "true"},
		{name: "max-downloads", value: "500"},
		{name: "max-downloads-per-client", value: "16"},
		{name: "min-rate", value: "1024"},
		{name: "write-timeout", value: "1m0s"},
		{name: "http2-streams", value: "50"},
		{name: "header-timeout", value: "5s"},
		{name: "idle-timeout", value: "1m30s"},
		{name: "access", value: "basic", with: "htpasswd: f\nallow: {alice: default}\n"},
		{name: "htpasswd", value: "f", with: "access: basic\nallow: {alice: default}\n"},
		{name: "realm", value: "My files"},
		{name: "user-header", value: "X-User", with: "access: proxy\ntrusted-proxy: 127.0.0.1\nallow: {alice: default}\n"},
		{name: "trusted-proxy", value: "10.0.0.0/8;127.0.0.1", file: "[10.0.0.0/8, 127.0.0.1]"},
		{name: "allow", value: "alice=docs/a/;alice=pics;*=docs/b/", file: "{alice: [docs/a/, pics], '*': docs/b/}",
			with: buckets + "access: basic\nhtpasswd: f\n"},
		{name: "allow-sign", value: "alice=default", file: "{alice: default}",
			with: "access: basic\nhtpasswd: f\nlink-key-file: k\nallow: {alice: default}\n"},
		{name: "link-key-file", value: "k"},
		{name: "link-url", value: "https://files.example.com", with: "link-key-file: k\n"},
		{name: "link-lifetime", value: "2h0m0s"},
		{name: "optimize", value: "docs/a/=xaccel;pics=presign;stream", file: "[docs/a/=xaccel, pics=presign, stream]", with: buckets},
		{name: "mount", value: "docs/a/=/_files/", file: "{docs/a/: /_files/}", with: buckets + "optimize: xaccel\n"},
		{name: "own-validators", value: "true", with: "optimize: presign\n"},
		{name: "paths", value: "raw", with: "optimize: xsendfile\n"},
		{name: "proof", value: "X-Edge-Proof=S3CR3T", with: "optimize: presign\n"},
		{name: "allow-http", value: "true", with: "optimize: presign\n"},
		{name: "request-ids", value: "true"},
		{name: "cloudfront-key-id", value: "K1", with: "optimize: cdn\ncloudfront-key-file: k\n"},
		{name: "cloudfront-key-file", value: "k", with: "optimize: cdn\ncloudfront-key-id: K1\n"},
		{name: "cloud-cdn-key-name", value: "K1", with: "optimize: cdn\ncloud-cdn-key-file: k\n"},
		{name: "cloud-cdn-key-file", value: "k", with: "optimize: cdn\ncloud-cdn-key-name: K1\n"},
	} {
		tested[tt.name] = true
		t.Run(tt.name, func(t *testing.T) {
			rest, inYAML := configFile(t, tt.with), tt.file
			if inYAML == "" {
				inYAML = tt.value
			}
			byDefault := flags(new(options)).Lookup(tt.name).Value.String()
			byFlag := inForce(t, "-config", rest, "-"+tt.name+"="+tt.value)
			byFile := inForce(t, "-config", configFile(t, tt.with+tt.name+": "+inYAML+"\n"))
			t.Setenv("GATEWAY_"+strings.ToUpper(strings.ReplaceAll(tt.name, "-", "_")), tt.value)
			byEnv := inForce(t, "-config", rest)
			assert.Equal(t, byFlag, byFile)
			assert.Equal(t, byFlag, byEnv)
			assert.NotEqual(t, byDefault, tt.value, "the default would pass the test, too")
			assert.NotContains(t, byFlag, "S3CR3T")

			o, err := parseOptions([]string{"-config", rest})
			require.NoError(t, err)
			assert.Equal(t, tt.value, o.flags.Lookup(tt.name).Value.String())
		})
	}
	for _, name := range names(flags(new(options))) {
		assert.True(t, tested[name], "%s is not tested", name)
	}
}

func TestFlagsWinOverTheEnvironmentAndThatOverTheFile(t *testing.T) { // sets the environment
	file := configFile(t, "drain: 1s\naddr: 127.0.0.1:1\nlog-format: json\nbucket: [a=mem://, b=mem://]\n")
	t.Setenv("GATEWAY_ADDR", "127.0.0.1:2")
	t.Setenv("GATEWAY_DRAIN", "2s")
	o, err := parseOptions([]string{"-config", file, "-drain", "3s", "-bucket", "c=mem://"})
	require.NoError(t, err)
	assert.Equal(t, "3s", o.drain.String())
	assert.Equal(t, "127.0.0.1:2", o.addr)
	assert.Equal(t, "json", o.log.format)
	assert.Equal(t, []string{"c=mem://"}, o.buckets)
}

// The printed configuration is a configuration file.
func TestPrintedConfigurationIsAFile(t *testing.T) {
	t.Parallel()
	args := []string{"-bucket", "docs=mem://", "-title", "docs=a: b # c", "-optimize", "docs=presign", "-drain", "1h", "-access-log", "-realm", "null"}
	printed := inForce(t, args...)
	assert.Equal(t, printed, inForce(t, "-config", configFile(t, printed)))
}

func TestConfigMasksSecrets(t *testing.T) {
	t.Parallel()
	printed := inForce(t, "-bucket", "docs=s3://user:S3CR3T@docs?secret=S3CR3T", "-optimize", "presign", "-proof", "X-Edge-Proof=S3CR3T")
	assert.NotContains(t, printed, "S3CR3T")
	assert.Contains(t, printed, "X-Edge-Proof=…")
}

func TestUnknownVariableIsRefused(t *testing.T) { // sets the environment
	t.Setenv("GATEWAY_PORT_8080_TCP_ADDR", "10.0.0.1") // as Kubernetes does
	t.Setenv("GATEWAY_SERVICE_HOST", "10.0.0.1")
	_, err := parseOptions(nil)
	require.NoError(t, err)
	t.Setenv("GATEWAY_DRIAN", "1s")
	var stderr strings.Builder
	assert.Equal(t, exitUsage, run(t.Context(), nil, io.Discard, &stderr))
	assert.Regexp(t, `^gateway: GATEWAY_DRIAN: unknown name; want GATEWAY_ and one of .*DRAIN.*\n$`, stderr.String())
	t.Setenv("GATEWAY_DRIAN", "")
	require.NoError(t, os.Unsetenv("GATEWAY_DRIAN"))
	t.Setenv("GATEWAY_DRAIN", "soon")
	_, err = parseOptions(nil)
	assert.EqualError(t, err, `error setting flag "drain" from environment variable "GATEWAY_DRAIN": want a duration such as 30s, at least 0s`)
}
