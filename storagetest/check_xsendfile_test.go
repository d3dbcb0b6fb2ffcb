package storagetest_test

import (
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/go-downloadview/downloadview/storagetest"
)

func TestCheckXSendfileFields(t *testing.T) {
	t.Parallel()
	type want = storagetest.WantXSendfile
	response := func() *httptest.ResponseRecorder {
		return recorded(http.StatusOK, "", "X-Sendfile", "/srv/a%20b", "X-Other-Sendfile", "/srv/c",
			"Content-Disposition", `inline; filename="b"`)
	}
	testFields(t, func(tb *spy, w want) { storagetest.CheckXSendfile(tb, response(), w) }, map[string]fieldCase[want]{
		"Path":    {want{Path: "/srv/a%20b"}, want{Path: "/srv/a b"}, "- X-Sendfile: \"/srv/a b\"\n+ X-Sendfile: \"/srv/a%20b\""},
		"Escaped": {want{Path: "/srv/a b", Escaped: true}, want{Path: "/srv/a%20b", Escaped: true}, `+ X-Sendfile: "/srv/a b", sent as "/srv/a%20b"`},
		"Field":   {want{Path: "/srv/c", Field: "X-Other-Sendfile"}, want{Path: "/srv/c", Field: "X-No-Sendfile"}, "X-No-Sendfile is missing"},
		"Want": {
			want{Want: storagetest.Want{Disposition: "inline"}}, want{Want: storagetest.Want{Disposition: "attachment"}},
			"- Disposition: attachment\n+ Disposition: inline",
		},
	})
}

func TestCheckXSendfileFaults(t *testing.T) {
	t.Parallel()
	for name, tc := range map[string]struct {
		response *httptest.ResponseRecorder
		want     storagetest.WantXSendfile
		says     string
	}{
		"status":   {recorded(404, "", "X-Sendfile", "/a"), storagetest.WantXSendfile{Path: "/a"}, "+ Status: 404 Not Found"},
		"length":   {recorded(200, "", "X-Sendfile", "/a", "Content-Length", "5"), storagetest.WantXSendfile{Path: "/a"}, "Content-Length is sent"},
		"range":    {recorded(200, "", "X-Sendfile", "/a", "Content-Range", "bytes 0-4/11"), storagetest.WantXSendfile{Path: "/a"}, "Content-Range is sent"},
		"relative": {recorded(200, "", "X-Sendfile", "a"), storagetest.WantXSendfile{Path: "/a"}, `X-Sendfile is "a", which is not absolute`},
		"raw":      {recorded(200, "", "X-Sendfile", "/a b"), storagetest.WantXSendfile{Path: "/a b", Escaped: true}, "must be percent-encoded"},
		"twice":    {recorded(200, "", "X-Sendfile", "/a", "X-Sendfile", "/b"), storagetest.WantXSendfile{Path: "/a"}, "is sent 2 times"},
		"nothing":  {recorded(200, "", "X-Sendfile", "/a"), storagetest.WantXSendfile{}, "it checks nothing"},
		"wants a relative path": {
			recorded(200, "", "X-Sendfile", "/a"), storagetest.WantXSendfile{Path: "a"}, "is not absolute",
		},
		"wants a line break": {
			recorded(200, "", "X-Sendfile", "/a"), storagetest.WantXSendfile{Path: "/a\n"}, "is no valid field value",
		},
		"wants a 206": {
			recorded(200, "", "X-Sendfile", "/a"), storagetest.WantXSendfile{Path: "/a", Want: storagetest.Want{Status: 206}}, "must be sent with a 200",
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var tb spy
			storagetest.CheckXSendfile(&tb, tc.response, tc.want)
			assert.Contains(t, tb.text(t, 1), tc.says)
		})
	}
	storagetest.CheckXSendfile(t, recorded(200, "", "X-Sendfile", "/a%0A"), storagetest.WantXSendfile{Path: "/a\n", Escaped: true})
}
