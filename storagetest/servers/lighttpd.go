package servers

import (
	"syscall"
	"testing"
)

var lighttpd = kind{
	name:   "lighttpd",
	config: "lighttpd.conf",
	path:   installed("lighttpd", "lighttpd"),
	args:   func(s *Site) []string { return []string{"-D", "-f", s.Dir + "/lighttpd.conf"} },
	stop:   syscall.SIGTERM,
	port:   FreePort,
}

// Lighttpd starts lighttpd. The template "main" belongs at the top of the configuration: address, log and media
// types. The test sets server.document-root and server.modules.
func Lighttpd(t testing.TB, c Config) *Server {
	t.Helper()
	return lighttpd.start(t, c)
}
