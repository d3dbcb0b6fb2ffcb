package main

import (
	"io"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
)

// refused returns the line that a command prints for a configuration that it refuses.
func refused(t *testing.T, args ...string) string {
	t.Helper()
	var stderr strings.Builder
	assert.Equal(t, exitUsage, run(t.Context(), append([]string{"config"}, args...), io.Discard, &stderr))
	line, rest, _ := strings.Cut(stderr.String(), "\n")
	assert.Empty(t, rest, "more than one line")
	return line
}

// Every wrong value is refused with its name and what is wanted.
func TestWrongValuesAreRefused(t *testing.T) {
	t.Parallel()
	tested := map[string]bool{
		// Files and names of keys: any text. They are read when the gateway starts.
		"htpasswd": true, "link-key-file": true, "tls-cert": true, "tls-key": true,
		"cloudfront-key-file": true, "cloud-cdn-key-file": true, "cloudfront-key-id": true, "cloud-cdn-key-name": true,
		// With the settings that they require: in TestContradictionsAreRefused.
		"user-header": true, "link-url": true, "proof": true,
	}
	for _, tt := range []struct{ flag, value, want string }{
		{"bucket", "nonsense", "not a bucket URL such as s3://bucket"},
		{"bucket", "s3://a b?secret=x", "not a bucket URL such as s3://bucket"},
		{"bucket", "docs=ftp://x", `"docs": unknown scheme "ftp"; want one of azblob, file, gs, mem, s3`},
		{"bucket", "mem://;mem://", `"default": duplicate name`},
		{"addr", "8080", "want host:port"},
		{"title", "docs", "want NAME=TITLE"},
		{"title", "=x", "want NAME=TITLE"},
		{"title", "docs=X", `no bucket "docs"; want one of default`},
		{"prefix", "default=/", "want a prefix such as docs=public/"},
		{"prefix", "default=public", "want a prefix such as docs=public/"},
		{"prefix", "default=../", "want a prefix such as docs=public/"},
		{"prefix", "other=public/", `no bucket "other"`},
		{"show-hidden", "docs", `no bucket "docs"`},
		{"metrics-addr", "9090", "want host:port"},
		{"drain", "-1s", "at least 0s"},
		{"drain", "30", "want a duration such as 30s"},
		{"log-format", "xml", "want text, json"},
		{"access-log", "yes", "want true or false"},
		{"max-downloads", "-1", "want a number from 0"},
		{"max-downloads-per-client", "many", "want a number from 0"},
		{"min-rate", "1k", "want a number from 0"},
		{"write-timeout", "0s", "at least 1s"},
		{"http2-streams", "1.5", "want a number from 0 to 65536"},
		{"header-timeout", "0s", "at least 1s"},
		{"idle-timeout", "x", "at least 1s"},
		{"access", "none", "want open, basic, proxy"},
		{"realm", `a"b`, "without quotes"},
		{"trusted-proxy", "localhost", "want an address or a network"},
		{"trusted-proxy", "10.0.0.0/40", "want an address or a network"},
		{"allow", "alice", "want USER=BUCKET"},
		{"allow-sign", "=docs", "want USER=BUCKET"},
		{"link-lifetime", "0s", "at least 1s"},
		{"link-lifetime", "1000h", "want at most 168h"},
		{"optimize", "x-accel", "want stream, xaccel, xsendfile, presign, xaccel-presigned, cdn"},
		{"optimize", "=xaccel", "want stream"},
		{"optimize", "docs=xaccel", `no bucket "docs"`},
		{"optimize", "default/a=xaccel", "want a prefix such as public/"},
		{"mount", "default", "want BUCKET[/PREFIX/]=LOCATION"},
		{"own-validators", "1", "want true or false"},
		{"paths", "url", "want plain, raw, escaped"},
		{"request-ids", "1", "want true or false"},
		{"allow-http", "on", "want true or false"},
		{"config", "no-such-file.yaml", "no such file"},
	} {
		line := refused(t, "-"+tt.flag+"="+tt.value)
		assert.True(t, strings.HasPrefix(line, "gateway: "), line)
		assert.Contains(t, line, tt.flag, tt.value)
		assert.Contains(t, line, tt.want, tt.flag)
		assert.NotContains(t, line, "secret", "a URL may have one")
		tested[tt.flag] = true
	}
	for _, name := range names(flags(new(options))) {
		assert.True(t, tested[name], "%s is not tested", name)
	}
}

