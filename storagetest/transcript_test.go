package storagetest_test

import (
	"errors"
	"fmt"
	"io"
	"mime/multipart"
	"net/http"
	"net/textproto"
	"net/url"
	"strings"
	"testing"
	"testing/iotest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/go-downloadview/downloadview/storagetest"
)

func TestTranscriptIsStableBetweenRuns(t *testing.T) {
	t.Parallel()
	now := time.Now().UTC()
	fixed := time.Date(2020, 1, 2, 3, 4, 5, 0, time.UTC)
	clockTag := fmt.Sprintf(`"%x-%x"`, now.UnixNano(), 11)
	r := storagetest.Get(t, "/a.txt?X-Amz-Date="+now.Format("20060102T150405Z")+"&X-Amz-Signature=5ec7e7&keep=1",
		storagetest.IfModifiedSince(now), storagetest.IfNoneMatch(clockTag, `"fixed"`))
	calls := fmt.Sprintf("read a.txt [0:5]: 5 bytes\nGET http://127.0.0.1:%d/a.txt\n", 30000+now.Nanosecond()%1000)
	response := recorded(200, "hello",
		"Date", now.Format(http.TimeFormat),
		"Last-Modified", fixed.Format(http.TimeFormat),
		"Etag", fmt.Sprintf(`W/"%x-%x"`, now.Unix(), 5), "X-Tag", `"5e0d5e8a-5"`,
		"Location", "https://h/k?se="+url.QueryEscape(now.Add(7*24*time.Hour).Format(time.RFC3339))+"&sig=a%2Fb&Expires="+fmt.Sprint(now.Unix()),
		"X-Scope", "K%2F"+now.Format("20060102")+"%2Fus", "X-Fixed", "/20200102/ 2020-01-02T03:04:05Z 20200102T030405Z Expires=1577934245",
	)
	got := storagetest.Transcript(r, calls, response)
	assert.Equal(t, `> GET /a.txt?X-Amz-Date=<now>&X-Amz-Signature=<secret>&keep=1
> If-Modified-Since: <now>
> If-None-Match: "<now>-b", "fixed"
. read a.txt [0:5]: 5 bytes
. GET http://127.0.0.1:<port>/a.txt
< 200 OK
< Date: <now>
< Etag: W/"<now>-5"
< Last-Modified: Thu, 02 Jan 2020 03:04:05 GMT
< Location: https://h/k?se=<now>&sig=<secret>&Expires=<now>
< X-Fixed: /20200102/ 2020-01-02T03:04:05Z 20200102T030405Z Expires=1577934245
< X-Scope: K%2F<today>%2Fus
< X-Tag: "5e0d5e8a-5"
= 5 bytes, sha256 2cf24dba5fb0, "hello"
`, got)
}

func TestTranscriptOfParts(t *testing.T) {
	t.Parallel()
	transcript := func() string {
		var b strings.Builder
		w := multipart.NewWriter(&b) // with a boundary of its own every time
		for _, content := range []string{"he", "lo"} {
			part, err := w.CreatePart(textproto.MIMEHeader{"Content-Range": {"bytes 0-1/5"}})
			require.NoError(t, err)
			_, err = io.WriteString(part, content)
			require.NoError(t, err)
		}
		require.NoError(t, w.Close())
		response := recorded(206, b.String(), "Content-Type", "multipart/byteranges; boundary="+w.Boundary())
		return storagetest.Transcript(storagetest.Get(t, "/a"), "", response)
	}
	one := transcript()
	assert.Equal(t, `> GET /a
< 206 Partial Content
< Content-Type: multipart/byteranges; boundary=<boundary>
| Content-Range: bytes 0-1/5
| 2 bytes, sha256 372f7e2fd2d0, "he"
| Content-Range: bytes 0-1/5
| 2 bytes, sha256 9294ab38039f, "lo"
= end of parts
`, one)
	assert.Equal(t, one, transcript())
	cut := recorded(206, "--x\r\nA: 1\r\n\r\nhe", "Content-Type", "multipart/byteranges; boundary=x")
	got := storagetest.Transcript(storagetest.Get(t, "/a"), "", cut)
	assert.Contains(t, got, "then unexpected EOF")
	assert.Contains(t, got, "= parts aborted")
}

func TestTranscriptOfBodies(t *testing.T) {
	t.Parallel()
	r := storagetest.Get(t, "/a")
	for name, tc := range map[string]struct {
		body io.Reader
		want string
	}{
		"none":   {nil, "= 0 bytes\n"},
		"empty":  {strings.NewReader(""), "= 0 bytes\n"},
		"long":   {strings.NewReader(strings.Repeat("x", 1e6)), `, "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx"…`},
		"broken": {io.MultiReader(strings.NewReader("ab"), iotest.ErrReader(errors.New("reset"))), `= 2 bytes, sha256 fb8e20fc2e4c, "ab", then reset`},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			resp := &http.Response{StatusCode: http.StatusOK}
			if tc.body != nil {
				resp.Body = io.NopCloser(tc.body)
			}
			assert.Contains(t, storagetest.Transcript(r, "", resp), tc.want)
		})
	}
	assert.Contains(t, storagetest.Transcript[*http.Response](r, "", nil), "< no response\n")
}
