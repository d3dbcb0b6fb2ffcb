// Package servers starts real reverse proxies for a test: [Nginx], [Apache], [Lighttpd] and [Caddy]. Each has the test's
// own configuration and a free port of 127.0.0.1.
//
// A [Server] runs in a temporary directory until the test ends, as an unprivileged user if the test runs as root;
// [Share] lets it read a directory. The logs of a failed test have the last lines of the server's logs. If the program is
// not installed, the test is skipped with the name of its Debian package; with CI=true it fails. Servers of parallel
// tests do not interfere.
//
// A [Config] is a text/template with a [Site] as its data. The settings that every server needs in its directory
// are predefined templates, so a test has only the settings that it is about:
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
