package page_test

import (
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// cutter is a proxy that interrupts the first archive.
type cutter struct {
	mu     sync.Mutex
	ranges []string // of the requests for archives
}

func (c *cutter) start(t *testing.T, gateway string) string {
	t.Helper()
	target, err := url.Parse(gateway)
	require.NoError(t, err)
	forward := &httputil.ReverseProxy{Rewrite: func(p *httputil.ProxyRequest) { p.SetURL(target) }}
	front := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/zip/default" {
			c.mu.Lock()
			c.ranges = append(c.ranges, r.Header.Get("Range"))
			first := len(c.ranges) == 1
			c.mu.Unlock()
			if first {
				w = &cutWriter{ResponseWriter: w, left: 50_000}
			}
		}
		forward.ServeHTTP(w, r)
	}))
	t.Cleanup(front.Close)
	return front.URL
}

// cutWriter aborts the connection after some bytes of the body.
type cutWriter struct {
	http.ResponseWriter
	left int
}

func (w *cutWriter) Write(p []byte) (int, error) {
	if len(p) < w.left {
		w.left -= len(p)
		return w.ResponseWriter.Write(p)
	}
	_, _ = w.ResponseWriter.Write(p[:w.left])
	_ = http.NewResponseController(w.ResponseWriter).Flush()
	time.Sleep(200 * time.Millisecond) // the browser drops what it has not read when the connection ends
	panic(http.ErrAbortHandler)
}

// An interrupted archive of a folder and one of three files are requested again from the byte at which they ended, and are the
// same archives.
func interrupted(t *testing.T, gateway string) {
	for name, tt := range map[string]struct {
		selected []string
		file     string
		want     []string
	}{
		"folder": {nil, "pictures.zip", []string{"dawn.jpg", "disc.png", "dusk.jpg", "noon.jpg"}},
		"three":  {[]string{"dusk.jpg", "dawn.jpg", "disc.png"}, "pictures (3 selected).zip", []string{"dawn.jpg", "disc.png", "dusk.jpg"}},
	} {
		t.Run(name, func(t *testing.T) {
			b := newTab(t)
			cut := &cutter{}
			b.open(t, cut.start(t, gateway)+bucket+"pictures/")
			for _, name := range tt.selected {
				b.click(t, `input[value="`+name+`"]`)
			}
			if tt.selected == nil {
				b.click(t, "#zip-all")
			} else {
				b.click(t, "#zip")
			}
			unpacked(t, b.downloaded(t, tt.file), "pictures/", tt.want...)
			cut.mu.Lock()
			defer cut.mu.Unlock()
			require.Len(t, cut.ranges, 2)
			assert.Empty(t, cut.ranges[0])
			assert.Regexp(t, `^bytes=[1-9]\d*-$`, cut.ranges[1])
			b.forgive() // the interruption
		})
	}
}
