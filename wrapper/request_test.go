package wrapper_test

import (
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/go-downloadview/downloadview/wrapper"
)

// Range, If-Range and the dates are no lists: proxies read the first line or none. RFC 9110 section 5.3 allows several
// lines of list fields alone.
func TestS11SeveralLinesOfOneField(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		header http.Header
		want   wrapper.Request
	}{
		"Range":    {http.Header{"Range": {"bytes=0-0", "bytes=2-2"}}, wrapper.Request{}},
		"same":     {http.Header{"Range": {"bytes=0-0", "bytes=0-0"}}, wrapper.Request{}},
		"one":      {http.Header{"Range": {"bytes=0-0,2-2"}}, wrapper.Request{Range: "bytes=0-0,2-2"}},
		"rest":     {http.Header{"Range": {"bytes=0-0", "2-2"}}, wrapper.Request{}},
		"If-Range": {http.Header{"Range": {"bytes=0-0"}, "If-Range": {`"a"`, `"a"`}}, wrapper.Request{}},
		"since": {http.Header{
			"If-Modified-Since":   {"Mon, 01 Jan 2024 00:00:00 GMT", "Mon, 01 Jan 2024 00:00:00 GMT"},
			"If-Unmodified-Since": {"Mon, 01 Jan 2024 00:00:00 GMT", "Tue, 01 Jan 2030 00:00:00 GMT"},
		}, wrapper.Request{}},
		"lists": {http.Header{"If-Match": {`"a"`, `"b"`}, "If-None-Match": {`"c"`, `"d"`}}, wrapper.Request{
			IfMatch: `"a", "b"`, IfNoneMatch: `"c", "d"`,
		}},
	} {
		r := httptest.NewRequest(http.MethodGet, "/", http.NoBody)
		r.Header = c.header
		assert.Equal(t, c.want, wrapper.RequestOf(r), name)
	}
}
