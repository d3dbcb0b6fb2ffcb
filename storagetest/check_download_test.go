package storagetest_test

import (
	"bytes"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"testing/iotest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/go-downloadview/downloadview/storagetest"
)

var lastModified = time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)

func download() *httptest.ResponseRecorder {
	return recorded(http.StatusPartialContent, "hello",
		"Content-Disposition", `attachment; filename="_.txt"; filename*=UTF-8''%C3%A9.txt`,
		"Content-Type", "text/plain; charset=utf-8",
		"Content-Range", "bytes 0-4/11",
		"Content-Length", "5",
		"ETag", `"v1"`,
		"Last-Modified", lastModified.Format(http.TimeFormat),
		"Cache-Control", "private, no-cache",
		"Vary", "Accept", "Vary", "Origin",
	)
}

func TestCheckDownloadFields(t *testing.T) {
	t.Parallel()
	type want = storagetest.Want
	testFields(t, func(tb *spy, w want) {
		response := download()
		if w.Empty && w.Status == 0 {
			response = recorded(http.StatusOK, "")
		}
		storagetest.CheckDownload(tb, response, w)
	}, map[string]fieldCase[want]{
		"Status":               {want{Status: 206}, want{Status: 200}, "- Status: 200 OK\n+ Status: 206 Partial Content"},
		"Body":                 {want{Body: "hello"}, want{Body: "hallo"}, "- Body: \"hallo\"\n+ Body: \"hello\""},
		"Body: longer":         {want{Body: "hello"}, want{Body: "hell"}, `+ Body: "hello"`},
		"Body: shorter":        {want{Body: "hello"}, want{Body: "hello."}, `- Body: "hello."`},
		"Empty":                {want{Empty: true}, want{Empty: true, Status: 206}, "- Body: (none)\n+ Body: \"hello\""},
		"Filename":             {want{Filename: "é.txt"}, want{Filename: "_.txt"}, "- Filename: \"_.txt\"\n+ Filename: \"é.txt\""},
		"Disposition":          {want{Disposition: "Attachment"}, want{Disposition: "inline"}, "- Disposition: inline\n+ Disposition: attachment"},
		"ContentType":          {want{ContentType: "text/plain; charset=utf-8"}, want{ContentType: "text/plain"}, `- Content-Type: "text/plain"`},
		"MediaType":            {want{MediaType: "Text/Plain"}, want{MediaType: "text/html"}, "- Media type: text/html\n+ Media type: text/plain"},
		"ContentRange":         {want{ContentRange: "bytes 0-4/11"}, want{ContentRange: "bytes 0-4/12"}, `+ Content-Range: "bytes 0-4/11"`},
		"ETag":                 {want{ETag: `"v1"`}, want{ETag: `W/"v1"`}, `- ETag: "W/\"v1\""`},
		"LastModified":         {want{LastModified: lastModified.Add(time.Second / 2)}, want{LastModified: lastModified.Add(time.Second)}, `12:00:01 GMT"`},
		"CacheControl":         {want{CacheControl: "private, no-cache"}, want{CacheControl: "no-store"}, `- Cache-Control: "no-store"`},
		"Header":               {want{Header: http.Header{"Vary": {"Accept", "Origin"}}}, want{Header: http.Header{"Vary": {"Accept"}}}, `+ Vary: "Accept" and "Origin"`},
		"Header: must be sent": {want{Header: http.Header{"Vary": {"Accept", "Origin"}}}, want{Header: http.Header{"Link": {"x"}}}, "+ Link: (none)"},
		"Header: must not be":  {want{Header: http.Header{"Link": nil}}, want{Header: http.Header{"Vary": nil}}, "- Vary: (none)"},
	})
}

func TestCheckDownloadReportsEveryDifferenceAtOnce(t *testing.T) {
	t.Parallel()
	var tb spy
	storagetest.CheckDownload(&tb, download(), storagetest.Want{Status: 206, Filename: "a.txt", MediaType: "text/plain", Body: "hi\n"})
	assert.Equal(t, `CheckDownload: response 206 Partial Content differs (-want +got):
  Status: 206 Partial Content
- Filename: "a.txt"
+ Filename: "é.txt"
  Media type: text/plain
- Body: "hi\n"
+ Body: "hello"`, tb.text(t, 1))
}

func TestCheckDownloadReportsAnEqualBody(t *testing.T) {
	t.Parallel()
	var tb spy
	storagetest.CheckDownload(&tb, download(), storagetest.Want{Status: http.StatusOK, Body: "hello"})
	assert.Contains(t, tb.text(t, 1), "  Body: 5 bytes")
}

