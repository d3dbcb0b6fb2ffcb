package gateway_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// links returns the addresses of all files by key, as the pages of the folders list them.
func links(t *testing.T, g *gateway) map[string]string {
	t.Helper()
	all := map[string]string{}
	c := goClient(t, 1)
	var walk func(prefix, url string)
	walk = func(prefix, url string) {
		for url != "" {
			page := c.do(t, http.MethodGet, g.URL+url, map[string]string{"Accept": "application/json"})
			require.Equal(t, http.StatusOK, page.Status, url)
			var l struct {
				Folders, Files []struct{ Name, URL string }
				Next           string
			}
			require.NoError(t, json.Unmarshal(page.Body, &l))
			for _, f := range l.Files {
				all[prefix+f.Name] = f.URL
			}
			for _, f := range l.Folders {
				walk(prefix+f.Name+"/", f.URL)
			}
			url = l.Next
		}
	}
	walk("", "/b/default/")
	return all
}

// Every link of the page is that of its key, also for odd keys.
func TestPageLinks(t *testing.T) {
	t.Parallel()
	odd := map[string][]byte{"<script>alert(1)<": nil, "a'onclick='x": nil, "javascript:alert(1)": nil}
	for key := range odd {
		odd[key] = content(key, 100)
	}
	for _, key := range oddKeys {
		odd[key] = content(key, 100)
	}
	_, file := fileBucket(t, odd)
	_, s3 := s3Bucket(t, odd)
	for _, s := range []store{
		{"mem", startGateway(t), sampleObjects(t)},
		{"file", startGateway(t, "-bucket", file, "-show-hidden", "default"), odd},
		{"s3", startGateway(t, "-bucket", s3, "-show-hidden", "default"), odd},
	} {
		t.Run(s.name, func(t *testing.T) {
			t.Parallel()
			found := links(t, s.gateway)
			assert.Len(t, found, len(s.objects))
			c := goClient(t, 1)
			for key, b := range s.objects {
				require.Contains(t, found, key)
				check(t, c.do(t, http.MethodGet, s.gateway.URL+found[key], nil), want{status: 200, body: b})
			}
		})
	}
}

// Safe media types are shown inline on request; active ones never are.
func TestInline(t *testing.T) {
	t.Parallel()
	_, bucketURL := fileBucket(t, map[string][]byte{"page.html": []byte("<script>"), "p.svg": []byte("<svg/>"), "note.txt": []byte("x")})
	g := startGateway(t, "-bucket", "sample="+bucketURL)
	for path, want := range map[string]string{
		"/f/sample/note.txt": "attachment", "/f/sample/note.txt?inline=1": "inline",
		"/f/sample/note.txt?inline=0": "attachment", "/f/sample/page.html?inline=1": "attachment", "/f/sample/p.svg?inline=1": "attachment",
	} {
		got := goClient(t, 1).do(t, http.MethodGet, g.URL+path, nil)
		assert.Regexp(t, "^"+want+";", got.Header.Get("Content-Disposition"), path)
	}
}

// All files of 100 folders with 100 files each are listed and served.
func TestTenThousandFiles(t *testing.T) {
	t.Parallel()
	const n = 10_000
	many := map[string][]byte{}
	for i := range n {
		many[fmt.Sprintf("%02d/%05d.txt", i%100, i)] = fmt.Appendf(nil, "content of %d", i)
	}
	_, bucketURL := fileBucket(t, many)
	g := startGateway(t, "-bucket", bucketURL)
	found := links(t, g)
	assert.Len(t, found, n)
	c := goClient(t, 2)
	for i := 0; i < n; i += 97 {
		key := fmt.Sprintf("%02d/%05d.txt", i%100, i)
		check(t, c.do(t, http.MethodGet, g.URL+"/f/default/"+key, nil), want{status: 200, body: many[key]})
	}
}
