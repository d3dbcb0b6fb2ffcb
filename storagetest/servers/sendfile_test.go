package servers_test

import (
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/go-downloadview/downloadview/storagetest"
	"github.com/go-downloadview/downloadview/storagetest/servers"
)

// sendfiles are the configurations with which each server sends an offloaded file, the field that names the file,
// and the field's value for a path.
var sendfiles = map[string]struct {
	start  func(testing.TB, servers.Config) *servers.Server
	config string
	field  string
	name   string // of "/a b.txt" in the directory {files}
	needs  string // a file of another package than the server's
}{
	"nginx": {
		servers.Nginx, `{{template "main" .}}
http {
	{{template "http" .}}
	server {
		listen {{.Listen}};
		location / { proxy_pass {{.Data.App}}; }
		location /_files/ { internal; alias {{.Data.Files}}/; }
	}
}`, "X-Accel-Redirect", "/_files/a%20b.txt", "",
	},
	"Apache": {
		servers.Apache, `{{template "main" .}}
{{template "proxy" .}}
<Directory />
	Require all granted
</Directory>
XSendFile On
XSendFilePath {{.Data.Files}}
ProxyPass "/" "{{.Data.App}}/" nocanon
`, "X-Sendfile", "{files}/a b.txt", "/usr/lib/apache2/modules/mod_xsendfile.so",
	},
	"lighttpd": {
		servers.Lighttpd, `{{template "main" .}}
server.modules = ( "mod_proxy" )
server.document-root = "{{.Dir}}"
proxy.server = ( "" => (( "host" => "127.0.0.1", "port" => {{.Data.Port}},
	"x-sendfile" => "enable", "x-sendfile-docroot" => ( "{{.Data.Files}}" ) )) )
`, "X-Sendfile", "{files}/a%20b.txt", "",
	},
	"Caddy": {
		servers.Caddy, `{{template "main" .}}
http://{{.Listen}} {
	bind {{.Host}}
	reverse_proxy {{.Data.App}} {
		@accel header X-Accel-Redirect /_files/*
		handle_response @accel {
			root * {{.Data.Files}}
			rewrite * {rp.header.X-Accel-Redirect}
			uri strip_prefix /_files
			method * GET
			copy_response_headers {
				exclude X-Accel-Redirect Content-Length
			}
			file_server {
				index _none_
				disable_canonical_uris
			}
		}
	}
}
`, "X-Accel-Redirect", "/_files/a%20b.txt", "",
	},
}

// Every server sends an offloaded file, so the templates, directories and permissions are right.
func TestServersSendOffloadedFiles(t *testing.T) {
	t.Parallel()
	for name, tc := range sendfiles {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if _, err := os.Stat(tc.needs); tc.needs != "" && err != nil {
				t.Skip("mod_xsendfile not installed (package libapache2-mod-xsendfile)")
			}
			files := t.TempDir()
			require.NoError(t, os.WriteFile(files+"/a b.txt", []byte("0123456789"), 0o600))
			servers.Share(t, files)
			app := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
				w.Header().Set(tc.field, strings.Replace(tc.name, "{files}", files, 1))
				w.Header().Set("Content-Disposition", `attachment; filename="b.txt"`)
				w.Header().Set("Content-Type", "text/plain")
			}))
			t.Cleanup(app.Close)
			srv := tc.start(t, servers.Config{Text: tc.config, Data: map[string]any{
				"App": app.URL, "Port": app.Listener.Addr().(*net.TCPAddr).Port, "Files": files,
			}})
			resp, err := srv.Client().Do(storagetest.Get(t, srv.URL+"/x", storagetest.Range(2, 4)))
			require.NoError(t, err)
			defer resp.Body.Close()
			storagetest.CheckDownload(t, resp, storagetest.Want{
				Status: http.StatusPartialContent, Body: "234", ContentRange: "bytes 2-4/10", Filename: "b.txt",
				MediaType: "text/plain", Header: http.Header{"X-Accel-Redirect": nil, "X-Sendfile": nil},
			})
		})
	}
}
