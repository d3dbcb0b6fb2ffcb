// Package servers starts the front servers that downloads are handed over to: nginx, Apache, lighttpd and
// Caddy, each for one test, with a configuration of the test's, on a free port of 127.0.0.1.
//
// A server runs in a directory of the test's, as an unprivileged user when the test runs as root, and is
// gone when the test ends. When the test has failed, its logs are shown. When a server's program is not installed
// the test is skipped, with the name of the Debian package; with CI=true in the environment it fails.
//
// A configuration is a text/template, whose data is a [Site]. What a server needs in order to run in that
// directory at all is ready in templates of its own, so that a test shows only what it is about:
//
//	srv := servers.Nginx(t, servers.Config{Text: `{{template "main" .}}
//	http {
//		{{template "http" .}}
//		server {
//			listen {{.Listen}};
//			location / { root {{.Dir}}/files; }
//		}
//	}`})
package servers
