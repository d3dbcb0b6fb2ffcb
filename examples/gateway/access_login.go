package main

import (
	"fmt"
	"io/fs"
	"log/slog"
	"net/http"
	"net/netip"
	"strings"

	"github.com/go-downloadview/downloadview/blobdownload"
)

// login authenticates the requests to everything but signed links and the health checks.
type login struct {
	next    http.Handler
	user    func(*http.Request) string // "" for a request without a valid user
	missing error                      // of such a request
	server  *blobdownload.Server
}

// login returns next behind the authentication of the configured mode.
func (a *accessOptions) login(next http.Handler, server *blobdownload.Server, logger *slog.Logger) (http.Handler, error) {
	l := &login{next: next, server: server}
	switch a.mode {
	case "basic":
		b, err := newBasic(a.htpasswd, logger)
		if err != nil {
			return nil, fmt.Errorf("htpasswd: %w", err)
		}
		for _, element := range append(append([]string{}, a.allow...), a.allowSign...) {
			if user, _, _ := strings.Cut(element, "="); user != "*" && b.users[user] == nil {
				return nil, fmt.Errorf("allow: no user %q in %s", user, a.htpasswd)
			}
		}
		l.user, l.missing = b.user, blobdownload.Unauthorized(fmt.Sprintf("Basic realm=%q, charset=%q", a.realm, "UTF-8"))
	case "proxy":
		l.user, l.missing = fromProxy(a.userHeader, a.networks()), fs.ErrPermission
	default:
		return next, nil
	}
	return l, nil
}

func (l *login) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if strings.HasPrefix(r.URL.Path, linkPath) || r.URL.Path == "/healthz" || r.URL.Path == "/readyz" {
		l.next.ServeHTTP(w, r)
		return
	}
	user := l.user(r)
	if user == "" || user == "*" {
		l.server.Error(w, r, l.missing)
		return
	}
	entryOf(r).user = user
	l.next.ServeHTTP(w, withUser(r, user))
}

// fromProxy returns the user that an authenticating proxy has set. The field counts only once, and only from the networks of
// the proxy: other clients could choose its value.
func fromProxy(field string, trusted []netip.Prefix) func(*http.Request) string {
	return func(r *http.Request) string {
		values := r.Header.Values(field)
		if len(values) != 1 || !inside(trusted, peer(r)) {
			return ""
		}
		return values[0]
	}
}
