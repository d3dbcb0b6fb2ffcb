package servers

import "testing"

// NginxOn starts nginx on the ports that a function returns.
func NginxOn(t testing.TB, c Config, port func() (int, error)) *Server {
	t.Helper()
	k := nginx
	k.port = port
	return k.start(t, c)
}

// Absent starts a server whose program is not installed.
func Absent(t testing.TB) *Server {
	t.Helper()
	return kind{name: "absent", path: installed("no-such-server", "no-such-package")}.start(t, Config{})
}

var (
	RecentEnough = recentEnough
	Reachable    = reachable
)

// Wait waits for the end of a server.
func (s *Server) Wait() { <-s.ended }