func TestContradictionsAreRefused(t *testing.T) {
	t.Parallel()
	users := []string{"-access", "basic", "-htpasswd", "f", "-allow", "alice=default"}
	for _, tt := range []struct {
		args []string
		want string
	}{
		{[]string{"-tls-cert", "c"}, "tls-cert, tls-key: want both or neither"},
		{[]string{"-tls-key", "k"}, "tls-cert, tls-key: want both or neither"},
		{[]string{"-htpasswd", "f"}, "htpasswd: has no effect with access open"},
		{[]string{"-user-header", "X-User"}, "user-header: has no effect with access open"},
		{[]string{"-allow", "alice=default"}, "allow: has no effect with access open"},
		{[]string{"-allow-sign", "alice=default"}, "allow-sign: has no effect with access open"},
		{[]string{"-access", "basic"}, "htpasswd: not set"},
		{[]string{"-access", "basic", "-htpasswd", "f"}, "allow: not set"},
		{append(users, "-user-header", "X"), "user-header: has no effect with access basic"},
		{append(users, "-allow", "bob=docs"), `allow: "bob=docs": no bucket "docs"; want one of default`},
		{append(users, "-allow", "bob=default/a"), `allow: "bob=default/a": want a prefix`},
		{append(users, "-link-key-file", "k"), "link-key-file: no user may sign links; set allow-sign"},
		{append(users, "-allow-sign", "alice=default"), "allow-sign: has no effect without link-key-file"},
		{[]string{"-access", "proxy"}, "user-header: not set"},
		{[]string{"-access", "proxy", "-user-header", "X-User"}, "trusted-proxy: not set"},
		{[]string{"-access", "proxy", "-user-header", "X User", "-trusted-proxy", "::1", "-allow", "a=default"}, `user-header: "X User"`},
		{[]string{"-link-url", "https://x"}, "link-url: has no effect without link-key-file"},
		{[]string{"-link-key-file", "k", "-link-url", "files.example.com"}, "link-url: \"files.example.com\": want a URL"},
		{[]string{"-mount", "default=/_files/"}, "mount: has no effect without optimize xaccel"},
		{[]string{"-optimize", "presign", "-mount", "default=/_files/"}, "mount: has no effect"},
		{[]string{"-optimize", "xaccel", "-mount", "default=https://cdn"}, "a URL has no effect without optimize cdn"},
		{[]string{"-own-validators"}, "own-validators: has no effect"},
		{[]string{"-paths", "raw", "-optimize", "xaccel"}, "paths: has no effect without optimize xsendfile"},
		{[]string{"-proof", "X=y"}, "proof: has no effect"},
		{[]string{"-proof", "X", "-optimize", "presign"}, "proof: want FIELD=VALUE"},
		{[]string{"-allow-http", "-optimize", "stream"}, "allow-http: has no effect"},
		{[]string{"-optimize", "cdn"}, "optimize cdn: no key"},
		{[]string{"-cloudfront-key-id", "K"}, "cloudfront-key-id: has no effect"},
		{[]string{"-cloud-cdn-key-file", "K"}, "cloud-cdn-key-name: has no effect"},
		{[]string{"-optimize", "cdn", "-cloudfront-key-id", "K"}, "want both or neither"},
		{[]string{"-optimize", "cdn", "-cloud-cdn-key-name", "K"}, "want both or neither"},
		{[]string{"-optimize", "cdn", "-cloudfront-key-id", "K", "-cloud-cdn-key-name", "K"}, "want one of both"},
		{[]string{"-title", "default=a", "-title", "default=b"}, `title: bucket "default" is set twice`},
		{[]string{"-drian", "1s"}, "not defined: -drian; want one of -access"},
		{[]string{"docs"}, `unexpected argument "docs"`},
	} {
		assert.Contains(t, refused(t, tt.args...), tt.want, "%v", tt.args)
	}
}