func TestCheckDownloadFaults(t *testing.T) {
	t.Parallel()
	for name, tc := range map[string]struct {
		response *httptest.ResponseRecorder
		want     storagetest.Want
		says     string
	}{
		"two dispositions": {
			recorded(200, "x", "Content-Disposition", "inline", "Content-Disposition", "attachment"),
			storagetest.Want{Status: 200}, `Content-Disposition is sent 2 times: "inline" and "attachment"`,
		},
		"two names": {
			recorded(200, "x", "Content-Disposition", `attachment; filename="a"; filename="b"`),
			storagetest.Want{Filename: "a"}, "duplicate parameter name",
		},
		"name of another charset": {
			recorded(200, "x", "Content-Disposition", `attachment; filename="a"; filename*=latin1''%E9`),
			storagetest.Want{Filename: "a"}, "does not begin with UTF-8''",
		},
		"name not UTF-8": {
			recorded(200, "x", "Content-Disposition", `attachment; filename="a;b"; filename*=UTF-8''%E9`),
			storagetest.Want{Filename: "a;b"}, "is not UTF-8",
		},
		"name badly escaped": {
			recorded(200, "x", "Content-Disposition", `attachment; filename*=UTF-8''%zz`),
			storagetest.Want{Filename: "a"}, "invalid URL escape",
		},
		"no name": {
			recorded(200, "x", "Content-Disposition", `attachment`),
			storagetest.Want{Filename: "a"}, "+ Filename: (none)",
		},
		"wrong length": {
			recorded(200, "hello", "Content-Length", "6"),
			storagetest.Want{Body: "hello"}, `Content-Length is "6", but the body has 5 bytes`,
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var tb spy
			storagetest.CheckDownload(&tb, tc.response, tc.want)
			assert.Contains(t, tb.text(t, 1), tc.says)
		})
	}
}

func TestCheckDownloadReadsAStarInAQuotedNameAsText(t *testing.T) {
	t.Parallel()
	response := recorded(200, "x", "Content-Disposition", `attachment; filename="a; filename*=b.txt"`)
	storagetest.CheckDownload(t, response, storagetest.Want{Filename: "a; filename*=b.txt"})
}

func TestCheckDownloadImpossible(t *testing.T) {
	t.Parallel()
	type want = storagetest.Want
	for name, tc := range map[string]struct {
		want want
		says string
	}{
		"nothing":             {want{}, "it checks nothing"},
		"empty header":        {want{Header: http.Header{}}, "it checks nothing"},
		"status":              {want{Status: 1000}, "Status 1000 is invalid"},
		"name of a 304":       {want{Status: 304, Filename: "a"}, `a 304 has no file, but Filename is "a"`},
		"disposition of 404":  {want{Status: 404, Disposition: "inline"}, `a 404 has no file, but Disposition is "inline"`},
		"content of a 304":    {want{Status: 304, Body: "a"}, "a 304 has no content"},
		"content of a 204":    {want{Status: 204, Body: "a"}, "a 204 has no content"},
		"empty and a body":    {want{Empty: true, Body: "a"}, "Body has 1 bytes, but Empty"},
		"disposition":         {want{Disposition: "attachment; filename=a"}, "Filename has the name"},
		"types":               {want{ContentType: "text/plain", MediaType: "text/html"}, "contradicts MediaType"},
		"media type":          {want{MediaType: "text/plain; charset=utf-8"}, "has parameters"},
		"tag without quotes":  {want{ETag: "v1"}, "is no entity-tag"},
		"range form":          {want{ContentRange: "0-4/11"}, "is not of the form"},
		"range of a 200":      {want{Status: 200, ContentRange: "bytes 0-4/11"}, "requires a 206"},
		"range of a 416":      {want{Status: 206, ContentRange: "bytes */11"}, "requires a 416"},
		"range backwards":     {want{ContentRange: "bytes 4-0/11"}, "outside of the content"},
		"range beyond":        {want{ContentRange: "bytes 0-11/11"}, "outside of the content"},
		"range and length":    {want{ContentRange: "bytes 0-4/*", Body: "abc"}, "has 5 bytes, but Body has 3"},
		"header against type": {want{ContentType: "a/b", Header: http.Header{"Content-Type": {"a/c"}}}, "but the field of Want is"},
		"header name":         {want{Header: http.Header{"etag": {`"a"`}}}, `whose canonical form is "Etag"`},
		"no disposition":      {want{Filename: "a", Header: http.Header{"Content-Disposition": nil}}, "Header excludes Content-Disposition"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var tb spy
			storagetest.CheckDownload(&tb, download(), tc.want)
			assert.Contains(t, tb.text(t, 1), tc.says)
			assert.Contains(t, tb.text(t, 1), "no response can meet the expectation")
		})
	}
}

