package storagetest_test

import (
	"net/http"
	"net/http/httptest"
	"net/url"
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/go-downloadview/downloadview/storagetest"
)

func redirected(fields ...string) *httptest.ResponseRecorder {
	return recorded(http.StatusFound, "", append([]string{"Location", "https://h:8443/a%20b?t=1&s=secret"}, fields...)...)
}

func TestCheckRedirectFields(t *testing.T) {
	t.Parallel()
	type want = storagetest.WantRedirect
	location := "https://h:8443/a%20b?t=1&s=secret"
	testFields(t, func(tb *spy, w want) { storagetest.CheckRedirect(tb, redirected("Cache-Control", "no-store"), w) }, map[string]fieldCase[want]{
		"Status":          {want{Status: 302}, want{Status: 303}, "- Status: 303 See Other\n+ Status: 302 Found"},
		"Location":        {want{Location: location}, want{Location: "https://h/"}, "- Location: \"https://h/\"\n+ Location: \"https://h:8443/a%20b?…\""},
		"Location: query": {want{Location: location}, want{Location: location + "x"}, `+ Location: "https://h:8443/a%20b?… with another query"`},
		"Host":            {want{Host: "h:8443"}, want{Host: "h"}, "- Location host: h\n+ Location host: h:8443"},
		"Path":            {want{Path: "/a b"}, want{Path: "/a%20b"}, `+ Location path: "/a b"`},
		"Query":           {want{Query: url.Values{"t": {"1"}}}, want{Query: url.Values{"t": nil}}, "- Location parameter t: (none)"},
		"CacheControl":    {want{CacheControl: "no-store"}, want{CacheControl: "no-cache"}, `+ Cache-Control: "no-store"`},
		"Header":          {want{Header: http.Header{"Cache-Control": {"no-store"}}}, want{Header: http.Header{"Link": {"a"}}}, "+ Link: (none)"},
	})
}

func TestCheckRedirectFaults(t *testing.T) {
	t.Parallel()
	type want = storagetest.WantRedirect
	for name, tc := range map[string]struct {
		response *httptest.ResponseRecorder
		want     want
		says     string
	}{
		"none":               {recorded(200, ""), want{Host: "h"}, "! 200 OK is no redirect\n! Location is missing"},
		"two":                {redirected("Location", "/b"), want{Host: "h:8443"}, "Location is sent 2 times"},
		"malformed":          {recorded(302, "", "Location", "http://[::1/?secret"), want{Status: 302}, `Location "http://[::1/?…" cannot be parsed`},
		"wants nothing":      {redirected(), want{}, "it checks nothing"},
		"wants empty ones":   {redirected(), want{Header: http.Header{}, Query: url.Values{}}, "it checks nothing"},
		"wants a 200":        {redirected(), want{Status: 200}, "Status 200 is no redirect"},
		"wants two hosts":    {redirected(), want{Location: "http://a/", Host: "b"}, `has the host "a", but Host is "b"`},
		"wants two paths":    {redirected(), want{Location: "http://a/x", Path: "/y"}, `has the path "/x", but Path is "/y"`},
		"wants no path":      {redirected(), want{Path: "y"}, "does not begin with a slash"},
		"wants no URL":       {redirected(), want{Location: "http://[::1/"}, "cannot be parsed"},
		"wants two policies": {redirected(), want{CacheControl: "a", Header: http.Header{"Cache-Control": {"b"}}}, "but the field of Want is"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var tb spy
			storagetest.CheckRedirect(&tb, tc.response, tc.want)
			assert.Contains(t, tb.text(t, 1), tc.says)
			assert.NotContains(t, tb.text(t, 1), "secret")
		})
	}
}
