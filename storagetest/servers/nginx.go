package servers

import (
	"syscall"
	"testing"
)

var nginx = kind{
	name:   "nginx",
	config: "nginx.conf",
	path:   installed("nginx", "nginx-light"),
	args: func(s *Site) []string {
		return []string{"-p", s.Dir + "/", "-e", "stderr", "-c", "nginx.conf"}
	},
	stop: syscall.SIGTERM, // fast: does not wait for connections
	port: FreePort,
}

// Nginx starts nginx, which must not become a daemon. The template "main" is for the top of the configuration, and
// sees to that; "http" is for the http block. Debian's modules are not loaded by themselves:
//
//	load_module /usr/lib/nginx/modules/ngx_http_headers_more_filter_module.so;
func Nginx(t testing.TB, c Config) *Server {
	t.Helper()
	return nginx.start(t, c)
}
