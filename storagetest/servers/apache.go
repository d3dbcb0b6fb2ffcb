package servers

import (
	"syscall"
	"testing"
)

var apache = kind{
	name:   "Apache",
	config: "httpd.conf",
	path:   installed("apache2", "apache2"),
	args: func(s *Site) []string {
		return []string{"-f", s.Dir + "/httpd.conf", "-d", s.Dir, "-DFOREGROUND"}
	},
	stop: syscall.SIGTERM,
	port: FreePort,
}

// Apache starts Apache httpd. The template "main" belongs at the top of the configuration: Listen, logs and the
// required modules. The template "proxy" loads mod_headers, mod_proxy_http and mod_xsendfile (package
// libapache2-mod-xsendfile).
func Apache(t testing.TB, c Config) *Server {
	t.Helper()
	return apache.start(t, c)
}
