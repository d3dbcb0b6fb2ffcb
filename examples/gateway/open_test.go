package main

import (
	"encoding/base64"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"golang.org/x/crypto/bcrypt"
)

// bucketOf returns the URL of a directory with these files.
func bucketOf(t *testing.T, files map[string]string) string {
	t.Helper()
	dir := t.TempDir()
	for name, content := range files {
		file := filepath.Join(dir, filepath.FromSlash(name))
		require.NoError(t, os.MkdirAll(filepath.Dir(file), 0o755))
		require.NoError(t, os.WriteFile(file, []byte(content), 0o600))
	}
	return "file://" + filepath.ToSlash(dir) + "?metadata=skip"
}

// openGateway opens the gateway of these flags.
func openGateway(t *testing.T, args ...string) *gateway {
	t.Helper()
	return openLogged(t, io.Discard, args...)
}

func openLogged(t *testing.T, log io.Writer, args ...string) *gateway {
	t.Helper()
	o, err := parseOptions(args)
	require.NoError(t, err)
	g, err := o.open(t.Context(), slog.New(slog.NewJSONHandler(log, nil)))
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, g.close(t.Context())) })
	return g
}

// request sends a request to a handler, with pairs of header fields.
func request(t *testing.T, h http.Handler, target string, fields ...string) *httptest.ResponseRecorder {
	t.Helper()
	r := httptest.NewRequestWithContext(t.Context(), http.MethodGet, target, nil)
	for i := 0; i < len(fields); i += 2 {
		r.Header.Add(fields[i], fields[i+1])
	}
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	return w
}

func basicAuth(user, password string) []string {
	return []string{"Authorization", "Basic " + base64.StdEncoding.EncodeToString([]byte(user+":"+password))}
}

// htpasswdOf writes a file of users, whose password is their name.
func htpasswdOf(t *testing.T, users ...string) string {
	t.Helper()
	var content strings.Builder
	for _, user := range users {
		hash, err := bcrypt.GenerateFromPassword([]byte(user), bcrypt.MinCost)
		require.NoError(t, err)
		content.WriteString(user + ":" + string(hash) + "\n")
	}
	file := filepath.Join(t.TempDir(), "htpasswd")
	require.NoError(t, os.WriteFile(file, []byte(content.String()), 0o600))
	return file
}

// keyFile writes a file with one key of signed links.
func keyFile(t *testing.T) string {
	t.Helper()
	file := filepath.Join(t.TempDir(), "keys")
	require.NoError(t, os.WriteFile(file, []byte("# keys\nk1:"+base64.StdEncoding.EncodeToString(make([]byte, 32))+"\n"), 0o600))
	return file
}

// A prefix is where the paths of a bucket begin.
func TestPrefixIsTheRootOfTheBucket(t *testing.T) {
	t.Parallel()
	g := openGateway(t, "-bucket", "docs="+bucketOf(t, map[string]string{"public/a.txt": "A", "secret.txt": "S"}), "-prefix", "docs=public/")
	assert.Equal(t, "A", request(t, g.handler, "/f/docs/a.txt").Body.String())
	for _, path := range []string{"/f/docs/public/a.txt", "/f/docs/secret.txt", "/f/docs/../secret.txt", "/f/docs/%2e%2e/secret.txt", "/f/docs/", "/f/docs"} {
		assert.Equal(t, http.StatusNotFound, request(t, g.handler, path).Code, path)
	}
}

// G3: dotfiles are not served, unless the bucket shows them. A symlink that escapes the directory is a 404.
func TestG3HiddenFilesAreNotServed(t *testing.T) {
	t.Parallel()
	bucket := bucketOf(t, map[string]string{".env": "S", ".git/config": "S", "a/.b/c": "S", "a/b.txt": "A"})
	dir, _, _ := strings.Cut(strings.TrimPrefix(bucket, "file://"), "?")
	outside := filepath.Join(t.TempDir(), "outside")
	require.NoError(t, os.WriteFile(outside, []byte("S"), 0o600))
	require.NoError(t, os.Symlink(outside, filepath.Join(dir, "link")))
	hidden := openGateway(t, "-bucket", bucket)
	shown := openGateway(t, "-bucket", bucket, "-show-hidden", "default")
	for _, key := range []string{".env", ".git/config", "a/.b/c"} {
		assert.Equal(t, http.StatusNotFound, request(t, hidden.handler, "/f/default/"+key).Code, key)
		assert.Equal(t, "S", request(t, shown.handler, "/f/default/"+key).Body.String(), key)
	}
	for _, g := range []*gateway{hidden, shown} {
		assert.Equal(t, "A", request(t, g.handler, "/f/default/a/b.txt").Body.String())
		assert.Equal(t, http.StatusNotFound, request(t, g.handler, "/f/default/link").Code)
	}
}
