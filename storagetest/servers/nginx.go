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

// Nginx starts nginx. The template "main" belongs at the top of the configuration: among others, it keeps nginx in
// the foreground. The template "http" belongs into the http block. Debian's modules must be loaded explicitly:
//
//	load_module /usr/lib/nginx/modules/ngx_http_headers_more_filter_module.so;
func Nginx(t testing.TB, c Config) *Server {
	t.Helper()
	return nginx.start(t, c)
}