func TestCheckDownloadOfNothing(t *testing.T) {
	t.Parallel()
	var tb spy
	storagetest.CheckDownload[*http.Response](&tb, nil, storagetest.Want{Status: 200})
	storagetest.CheckDownload[*httptest.ResponseRecorder](&tb, nil, storagetest.Want{Status: 200})
	assert.Contains(t, tb.text(t, 2), "nil *http.Response")
	assert.Contains(t, tb.text(t, 2), "nil *httptest.ResponseRecorder")
}

func TestCheckDownloadOfAClientResponse(t *testing.T) {
	t.Parallel()
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Length", "10")
		if r.Method == http.MethodGet {
			_, _ = io.WriteString(w, "short")
			_ = http.NewResponseController(w).Flush()
			panic(http.ErrAbortHandler)
		}
	}))
	t.Cleanup(srv.Close)
	get, err := srv.Client().Get(srv.URL + "/a?token=secret")
	require.NoError(t, err)
	defer get.Body.Close()
	var tb spy
	storagetest.CheckDownload(&tb, get, storagetest.Want{Body: "short"})
	said := tb.text(t, 1)
	assert.Contains(t, said, "response 200 OK to GET /a")
	assert.Contains(t, said, "the body was aborted after 5 bytes: unexpected EOF")
	assert.NotContains(t, said, "secret")

	head, err := srv.Client().Head(srv.URL)
	require.NoError(t, err)
	defer head.Body.Close()
	storagetest.CheckDownload(t, head, storagetest.Want{Empty: true, Header: http.Header{"Content-Length": {"10"}}})
	tb = spy{}
	storagetest.CheckDownload(&tb, head, storagetest.Want{Body: "0123456789"})
	assert.Contains(t, tb.text(t, 1), "response to a HEAD")
}

// A check reads only as far as the first difference, and the body can be read again.
func TestCheckDownloadKeepsTheBodyReadable(t *testing.T) {
	t.Parallel()
	content := bytes.Repeat([]byte("0123456789"), 1000)
	read := 0
	counted := io.TeeReader(bytes.NewReader(content), writerFunc(func(p []byte) { read += len(p) }))
	resp := &http.Response{StatusCode: http.StatusOK, Body: io.NopCloser(counted)}
	storagetest.CheckDownload(t, resp, storagetest.Want{Status: 200})
	assert.Zero(t, read, "no content was wanted")
	var tb spy
	storagetest.CheckDownload(&tb, resp, storagetest.Want{Body: "0123456789!"})
	assert.Contains(t, tb.text(t, 1), "Body from byte 10")
	assert.Contains(t, tb.text(t, 1), "of more than")
	assert.Less(t, read, 1<<10)
	storagetest.CheckDownload(t, resp, storagetest.Want{Body: string(content)})
	storagetest.CheckDownload(t, resp, storagetest.Want{Body: string(content)})
	got, err := io.ReadAll(resp.Body)
	require.NoError(t, err)
	assert.Equal(t, content, got)
}

func TestCheckDownloadKeepsAnErrorOfTheBody(t *testing.T) {
	t.Parallel()
	broken := errors.New("broken")
	resp := &http.Response{StatusCode: http.StatusOK, Body: io.NopCloser(io.MultiReader(strings.NewReader("abc"), iotest.ErrReader(broken)))}
	for range 2 {
		var tb spy
		storagetest.CheckDownload(&tb, resp, storagetest.Want{Body: "abc"})
		assert.Contains(t, tb.text(t, 1), "aborted after 3 bytes: broken")
	}
	_, err := io.ReadAll(resp.Body)
	assert.ErrorIs(t, err, broken)
}

func TestCheckDownloadOfBinaryContent(t *testing.T) {
	t.Parallel()
	content := strings.Repeat("\x00\xff", 5000)
	var tb spy
	storagetest.CheckDownload(&tb, recorded(200, content), storagetest.Want{Body: content[:6000] + "!" + content[6001:]})
	said := tb.text(t, 1)
	assert.Contains(t, said, `- Body from byte 6000: "!`)
	assert.Contains(t, said, `of 10000`)
	assert.Less(t, len(said), 1000)
}

type writerFunc func(p []byte)

func (f writerFunc) Write(p []byte) (int, error) { f(p); return len(p), nil }
