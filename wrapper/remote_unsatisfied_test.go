package wrapper_test

import (
	"net/http"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/go-downloadview/downloadview/wrapper"
)

// I10 with preconditions: a 416 of S3 and of net/http has no validators, and does not show that a precondition is false. The
// client that resumes complete content would get all of it again.
func TestI10UnsatisfiableRangeWithPreconditions(t *testing.T) {
	t.Parallel()
	date := modified.Format(http.TimeFormat)
	const later = "Fri, 01 Jan 2100 00:00:00 GMT"
	for name, tc := range map[string]struct {
		req    wrapper.Request
		status int
	}{
		"If-Match":               {wrapper.Request{IfMatch: `"e"`}, 416},
		"If-Match of any":        {wrapper.Request{IfMatch: "*"}, 416},
		"false If-Match":         {wrapper.Request{IfMatch: `"x"`}, 412},
		"If-Range":               {wrapper.Request{IfRange: `"e"`}, 416},
		"false If-Range":         {wrapper.Request{IfRange: `"x"`}, 200},
		"date in If-Range":       {wrapper.Request{IfRange: date}, 416},
		"If-None-Match":          {wrapper.Request{IfNoneMatch: `"x"`}, 416},
		"false If-None-Match":    {wrapper.Request{IfNoneMatch: `"e"`}, 304},
		"If-Modified-Since":      {wrapper.Request{IfModifiedSince: "Sat, 01 Jan 2000 00:00:00 GMT"}, 416},
		"false date":             {wrapper.Request{IfModifiedSince: later}, 304},
		"If-Unmodified-Since":    {wrapper.Request{IfUnmodifiedSince: date}, 416},
		"If-Match with If-Range": {wrapper.Request{IfMatch: `"e"`, IfRange: `"e"`}, 416},
	} {
		for _, described := range []bool{false, true} {
			o := newOrigin(t, func(w http.ResponseWriter, r *http.Request) {
				if r.Header.Get("Range") == "" {
					goServer(digits)(w, r)
					return
				}
				if described {
					w.Header().Set("ETag", `"e"`)
					w.Header().Set("Last-Modified", date)
				}
				w.Header().Set("Content-Range", "bytes */10")
				w.WriteHeader(http.StatusRequestedRangeNotSatisfiable) // before the preconditions are evaluated
			})
			tc.req.Range = "bytes=10-"
			resp, err := o.file(t).Fetch(t.Context(), tc.req)
			require.NoError(t, err, name)
			assert.Equal(t, tc.status, resp.Status, "%s, described %v", name, described)
			require.NoError(t, resp.Close())
		}
	}
}
