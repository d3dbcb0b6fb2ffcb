package blobdownload_test

import (
	"net/http"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"

	"github.com/go-downloadview/downloadview/blobdownload"
	"github.com/go-downloadview/downloadview/wrapper"
)

// D7: five of six metadata fields of an application were ignored, or caused a 500.
func TestD7_KnownInfoReplacesTheStat(t *testing.T) {
	t.Parallel()
	later := modTime.Add(time.Hour)
	all := wrapper.Info{
		Size: 7, ModTime: later, ETag: `"known"`, ContentType: "image/gif", ContentEncoding: "br", ContentLanguage: "nl",
	}
	for _, c := range []struct {
		name         string
		known        wrapper.Info
		field, value string
		stats        int
	}{
		{"size", wrapper.Info{Size: 7}, "Content-Length", "7", 0},
		{"modification time", all, "Last-Modified", "Mon, 06 May 2024 08:08:09 GMT", 0},
		{"entity-tag", all, "ETag", `"known"`, 0},
		{"type", all, "Content-Type", "image/gif", 0},
		{"encoding", all, "Content-Encoding", "br", 0},
		{"language", all, "Content-Language", "nl", 0},
		{"type alone", wrapper.Info{ContentType: "image/gif"}, "Content-Type", "image/gif", 1},
		{"name", all, "Content-Disposition", `attachment; filename="n.gif"`, 0},
		{"none", wrapper.Info{}, "ETag", `"v1"`, 1},
	} {
		for _, method := range []string{"GET", "HEAD"} {
			t.Run(c.name+" "+method, func(t *testing.T) {
				t.Parallel()
				p := newCountingSource("content")
				h := quietServer().Handler(func(*http.Request) (*blobdownload.Download, error) {
					return &blobdownload.Download{File: p.file("a").WithInfo(c.known), Filename: "n.gif"}, nil
				})
				resp := exchange(t, h, method, "/")
				assert.Equal(t, http.StatusOK, resp.StatusCode)
				assert.Equal(t, c.value, resp.Header.Get(c.field))
				stats, opens, _ := p.counts()
				assert.Equal(t, c.stats, stats)
				assert.Equal(t, method == "GET", opens == 1)
			})
		}
	}
}
