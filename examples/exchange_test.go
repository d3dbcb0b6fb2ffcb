package examples_test

import (
	"bytes"
	"flag"
	"fmt"
	"html"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	_ "gocloud.dev/blob/fileblob"

	"github.com/go-downloadview/downloadview/blobdownload"
	"github.com/go-downloadview/downloadview/proxy"
)

var update = flag.Bool("update", false, "write docs/exchange.svg")

// The picture of README shows responses of a server that runs here.
func TestThePictureShowsRealResponses(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	name := filepath.Join(dir, "Übersicht.pdf")
	require.NoError(t, os.WriteFile(name, bytes.Repeat([]byte("%PDF-1.7\n"), 12_000), 0o600))
	written := time.Date(2026, 11, 28, 12, 0, 0, 250_000_000, time.UTC)
	require.NoError(t, os.Chtimes(name, written, written))
	docs, err := blobdownload.OpenStorage(t.Context(), "docs=file://"+filepath.ToSlash(dir))
	require.NoError(t, err)
	t.Cleanup(func() { assert.NoError(t, docs.Close(t.Context())) })

	view := blobdownload.StorageView(docs, blobdownload.PathValue("key"))
	streamed, offloaded := &blobdownload.Server{}, &blobdownload.Server{Optimizer: &proxy.XAccel{
		Mounts: []proxy.Mount{{Store: "docs", Location: "/_files/"}},
	}}
	mux := http.NewServeMux()
	mux.Handle("/docs/{key...}", streamed.Handler(view))
	mux.Handle("/nginx/{key...}", offloaded.Handler(view))

	var p picture
	const path = "/docs/%C3%9Cbersicht.pdf"
	first := p.exchange(mux, path, nil, "Content-Type", "Content-Length", "Content-Disposition", "Etag")
	etag := first.Get("Etag")
	p.exchange(mux, path, []string{"Range", "bytes=100000-", "If-Range", etag}, "Content-Range", "Content-Length")
	p.exchange(mux, path, []string{"If-None-Match", etag}, "Cache-Control")
	p.exchange(mux, "/docs/..%2Fpasswd", nil, "X-Content-Type-Options")
	p.exchange(mux, "/nginx/%C3%9Cbersicht.pdf", nil, "X-Accel-Redirect")

	if *update {
		require.NoError(t, os.WriteFile("../docs/exchange.svg", p.svg(), 0o600))
	}
	want, err := os.ReadFile("../docs/exchange.svg")
	require.NoError(t, err)
	assert.Equal(t, string(want), string(p.svg()), "run go test ./examples -run Picture -update, and look at the picture")
}

// picture is a transcript of exchanges that appears line by line.
type picture struct{ lines []string }

// exchange adds a request and the named fields of its response.
func (p *picture) exchange(h http.Handler, path string, fields []string, shown ...string) http.Header {
	r := httptest.NewRequest(http.MethodGet, path, http.NoBody)
	p.lines = append(p.lines, "> GET "+path)
	for i := 0; i < len(fields); i += 2 {
		r.Header.Set(fields[i], fields[i+1])
		p.lines = append(p.lines, "> "+fields[i]+": "+fields[i+1])
	}
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	p.lines = append(p.lines, fmt.Sprintf("< %d %s, %d bytes", w.Code, http.StatusText(w.Code), w.Body.Len()))
	for _, name := range shown {
		p.lines = append(p.lines, "< "+name+": "+w.Header().Get(name))
	}
	p.lines = append(p.lines, "")
	return w.Header()
}

const lineHeight = 19

// svg hides each line until its time, so that a viewer without animations shows all of them.
func (p *picture) svg() []byte {
	var b bytes.Buffer
	height := lineHeight*len(p.lines) + 20
	fmt.Fprintf(&b, "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 860 %d\" width=\"860\" height=\"%d\" role=\"img\" "+
		"aria-label=\"Five requests and the responses of a server\">\n", height, height)
	b.WriteString("<rect width=\"100%\" height=\"100%\" rx=\"8\" fill=\"#16191f\"/>\n" +
		"<g font-family=\"ui-monospace, Consolas, monospace\" font-size=\"14\" xml:space=\"preserve\">\n")
	delay := 0.0
	for i, line := range p.lines {
		switch {
		case line == "":
			delay++
			continue
		case strings.HasPrefix(line, ">"):
			delay += 0.7
		default:
			delay += 0.3
		}
		color := map[byte]string{'>': "#8ab4f8", '<': "#c9d1d9"}[line[0]]
		fmt.Fprintf(&b, "<text x=\"16\" y=\"%d\" fill=\"%s\">%s<set attributeName=\"visibility\" to=\"hidden\" begin=\"0s\" dur=\"%.1fs\"/></text>\n",
			lineHeight*(i+1)+6, color, html.EscapeString(line), delay)
	}
	b.WriteString("</g>\n</svg>\n")
	return b.Bytes()
}
