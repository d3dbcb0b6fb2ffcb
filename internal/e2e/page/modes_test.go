package page_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/go-downloadview/downloadview/storagetest/servers"
)

// nginxConfig is nginx before the gateway: it sends local files, and objects from presigned URLs.
const nginxConfig = `{{template "main" .}}
http {
	{{template "http" .}}
	proxy_headers_hash_max_size 1024;
	server {
		listen {{.Listen}};
		location / { proxy_pass {{.Data.Gateway}}; proxy_set_header Host $http_host; }
		location /_files/ { internal; alias {{.Data.Files}}/; }
		location = /_url {
			internal;
			set $object $args;
			proxy_pass $object;
			proxy_set_header Host $proxy_host;
			proxy_pass_request_headers off;
			proxy_method GET;
		}
	}
}`

// The switch changes how a file is sent, and the figures show it. Previews stay on the page's host.
func TestModeSwitchShowsTheFigures(t *testing.T) {
	newTab(t) // skips without a browser
	dir, s3 := directory(t), newRemote(t)
	servers.Share(t, dir)
	for name, c := range map[string]struct {
		args  []string
		nginx bool
		sent  string
	}{
		"nginx sends the file": {
			[]string{"-bucket", "file://" + dir, "-optimize", "xaccel", "-mount", "default=/_files/"}, true,
			"sent by the proxy (X-Accel-Redirect) · 0 · 0 bytes",
		},
		"nginx sends the object": {
			[]string{"-bucket", s3.URL, "-optimize", "xaccel-presigned", "-mount", "default=/_url", "-allow-http"}, true,
			"sent by the proxy (X-Accel-Redirect) · 0 · 0 bytes",
		},
		"the storage sends the object": {
			[]string{"-bucket", s3.URL, "-optimize", "presign", "-allow-http"}, false,
			"redirected to the storage · 0 · 0 bytes",
		},
	} {
		t.Run(name, func(t *testing.T) {
			url := startGateway(t, c.args...)
			if c.nginx {
				url = servers.Nginx(t, servers.Config{Text: nginxConfig, Data: map[string]string{"Gateway": url, "Files": dir}}).URL
			}
			b := newTab(t)
			b.open(t, url+bucket+"pictures/dawn.jpg")
			b.eventually(t, `document.querySelector(".preview img")?.naturalWidth === 1200`)
			measure := func(mode string) string {
				row := `tr[data-mode="` + mode + `"]`
				b.click(t, row+" [data-measure]")
				b.eventually(t, `document.querySelector('`+row+`').classList.contains("measured")`)
				return evaluate[string](t, b, `[...document.querySelectorAll('`+row+` td')].slice(0, 3).map(e => e.textContent).join(" · ")`)
			}
			size := fmt.Sprintf("%.0f kB", float64(len(objects(t)["pictures/dawn.jpg"]))/1000)
			requests := map[bool]string{true: "1", false: "0"}[strings.Contains(c.args[1], "s3://")]
			assert.Equal(t, c.sent, measure(""))
			assert.Equal(t, "streamed by the gateway · "+requests+" · "+size, measure("stream"))
			b.shot(t, "figures")

			b.open(t, url+bucket+"media/")
			evaluate[any](t, b, `(s => { s.value = "stream"; s.dispatchEvent(new Event("change")) })(document.querySelector("#mode"))`)
			b.eventually(t, `location.search === "?mode=stream"`)
			b.click(t, `[data-measure]`)
			b.eventually(t, `document.querySelector("[data-how]").textContent.startsWith("Streamed by the gateway · `+requests+` request")`)
			b.open(t, url+bucket+"media/day.webm")
			b.eventually(t, `document.querySelector("video")?.readyState >= 2`)
		})
	}
}
