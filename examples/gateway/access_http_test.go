package main

import (
	"bytes"
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// withUsers returns the flags of a gateway with the rights of alice and bob.
func withUsers(t *testing.T, more ...string) []string {
	t.Helper()
	return append([]string{
		"-bucket", "docs=" + bucketOf(t, map[string]string{
			"team/a/x.txt": "A", "team/b/x.txt": "B", "public/x.txt": "P", "shared/out/x.txt": "O", ".secret": "S",
		}),
		"-bucket", "pics=" + bucketOf(t, map[string]string{"x.png": "X"}),
		"-allow", "alice=docs/team/a/;alice=docs/shared/;bob=pics;*=docs/public/", "-allow-sign", "alice=docs/shared/out/",
		"-link-key-file", keyFile(t),
	}, more...)
}

func basicGateway(t *testing.T) *gateway {
	t.Helper()
	return openGateway(t, withUsers(t, "-access", "basic", "-htpasswd", htpasswdOf(t, "alice", "bob", "carol"))...)
}

func TestUsersReadAndSignWhatTheyMay(t *testing.T) {
	t.Parallel()
	g := basicGateway(t)
	for _, tt := range []struct {
		user, path string
		read, sign int
	}{
		{"alice", "docs/team/a/x.txt", 200, 404},
		{"alice", "docs/team/b/x.txt", 404, 404},
		{"alice", "docs/shared/out/x.txt", 200, 200},
		{"alice", "docs/public/x.txt", 200, 404},
		{"alice", "docs/.secret", 404, 404},
		{"alice", "pics/x.png", 404, 404},
		{"bob", "docs/team/a/x.txt", 404, 404},
		{"bob", "docs/shared/out/x.txt", 404, 404},
		{"bob", "pics/x.png", 200, 404},
		{"carol", "docs/public/x.txt", 200, 404},
		{"carol", "pics/x.png", 404, 404},
		{"carol", "none/x.png", 404, 404},
	} {
		as := basicAuth(tt.user, tt.user)
		assert.Equal(t, tt.read, request(t, g.handler, "/f/"+tt.path, as...).Code, "%s reads %s", tt.user, tt.path)
		assert.Equal(t, tt.sign, request(t, g.handler, "/sign/"+tt.path, as...).Code, "%s signs %s", tt.user, tt.path)
	}
}

// A file that exists, one that does not, a hidden one and an unknown bucket have one response for a user without the right.
func TestForbiddenAndUnknownAreOneResponse(t *testing.T) {
	t.Parallel()
	g := basicGateway(t)
	as := basicAuth("carol", "carol")
	for _, route := range []string{"/f/", "/sign/"} {
		want := request(t, g.handler, route+"docs/no/such", as...)
		assert.Equal(t, http.StatusNotFound, want.Code)
		for _, path := range []string{"docs/team/a/x.txt", "docs/team/", "docs/.secret", "pics/x.png", "none/x", "docs/../x", "docs"} {
			got := request(t, g.handler, route+path, as...)
			assert.Equal(t, want.Code, got.Code, path)
			assert.Equal(t, want.Header(), got.Header(), path)
			assert.Equal(t, want.Body.String(), got.Body.String(), path)
		}
	}
}

func TestLoginIsRequired(t *testing.T) {
	t.Parallel()
	g := basicGateway(t)
	for name, fields := range map[string][]string{
		"none":           nil,
		"wrong password": basicAuth("alice", "bob"),
		"unknown user":   basicAuth("dave", "dave"),
		"every user":     basicAuth("*", "*"),
		"no password":    basicAuth("alice", ""),
		"long password":  basicAuth("alice", strings.Repeat("a", 73)),
		"the dummy":      basicAuth("dave", "no user has this password"),
		"another scheme": {"Authorization", "Bearer alice"},
	} {
		for _, path := range []string{"/", "/f/docs/public/x.txt", "/sign/docs/shared/out/x.txt", "/b/docs/", "/zip/docs", "/none", "/metrics"} {
			got := request(t, g.handler, path, fields...)
			assert.Equal(t, http.StatusUnauthorized, got.Code, "%s %s", name, path)
			assert.Equal(t, `Basic realm="files", charset="UTF-8"`, got.Header().Get("WWW-Authenticate"), name)
			assert.Equal(t, "no-store", got.Header().Get("Cache-Control"), name)
		}
	}
	assert.Equal(t, http.StatusOK, request(t, g.handler, "/healthz").Code)
	assert.Equal(t, http.StatusOK, request(t, g.handler, "/readyz").Code)
}

// A password that has been changed or removed does not stay valid.
func TestHtpasswdIsReadAgain(t *testing.T) {
	t.Parallel()
	file := htpasswdOf(t, "alice")
	var log bytes.Buffer
	g := openLogged(t, &log, withUsers(t, "-access", "basic", "-htpasswd", htpasswdOf(t, "alice", "bob"))...)
	b, err := newBasic(file, g.logger)
	require.NoError(t, err)
	asAlice := httptest.NewRequestWithContext(t.Context(), http.MethodGet, "/", http.NoBody)
	asAlice.SetBasicAuth("alice", "alice")
	assert.Equal(t, "alice", b.user(asAlice))
	assert.Equal(t, "alice", b.user(asAlice), "from the digest")

	later := time.Now().Add(time.Hour)
	rewrite := func(content string) {
		require.NoError(t, os.WriteFile(file, []byte(content), 0o600))
		later = later.Add(time.Hour)
		require.NoError(t, os.Chtimes(file, later, later))
		b.looked = time.Time{}
	}
	rewrite("alice:$apr1$x$y\n")
	assert.Equal(t, "alice", b.user(asAlice), "an invalid file changes nothing")
	assert.Contains(t, log.String(), "an MD5 hash")
	assert.NotContains(t, log.String(), "$apr1$")
	bob, err := os.ReadFile(htpasswdOf(t, "bob"))
	require.NoError(t, err)
	rewrite(string(bob))
	assert.Empty(t, b.user(asAlice))
}

func TestUserOfAProxy(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name   string
		from   string
		fields []string
		want   int
	}{
		{"trusted", "10.1.2.3:5", []string{"X-User", "alice"}, 200},
		{"trusted, IPv4 in IPv6", "[::ffff:10.1.2.3]:5", []string{"X-User", "alice"}, 200},
		{"another user", "10.1.2.3:5", []string{"X-User", "carol"}, 404},
		{"every user", "10.1.2.3:5", []string{"X-User", "*"}, 403},
		{"no user", "10.1.2.3:5", nil, 403},
		{"empty", "10.1.2.3:5", []string{"X-User", ""}, 403},
		{"twice", "10.1.2.3:5", []string{"X-User", "alice", "X-User", "alice"}, 403},
		{"not trusted", "192.0.2.1:5", []string{"X-User", "alice"}, 403},
		{"not trusted, forwarded", "192.0.2.1:5", []string{"X-User", "alice", "X-Forwarded-For", "10.1.2.3"}, 403},
		{"another field", "10.1.2.3:5", []string{"X-Username", "alice"}, 403},
		{"basic", "10.1.2.3:5", basicAuth("alice", "alice"), 403},
		{"no address", "@", []string{"X-User", "alice"}, 403},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			g := openGateway(t, withUsers(t, "-access", "proxy", "-user-header", "X-User", "-trusted-proxy", "10.0.0.0/8")...)
			r := httptest.NewRequestWithContext(t.Context(), http.MethodGet, "/f/docs/team/a/x.txt", nil)
			r.RemoteAddr = tt.from
			for i := 0; i < len(tt.fields); i += 2 {
				r.Header.Add(tt.fields[i], tt.fields[i+1])
			}
			w := httptest.NewRecorder()
			g.handler.ServeHTTP(w, r)
			assert.Equal(t, tt.want, w.Code)
		})
	}
}
