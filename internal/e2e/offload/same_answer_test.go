package offload_test

import (
	"bytes"
	"compress/gzip"
	"fmt"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"gocloud.dev/blob"
	"gocloud.dev/blob/fileblob"

	"github.com/go-downloadview/downloadview/blobdownload"
)

// stored are the objects that are requested, and their metadata. The media types of the second and the third are not
// those that their names suggest.
var stored = []struct {
	name, key, url string
	options        blob.WriterOptions
}{
	{"", "in/a b é.txt", "in/a%20b%20%C3%A9.txt", blob.WriterOptions{ContentType: "text/plain; charset=utf-8"}},
	{", stored type and language", "in/typed.txt", "in/typed.txt", blob.WriterOptions{ContentType: "text/csv", ContentLanguage: "de"}},
	{", stored coding", "in/coded", "in/coded", blob.WriterOptions{ContentType: "text/plain", ContentEncoding: "gzip"}},
}

func fillStored(t *testing.T, b *blob.Bucket) {
	t.Helper()
	for _, o := range stored {
		content := []byte(strings.Repeat("0123456789", 100))
		if o.options.ContentEncoding != "" {
			var zipped bytes.Buffer
			w := gzip.NewWriter(&zipped)
			_, _ = w.Write(content)
			require.NoError(t, w.Close())
			content = zipped.Bytes()
		}
		require.NoError(t, b.WriteAll(t.Context(), o.key, content, &o.options))
	}
}

// TestSameAnswer compares the downloads through each proxy with those of the application. The differences are those of
// docs/servers/differences.md, which it writes with -update. D8, D14, XA9, XA42, XA46.
func TestSameAnswer(t *testing.T) {
	t.Parallel()
	dir := filesDir(t)
	b, err := fileblob.OpenBucket(dir, &fileblob.Options{NoTempDir: true})
	require.NoError(t, err)
	fillStored(t, b)
	require.NoError(t, b.Close())
	direct := httptest.NewServer(site(t, dir, new(blobdownload.Server)))
	t.Cleanup(direct.Close)
	rows := differences{}
	for _, m := range modes {
		var offloads atomic.Int64
		server := &blobdownload.Server{Optimizer: m.optimizer(dir), Observe: func(_ *http.Request, res blobdownload.Result) {
			if res.Redirect != nil {
				offloads.Add(1)
			}
		}}
		f := *frontOf(m.front)
		f.change = withOwnField
		c := comparison{mode: m, direct: direct.URL, front: f.start(t, site(t, dir, server), dir, ""), rows: rows}
		for _, view := range []string{"storage", "named", "plain", "path", "object", "virtual", "cloud"} {
			for _, o := range stored {
				if o.name == "" || view == "storage" || view == "cloud" {
					c.compare(t, view, o.name, o.url)
				}
			}
		}
		assert.Positive(t, offloads.Load(), m.title)
	}
	checkTable(t, rows)
}

// withOwnField enables the line of nginx.conf for a field of the application's own.
var withOwnField = replace("# add_header X-Mine", "add_header X-Mine")

// comparison compares one mode with the application alone.
type comparison struct {
	mode
	direct, front string
	rows          differences
	whole         bool // compare all questions for objects in a cloud, too
}

type question struct {
	what, method string
	fields       []string
	rest         bool // only for the first object
}

// questions are the requests to one side, with the validators of its first response.
func questions(first *http.Response) []question {
	tag, mod := first.Header.Get("ETag"), first.Header.Get("Last-Modified")
	all := []question{
		{"GET", "GET", nil, false},
		{"GET, identity only", "GET", []string{"Accept-Encoding", "identity"}, false},
		{"HEAD", "HEAD", nil, true},
		{"Range", "GET", []string{"Range", "bytes=3-8"}, false},
		{"HEAD with Range", "HEAD", []string{"Range", "bytes=3-8"}, true},
		{"suffix Range", "GET", []string{"Range", "bytes=-3"}, true},
		{"unusual Range", "GET", []string{"Range", "bytes=,3-8"}, true},
		{"unsatisfiable Range", "GET", []string{"Range", "bytes=99999-"}, false},
		{"POST", "POST", nil, true},
	}
	if tag == "" {
		return all
	}
	return append(all,
		question{"matching If-Range", "GET", []string{"Range", "bytes=3-8", "If-Range", tag}, true},
		question{"If-Range of another", "GET", []string{"Range", "bytes=3-8", "If-Range", `"x"`}, true},
		question{"If-None-Match", "GET", []string{"If-None-Match", tag}, false},
		question{"If-None-Match of another", "GET", []string{"If-None-Match", `"x"`}, true},
		question{"If-Modified-Since", "GET", []string{"If-Modified-Since", mod}, true},
		question{"If-Match", "GET", []string{"If-Match", tag}, true},
		question{"If-Match of another", "GET", []string{"If-Match", `"x"`}, true},
		question{"If-Unmodified-Since", "GET", []string{"If-Unmodified-Since", mod}, true})
}

