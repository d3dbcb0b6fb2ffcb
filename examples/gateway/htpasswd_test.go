package main

import (
	"context"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/go-downloadview/downloadview/internal/installed"
)

func TestOnlyBcryptIsAccepted(t *testing.T) {
	t.Parallel()
	const good = "alice:$2y$05$wnkmkCLzSqxgGtwYdgUzPOV6thtGK7d8.2VYVjL9pUwTJIUa5wYmS\n"
	users, err := parseHtpasswd(strings.NewReader("# users\n\n"+good), "f")
	require.NoError(t, err)
	assert.Len(t, users, 1)
	for _, tt := range []struct{ line, want string }{
		{"bob:$apr1$MAGICSEC$RETvalueOFthisHASH1234", "an MD5 hash; only bcrypt is accepted: run htpasswd -B f bob"},
		{"bob:$1$MAGICSEC$RETvalueOFthisHASH1234", "an MD5 hash"},
		{"bob:{SHA}MAGICSECRETb6JRUh/CvmJx2A8E9g=", "a SHA-1 hash"},
		{"bob:$5$MAGICSECRET$x", "a SHA-256 hash"},
		{"bob:$6$MAGICSECRET$x", "a SHA-512 hash"},
		{"bob:MAGICSECRET12", "a crypt hash"},
		{"bob:MAGICSECRET", "an unknown hash or a password in plain text"},
		{"bob:$2y$05$MAGICSECRET", "an incomplete bcrypt hash"},
		{"bob:$2y$31$wnkmkCLzSqxgGtwYdgUzPOV6thtGK7d8.2VYVjL9pUwTJIUa5wYmS", "cost 31; want at most 14"},
		{"bob", "want USER:HASH"},
		{":x", "want USER:HASH"},
		{"*:x", "want USER:HASH"},
		{strings.TrimSpace(good), `user "alice" is set twice`},
	} {
		_, err := parseHtpasswd(strings.NewReader(good+tt.line+"\n"), "f")
		require.ErrorContains(t, err, "f:2: ", tt.line)
		assert.ErrorContains(t, err, tt.want)
		assert.NotContains(t, err.Error(), "MAGICSEC")
	}
	_, err = parseHtpasswd(strings.NewReader("# nobody\n"), "f")
	assert.ErrorContains(t, err, "f: no users")
}

// The command of Apache writes what the gateway reads.
func TestHtpasswdOfApache(t *testing.T) {
	t.Parallel()
	tool := installed.Program(t, "htpasswd", "apache2-utils")
	file := filepath.Join(t.TempDir(), "htpasswd")
	out, err := exec.CommandContext(t.Context(), tool, "-cbB", file, "alice", "alice").CombinedOutput()
	require.NoError(t, err, "%s", out)
	_, err = readHtpasswd(file)
	require.NoError(t, err)
	out, err = exec.CommandContext(t.Context(), tool, "-bm", file, "bob", "bob").CombinedOutput()
	require.NoError(t, err, "%s", out)
	_, err = readHtpasswd(file)
	assert.ErrorContains(t, err, "an MD5 hash")
}

// The gateway does not start with users that it cannot authenticate.
func TestStartWithoutUsersIsRefused(t *testing.T) {
	t.Parallel()
	old := filepath.Join(t.TempDir(), "htpasswd")
	require.NoError(t, os.WriteFile(old, []byte("alice:{SHA}abc\n"), 0o600))
	for _, tt := range []struct{ file, user, want string }{
		{old, "alice", "a SHA-1 hash; only bcrypt is accepted"},
		{filepath.Join(t.TempDir(), "none"), "alice", "no such file"},
		{htpasswdOf(t, "bob"), "alice", `allow: no user "alice"`},
	} {
		var stderr strings.Builder
		args := []string{"-addr", "127.0.0.1:0", "-access", "basic", "-htpasswd", tt.file, "-allow", tt.user + "=default"}
		assert.Equal(t, exitUsage, run(context.WithoutCancel(t.Context()), args, io.Discard, &stderr))
		assert.Contains(t, stderr.String(), tt.want)
	}
}

// I11 for the files of the gateway: another file with the same modification time is read too.
func TestReplacedUsersOfTheSameTime(t *testing.T) {
	t.Parallel()
	file, other := htpasswdOf(t, "alice"), htpasswdOf(t, "bob")
	at := time.Unix(1, 0)
	require.NoError(t, os.Chtimes(file, at, at))
	require.NoError(t, os.Chtimes(other, at, at))
	b, err := newBasic(file, openGateway(t).logger)
	require.NoError(t, err)
	r := httptest.NewRequestWithContext(t.Context(), http.MethodGet, "/", http.NoBody)
	r.SetBasicAuth("bob", "bob")
	assert.Empty(t, b.user(r))
	require.NoError(t, os.Rename(other, file))
	b.looked = time.Time{}
	assert.Equal(t, "bob", b.user(r))
}
