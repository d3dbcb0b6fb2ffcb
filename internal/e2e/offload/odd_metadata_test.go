package offload_test

import (
	"bytes"
	"compress/gzip"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"gocloud.dev/blob"
	"gocloud.dev/blob/fileblob"

	"github.com/go-downloadview/downloadview/blobdownload"
)

const typed, coded = ", stored type and language", ", stored coding"

// oddMetadata are objects whose stored metadata, date or name is odd. Each is of a kind in docs/servers/differences.md.
var oddMetadata = []struct {
	key, kind string
	options   blob.WriterOptions
	modified  time.Time
}{
	{key: "base64.txt", options: blob.WriterOptions{ContentEncoding: "base64", ContentType: "text/plain; charset=utf-8"}},
	{key: "utf8.txt", options: blob.WriterOptions{ContentEncoding: "utf-8, none", ContentType: "text/plain; charset=utf-8"}},
	{key: "chunked.txt", kind: coded, options: blob.WriterOptions{ContentEncoding: "aws-chunked,gzip", ContentType: "text/plain"}},
	{key: "upper.txt", kind: coded, options: blob.WriterOptions{ContentEncoding: "X-GZIP", ContentType: "text/plain"}},
	{key: "sjis.txt", kind: typed, options: blob.WriterOptions{ContentType: "text/plain; charset=Shift_JIS", ContentLanguage: "ja"}},
	{key: "picture.jpg", kind: typed, options: blob.WriterOptions{ContentType: "image/jpg"}},
	{key: "sound", kind: typed, options: blob.WriterOptions{ContentType: "audio/x-wav"}},
	{key: "sniffed.docx", kind: typed, options: blob.WriterOptions{ContentType: "application/zip"}},
	{key: "sniffed.csv", kind: typed, options: blob.WriterOptions{ContentType: "text/plain; charset=utf-8"}},
	{key: "broken.bin", kind: typed, options: blob.WriterOptions{ContentType: "text", ContentLanguage: "english language"}},
	{key: "languages.txt", kind: typed, options: blob.WriterOptions{ContentType: "text/plain", ContentLanguage: "de, en_GB,, x y"}},
	{key: "0b6c2f1e", kind: typed, options: blob.WriterOptions{ContentType: "application/pdf", ContentDisposition: `inline; filename="report 2025.pdf"`}},
	{key: "hostile", kind: typed, options: blob.WriterOptions{ContentType: "text/plain", ContentDisposition: `attachment; filename="../../etc/passwd"; filename*=UTF-8''a%0d%0ab`}},
	{key: "cached.txt", options: blob.WriterOptions{ContentType: "text/plain; charset=utf-8", CacheControl: "public, max-age=-1, private=\"x"}},
	{key: "ancient.txt", modified: time.Date(1960, 1, 2, 3, 4, 5, 0, time.UTC)},
	{key: "epoch.txt", modified: time.Unix(0, 0)},
	{key: "future.txt", modified: time.Now().AddDate(50, 0, 0)},
	{key: "name 100% naïve + #1?.txt"},
	{key: "日本語;filename=x.txt"},
	{key: "gnp.\u202eexe"},
	{key: `quote".txt`},
}

// An object with odd metadata is offloaded as it is streamed, but for what docs/servers/differences.md lists of its kind.
func TestOddMetadataIsOffloadedAsStreamed(t *testing.T) {
	t.Parallel()
	dir := filesDir(t)
	b, err := fileblob.OpenBucket(dir, &fileblob.Options{NoTempDir: true})
	require.NoError(t, err)
	content := []byte(strings.Repeat("0123456789", 100))
	var zipped bytes.Buffer
	w := gzip.NewWriter(&zipped)
	_, _ = w.Write(content)
	require.NoError(t, w.Close())
	for _, o := range oddMetadata {
		stored := content
		if o.kind == coded {
			stored = zipped.Bytes()
		}
		require.NoError(t, b.WriteAll(t.Context(), "in/"+o.key, stored, &o.options))
		if !o.modified.IsZero() {
			require.NoError(t, os.Chtimes(filepath.Join(dir, "in", o.key), o.modified, o.modified))
		}
	}
	require.NoError(t, b.Close())
	direct := httptest.NewServer(site(t, dir, new(blobdownload.Server)))
	t.Cleanup(direct.Close)
	listed := listedDifferences(t)
	for _, m := range modes {
		var offloads atomic.Int64
		server := &blobdownload.Server{Optimizer: m.optimizer(dir), Observe: func(_ *http.Request, res blobdownload.Result) {
			if res.Redirect != nil {
				offloads.Add(1)
			}
		}}
		f := *frontOf(m.front)
		f.change = withOwnField
		front := f.start(t, site(t, dir, server), dir, "")
		for _, o := range oddMetadata {
			c := comparison{mode: m, direct: direct.URL, front: front, rows: differences{}}
			c.compare(t, "storage", o.kind, "in/"+url.PathEscape(o.key))
			for d := range c.rows {
				assert.True(t, listed(d, m.title), "%s, %q: %s: %s is not listed", m.title, o.key, d.what+d.object, d.how)
			}
		}
		assert.Positive(t, offloads.Load(), m.title)
	}
}

// listedDifferences returns whether docs/servers/differences.md lists a difference of a mode.
func listedDifferences(t *testing.T) func(d difference, title string) bool {
	t.Helper()
	text, err := os.ReadFile(filepath.Join("..", "..", "..", "docs", "servers", "differences.md"))
	require.NoError(t, err)
	text, _, _ = bytes.Cut(text, []byte(headings[0]))
	listed := differences{}
	for line := range strings.Lines(string(text)) {
		cells := strings.Split(strings.Trim(line, "| \n"), " | ")
		if len(cells) != 3 {
			continue
		}
		for how := range strings.SplitSeq(cells[2], ", ") {
			d := difference{what: cells[0], how: how}
			listed[d] = append(listed[d], strings.Split(cells[1], "; ")...)
		}
	}
	return func(d difference, title string) bool {
		return slices.Contains(listed[difference{what: d.what, how: d.how}], title) ||
			slices.Contains(listed[difference{what: d.what + d.object, how: d.how}], title)
	}
}