func (c *comparison) compare(t *testing.T, view, object, url string) {
	t.Helper()
	direct, front := c.direct+"/"+view+"/", c.front+"/"+view+"/"
	want, wantBody := get(t, direct+url, accepting(nil)...)
	got, body := follow(t, http.MethodGet, front+url, accepting(nil)...)
	assert.Equal(t, wantBody, body, c.title)
	if c.app && view != "virtual" {
		assert.Equal(t, want.Header.Get("ETag"), got.Header.Get("ETag"), c.title)
	}
	ask := questions(got)
	for i, q := range questions(want)[:len(ask)] {
		if q.rest && (object != "" || view == "cloud" && !c.whole) {
			continue
		}
		c.compareOne(t, view, object, [2]string{direct + url, front + url}, q, ask[i])
	}
	if view != "object" { // it has its metadata without a request
		missing := question{"missing file", http.MethodGet, nil, false}
		c.compareOne(t, view, "", [2]string{direct + "in/none.txt", front + "in/none.txt"}, missing, missing)
	}
}

// accepting returns the fields of a client that accepts gzip, unless they have another coding. Content is decoded for a client
// that names no coding, where the application has the metadata.
func accepting(fields []string) []string {
	if slices.Contains(fields, "Accept-Encoding") {
		return fields
	}
	return append(slices.Clip(fields), "Accept-Encoding", "gzip")
}

// compareOne sends one question to both sides, each with its own validators, and notes the differences.
func (c *comparison) compareOne(t *testing.T, view, object string, urls [2]string, direct, front question) {
	t.Helper()
	want, wantBody := do(t, direct.method, urls[0], accepting(direct.fields)...)
	got, gotBody := follow(t, front.method, urls[1], accepting(front.fields)...)
	label := fmt.Sprint(c.title, " ", view, " ", front.what, object)
	for field := range got.Header {
		assert.False(t, strings.HasPrefix(field, "X-Accel-") || strings.EqualFold(field, "X-Sendfile"), "%s: %s leaks", label, field)
	}
	note := func(how string) {
		c.rows.add(c.mode, difference{front.what, how, object, view == "cloud"})
	}
	switch {
	case got.StatusCode != want.StatusCode:
		note(fmt.Sprintf("status %d instead of %d", got.StatusCode, want.StatusCode))
	case got.StatusCode >= 300:
	case view == "cloud" && !c.app: // the application has no metadata of it
		if wantBody != gotBody {
			note("another body")
		}
	default:
		assert.Equal(t, wantBody, gotBody, label)
		assert.Equal(t, unblanked(want.Header["Vary"]), unblanked(got.Header["Vary"]), label)
		for _, field := range equalAlways {
			assert.Equal(t, want.Header[http.CanonicalHeaderKey(field)], got.Header[http.CanonicalHeaderKey(field)], "%s %s", label, field)
		}
	}
	for _, field := range sortedFields(want.Header, got.Header) {
		a, b := want.Header[field], got.Header[field]
		switch {
		case field == "Date" || field == "Server" || field == "Connection" || field == "Via" || slices.Equal(a, b):
		case field == "Vary" && unblanked(a) == unblanked(b): // Apache rewrites it
		case got.StatusCode >= 400 && (field == "Content-Type" || field == "Content-Length"): // of the error page
		case len(b) == 0:
			note("no " + field)
		case len(a) == 0:
			note(field + " added")
		case len(b) > len(a):
			note(field + " twice")
		default:
			note("another " + field)
		}
	}
}

// follow follows a redirect as clients do, with the same fields. Cookies come with the redirect.
func follow(t *testing.T, method, u string, fields ...string) (*http.Response, string) {
	t.Helper()
	resp, body := do(t, method, u, fields...)
	location := resp.Header.Get("Location")
	if location == "" {
		return resp, body
	}
	cookies := resp.Header["Set-Cookie"]
	resp, body = do(t, method, location, fields...)
	resp.Header["Set-Cookie"] = append(cookies, resp.Header["Set-Cookie"]...)
	return resp, body
}

// unblanked is a list field as one line without spaces.
func unblanked(lines []string) string { return strings.ReplaceAll(strings.Join(lines, ","), " ", "") }

func sortedFields(a, b http.Header) []string {
	var all []string
	for _, h := range []http.Header{a, b} {
		for field := range h {
			if !slices.Contains(all, field) {
				all = append(all, field)
			}
		}
	}
	slices.Sort(all)
	return all
}
