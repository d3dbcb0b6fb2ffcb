package main

import (
	"encoding/json"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestSignedLinkNeedsNoLogin(t *testing.T) {
	t.Parallel()
	g := basicGateway(t)
	as := basicAuth("alice", "alice")
	text := request(t, g.handler, "/sign/docs/shared/out/x.txt", as...)
	require.Equal(t, http.StatusOK, text.Code)
	assert.Equal(t, "no-store", text.Header().Get("Cache-Control"))
	assert.Equal(t, "O", request(t, g.handler, strings.TrimSpace(text.Body.String())).Body.String())

	var link signedLink
	got := request(t, g.handler, "/sign/docs/shared/out/x.txt?lifetime=1h", append(as, "Accept", "application/json")...)
	assert.Equal(t, "application/json", got.Header().Get("Content-Type"))
	require.NoError(t, json.Unmarshal(got.Body.Bytes(), &link))
	assert.True(t, link.Expires.After(time.Now().Add(50*time.Minute)) && link.Expires.Before(time.Now().Add(61*time.Minute)))
	assert.Equal(t, "O", request(t, g.handler, link.URL).Body.String())

	assert.Equal(t, http.StatusForbidden, request(t, g.handler, link.URL+"x").Code)
	assert.Equal(t, http.StatusForbidden, request(t, g.handler, linkPath+"none").Code)
}

func TestLifetimesAreRefused(t *testing.T) {
	t.Parallel()
	g := basicGateway(t)
	for _, lifetime := range []string{"x", "0s", "-1h", "1000h"} {
		got := request(t, g.handler, "/sign/docs/shared/out/x.txt?lifetime="+lifetime, basicAuth("alice", "alice")...)
		assert.Equal(t, http.StatusBadRequest, got.Code, lifetime)
	}
}

func TestWithoutKeysThereAreNoLinks(t *testing.T) {
	t.Parallel()
	g := openGateway(t, "-bucket", bucketOf(t, map[string]string{"readme.txt": ""}))
	assert.Equal(t, http.StatusNotFound, request(t, g.handler, "/sign/default/readme.txt").Code)
	assert.Equal(t, http.StatusNotFound, request(t, g.handler, linkPath+"x").Code)
}

// A link of "gateway sign" works at a gateway with the same settings.
func TestSignCommand(t *testing.T) {
	t.Parallel()
	keys := keyFile(t)
	flags := []string{"-bucket", "docs=" + bucketOf(t, map[string]string{"public/a b.txt": "A"}), "-prefix", "docs=public/", "-link-key-file", keys}
	var stdout, stderr strings.Builder
	args := append([]string{"sign", "-link-url", "https://files.example.com", "-path", "docs/a b.txt", "-lifetime", "1h"}, flags...)
	require.Equal(t, exitOK, run(t.Context(), args, &stdout, &stderr), stderr.String())
	path, ok := strings.CutPrefix(strings.TrimSpace(stdout.String()), "https://files.example.com")
	require.True(t, ok, stdout.String())
	assert.Equal(t, "A", request(t, openGateway(t, flags...).handler, path).Body.String())
}

func TestSignCommandRefuses(t *testing.T) {
	t.Parallel()
	bad := filepath.Join(t.TempDir(), "bad")
	require.NoError(t, os.WriteFile(bad, []byte("k1:S3CR3T\n"), 0o600))
	empty := filepath.Join(t.TempDir(), "empty")
	require.NoError(t, os.WriteFile(empty, nil, 0o600))
	for _, tt := range []struct {
		args []string
		want string
	}{
		{[]string{"-path", "default/x"}, "link-key-file: not set"},
		{[]string{"-link-key-file", keyFile(t)}, `-path "": want NAME/KEY`},
		{[]string{"-link-key-file", keyFile(t), "-path", "docs/x"}, "want NAME/KEY with the NAME of a bucket: default"},
		{[]string{"-link-key-file", keyFile(t), "-path", "default/../x"}, `-path "default/../x"`},
		{[]string{"-link-key-file", bad, "-path", "default/x"}, "bad:1: want ID:BASE64 with at least 32 bytes"},
		{[]string{"-link-key-file", empty, "-path", "default/x"}, "no keys"},
		{[]string{"-link-key-file", "none", "-path", "default/x"}, "no such file"},
		{[]string{"-link-key-file", keyFile(t), "-path", "default/x", "-lifetime", "soon"}, "want a duration"},
	} {
		var stderr strings.Builder
		assert.Equal(t, exitUsage, run(t.Context(), append([]string{"sign"}, tt.args...), io.Discard, &stderr))
		assert.Contains(t, stderr.String(), tt.want)
		assert.NotContains(t, stderr.String(), "S3CR3T")
		assert.Equal(t, 1, strings.Count(stderr.String(), "\n"))
	}
}

func TestVersion(t *testing.T) {
	t.Parallel()
	var stdout strings.Builder
	assert.Equal(t, exitOK, run(t.Context(), []string{"version"}, &stdout, io.Discard))
	assert.Regexp(t, `^gateway \S* ?go1\.\d+.*\n$`, stdout.String())
}
