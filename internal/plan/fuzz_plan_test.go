package plan_test

import (
	"bytes"
	"fmt"
	"io"
	"mime"
	"mime/multipart"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/go-downloadview/downloadview/internal/plan"
)

// An answer is the part of a response that is compared.
type answer struct {
	status  int
	windows []plan.Window
}

func (a answer) String() string {
	var b strings.Builder
	fmt.Fprint(&b, a.status)
	for _, w := range a.windows {
		fmt.Fprintf(&b, " %d-%d", w.Off, w.Off+w.N-1)
	}
	return b.String()
}

// content is the content of the oracle. Neighbouring bytes differ.
var content = func() []byte {
	b := make([]byte, 2000)
	for i := range b {
		b[i] = byte(i ^ i>>8)
	}
	return b
}()

// fields returns the request as net/http passes it to a handler.
func fields(req *plan.Request) *http.Request {
	r := httptest.NewRequest(http.MethodGet, "/", http.NoBody)
	if req.Head {
		r.Method = http.MethodHead
	}
	for name, value := range map[string]string{
		"Range": req.Range, "If-Range": req.IfRange, "If-Match": req.IfMatch, "If-None-Match": req.IfNoneMatch,
		"If-Modified-Since": req.IfModifiedSince, "If-Unmodified-Since": req.IfUnmodifiedSince,
	} {
		if value != "" {
			r.Header.Set(name, value)
		}
	}
	return r
}

// serveContent returns the response of [http.ServeContent], whose body must match its Content-Range.
func serveContent(t *testing.T, req *plan.Request, facts *plan.Facts) answer {
	t.Helper()
	file := content[:facts.Size]
	rec := httptest.NewRecorder()
	rec.Header().Set("Content-Type", "application/octet-stream")
	if facts.ETag != "" {
		rec.Header().Set("Etag", facts.ETag)
	}
	http.ServeContent(rec, fields(req), "", facts.ModTime, bytes.NewReader(file))

	a := answer{status: rec.Code}
	body := rec.Body.Bytes()
	add := func(contentRange string, body []byte) {
		var first, last, size int64
		_, err := fmt.Sscanf(contentRange, "bytes %d-%d/%d", &first, &last, &size)
		require.NoError(t, err, contentRange)
		require.Equal(t, facts.Size, size)
		a.windows = append(a.windows, plan.Window{Off: first, N: last - first + 1})
		if !req.Head {
			require.Equal(t, string(file[first:last+1]), string(body))
		}
	}
	mediaType, params, err := mime.ParseMediaType(rec.Header().Get("Content-Type"))
	switch {
	case rec.Code == http.StatusPartialContent && err == nil && mediaType == "multipart/byteranges":
		for r := multipart.NewReader(bytes.NewReader(body), params["boundary"]); !req.Head; {
			p, err := r.NextRawPart()
			if err == io.EOF {
				break
			}
			require.NoError(t, err)
			b, err := io.ReadAll(p)
			require.NoError(t, err)
			add(p.Header.Get("Content-Range"), b)
		}
	case rec.Code == http.StatusPartialContent:
		add(rec.Header().Get("Content-Range"), body)
	case rec.Code == http.StatusOK && !req.Head:
		require.Equal(t, string(file), string(body))
	}
	return a
}

// FuzzPlan compares Decide with [http.ServeContent]. A row of [differences] must explain each difference.
func FuzzPlan(f *testing.F) {
	for _, r := range rangeSeeds {
		f.Add(false, r, "", "", "", "", "", `"v1"`, uint16(1000), int64(0))
		f.Add(true, r, "", "", "", "", "", "", uint16(0), int64(0))
		f.Add(false, r, `"v1"`, "", "", "", "", `"v1"`, uint16(100), int64(0))
	}
	tags := []string{`"v1"`, `W/"v1"`, `"v2"`, `"v0", "v1"`, `"v0" "v1"`, `"v1", x`, `, ,"v1"`, "*", `*, "v2"`, "v1", `"v1`, ","}
	for _, tag := range tags {
		for _, etag := range []string{`"v1"`, `W/"v1"`, ""} {
			f.Add(false, "bytes=2-5", tag, "", "", "", "", etag, uint16(100), int64(0))
			f.Add(false, "bytes=2-5", "", tag, "", "", earlier, etag, uint16(100), int64(0))
			f.Add(false, "bytes=2-5", "", "", tag, lm, "", etag, uint16(100), int64(0))
		}
	}
	dates := []string{lm, earlier, later, "x", "Saturday, 06-Jan-24 10:20:30 GMT", "Sat Jan  6 10:20:30 2024",
		"Saturday, 06-Jan-24 10:20:30 EST", "Sat, 06 Jan 2024 10:20:30.7 GMT", "sat, 06 jan 2024 10:20:30 gmt",
		"Sat, 06 Jan 2024 10:20:60 GMT", "Thu, 01 Jan 1970 00:00:00 GMT", "Thu, 01 Jan 2026 00:00:00 GMT"}
	for _, date := range dates {
		for _, mod := range []int64{0, -1704536430, 62689170, 62689171} { // modified, 1970, now and a second after it
			f.Add(false, "bytes=2-5", date, "", "", "", "", "", uint16(100), mod)
			f.Add(false, "bytes=2-5", "", "", "", date, "", "", uint16(100), mod)
			f.Add(false, "bytes=2-5", "", "", "", "", date, "", uint16(100), mod)
		}
	}
	f.Fuzz(func(t *testing.T, head bool, rng, ifRange, im, inm, ims, ius, etag string, size uint16, mod int64) {
		for _, s := range []*string{&rng, &ifRange, &im, &inm, &ims, &ius, &etag} {
			if strings.ContainsFunc(*s, func(r rune) bool { return r < ' ' && r != '\t' || r == 0x7f }) {
				t.Skip("not a field value")
			}
			*s = strings.Trim(*s, " \t")
		}
		req := plan.Request{Head: head, Range: rng, IfRange: ifRange, IfMatch: im, IfNoneMatch: inm,
			IfModifiedSince: ims, IfUnmodifiedSince: ius}
		facts := plan.Facts{Size: int64(size) % 2000, ETag: etag, Now: now,
			ModTime: modified.Add(time.Duration(mod%(100*365*86400)) * time.Second)}
		if mod%2 == 0 {
			facts.ModTime = facts.ModTime.Truncate(time.Second)
		}

		d := plan.Decide(&req, &facts)
		ours := answer{status: d.Status}
		for i := range d.Len() {
			ours.windows = append(ours.windows, d.At(i))
		}
		theirs := serveContent(t, &req, &facts)
		if ours.String() == theirs.String() {
			return
		}
		for _, diff := range differences {
			if diff.between(exchange{req, facts, ours, theirs}) {
				return
			}
		}
		t.Fatalf("%+v\nof %+v\nis answered %v, by ServeContent %v", req, facts, ours, theirs)
	})
}
