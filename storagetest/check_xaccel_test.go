package storagetest_test

import (
	"net/http"
	"net/http/httptest"
	"net/url"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"

	"github.com/go-downloadview/downloadview/storagetest"
)

func handedToNginx() *httptest.ResponseRecorder {
	return recorded(http.StatusOK, "",
		"X-Accel-Redirect", "/_files/a%20b%2541.txt?t=1&sig=secret",
		"X-Accel-Buffering", "no",
		"X-Accel-Limit-Rate", "65536",
		"X-Accel-Expires", "30",
		"X-Accel-Charset", "utf-8",
		"Content-Disposition", `attachment; filename="a b.txt"`,
	)
}

// django-downloadview's assertions on buffering, expiry and rate compare the name of the field with the expected
// value, so they always fail.
func TestCheckXAccelFields(t *testing.T) {
	t.Parallel()
	type want = storagetest.WantXAccel
	testFields(t, func(tb *spy, w want) { storagetest.CheckXAccel(tb, handedToNginx(), w) }, map[string]fieldCase[want]{
		"URI": {
			want{URI: "/_files/a b%41.txt"}, want{URI: "/_files/a bA.txt"},
			"- X-Accel-Redirect: \"/_files/a bA.txt\"\n+ X-Accel-Redirect: \"/_files/a b%41.txt\", sent as \"/_files/a%20b%2541.txt?…\"",
		},
		"Query":     {want{Query: url.Values{"t": {"1"}}}, want{Query: url.Values{"t": {"2"}}}, `+ X-Accel-Redirect parameter t: "1"`},
		"Buffering": {want{Buffering: new(false)}, want{Buffering: new(true)}, "- X-Accel-Buffering: \"yes\"\n+ X-Accel-Buffering: \"no\""},
		"LimitRate": {want{LimitRate: 65536}, want{LimitRate: 65537}, "- X-Accel-Limit-Rate: \"65537\"\n+ X-Accel-Limit-Rate: \"65536\""},
		"LimitRate: off": {
			want{LimitRate: 65536}, want{LimitRate: -1}, "- X-Accel-Limit-Rate: \"off\"\n+ X-Accel-Limit-Rate: \"65536\"",
		},
		"Expires": {
			want{Expires: 30 * time.Second}, want{Expires: time.Minute}, "- X-Accel-Expires: \"60\"\n+ X-Accel-Expires: \"30\"",
		},
		"Charset":       {want{Charset: "utf-8"}, want{Charset: "latin1"}, "- X-Accel-Charset: \"latin1\"\n+ X-Accel-Charset: \"utf-8\""},
		"Want: name":    {want{Want: storagetest.Want{Filename: "a b.txt"}}, want{Want: storagetest.Want{Filename: "b.txt"}}, "- Filename"},
		"Want: content": {want{Want: storagetest.Want{Empty: true}}, want{Want: storagetest.Want{ETag: `"a"`}}, "+ ETag: (none)"},
	})
}

func TestCheckXAccelOff(t *testing.T) {
	t.Parallel()
	for _, off := range []string{"off", "0"} {
		response := recorded(http.StatusOK, "", "X-Accel-Redirect", "/a", "X-Accel-Limit-Rate", off, "X-Accel-Expires", off)
		storagetest.CheckXAccel(t, response, storagetest.WantXAccel{LimitRate: -1, Expires: -time.Second})
	}
}

func TestCheckXAccelEscaping(t *testing.T) {
	t.Parallel()
	for name, tc := range map[string]struct{ sent, want, says string }{
		"as it is":     {"/f/a.txt", "/f/a.txt", ""},
		"once":         {"/f/a%20%3Fb%23%25.txt", "/f/a ?b#%.txt", ""},
		"plus":         {"/f/a+b", "/f/a+b", ""},
		"unicode":      {"/f/%C3%A9", "/f/é", ""},
		"named":        {"@files", "@files", ""},
		"twice":        {"/f/a%2520b", "/f/a b", `+ X-Accel-Redirect: "/f/a%20b", sent as "/f/a%2520b"`},
		"raw percent":  {"/f/a%41", "/f/a%41", `+ X-Accel-Redirect: "/f/aA", sent as "/f/a%41"`},
		"raw question": {"/f/a?b", "/f/a?b", `+ X-Accel-Redirect: "/f/a", sent as "/f/a?…"`},
		"raw space":    {"/f/a b", "/f/a b", `byte 4 of "/f/a b", " ", must be percent-encoded`},
		"raw hash":     {"/f/a#b", "/f/a#b", `must be percent-encoded`},
		"raw unicode":  {"/f/é", "/f/é", `must be percent-encoded`},
		"broken":       {"/f/%zz", "/f/%zz", `invalid URL escape`},
		"relative":     {"f/a", "/f/a", `does not begin with a slash`},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var tb spy
			storagetest.CheckXAccel(&tb, recorded(200, "", "X-Accel-Redirect", tc.sent), storagetest.WantXAccel{URI: tc.want})
			if tc.says == "" {
				assert.Empty(t, tb.messages)
			} else {
				assert.Contains(t, tb.text(t, 1), tc.says)
			}
		})
	}
}

func TestCheckXAccelFaults(t *testing.T) {
	t.Parallel()
	want := storagetest.WantXAccel{URI: "/a"}
	for name, tc := range map[string]struct {
		response *httptest.ResponseRecorder
		says     string
	}{
		"status":     {recorded(206, "", "X-Accel-Redirect", "/a"), "- Status: 200 OK\n+ Status: 206 Partial Content"},
		"length":     {recorded(200, "", "X-Accel-Redirect", "/a", "Content-Length", "5"), `Content-Length is sent ("5")`},
		"range":      {recorded(200, "", "X-Accel-Redirect", "/a", "Content-Range", "bytes 0-4/11"), "Content-Range is sent"},
		"not offloaded": {recorded(200, "hello"), "+ X-Accel-Redirect: (none)\n  Status: 200 OK\n! X-Accel-Redirect is missing"},
		"twice":      {recorded(200, "", "X-Accel-Redirect", "/a", "X-Accel-Redirect", "/b"), `X-Accel-Redirect is sent 2 times: "/a" and "/b"`},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var tb spy
			storagetest.CheckXAccel(&tb, tc.response, want)
			assert.Contains(t, tb.text(t, 1), tc.says)
		})
	}
}

func TestCheckXAccelImpossible(t *testing.T) {
	t.Parallel()
	type want = storagetest.WantXAccel
	for name, tc := range map[string]struct {
		want want
		says string
	}{
		"nothing":          {want{}, "it checks nothing"},
		"status":           {want{URI: "/a", Want: storagetest.Want{Status: 206}}, "must be sent with a 200"},
		"body":             {want{URI: "/a", Want: storagetest.Want{Body: "a"}}, "the proxy drops the body"},
		"range":            {want{URI: "/a", Want: storagetest.Want{ContentRange: "bytes 0-4/11"}}, "the proxy evaluates ranges"},
		"relative":         {want{URI: "a"}, "begins neither with a slash nor with @"},
		"part of a second": {want{Expires: 1500 * time.Millisecond}, "is no whole number of seconds"},
		"what Want says":   {want{Want: storagetest.Want{ETag: "a"}}, "is no entity-tag"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var tb spy
			storagetest.CheckXAccel(&tb, handedToNginx(), tc.want)
			assert.Contains(t, tb.text(t, 1), tc.says)
		})
	}
}
