package wrapper_test

import (
	"bytes"
	"io"
	"net/http"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/go-downloadview/downloadview/wrapper"
)

// alteringProxy answers every GET without a range with other bytes than those that are stored, and every HEAD with the
// stored metadata.
type alteringProxy struct {
	fields  map[string]string
	head    map[string]string // of HEAD, instead of fields
	body    []byte
	length  bool // the proxy buffers the body
	ignores bool // Range is ignored, else it passes through
}

func (p *alteringProxy) serve(stored []byte) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("ETag", `"e"`)
		w.Header().Set("Content-Type", "text/plain")
		w.Header().Set("X-Crc32c", "1") // of the stored content
		if r.Method == http.MethodHead || r.Header.Get("Range") != "" && !p.ignores {
			for k, v := range p.head {
				w.Header().Set(k, v)
			}
			if r.Method == http.MethodHead {
				w.Header().Set("Content-Length", strconv.Itoa(len(stored)))
			}
			http.ServeContent(w, r, "", modified, bytes.NewReader(stored))
			return
		}
		for k, v := range p.fields {
			w.Header().Set(k, v)
		}
		if !p.length {
			_ = http.NewResponseController(w).Flush()
		}
		_, _ = w.Write(p.body)
	}
}

func TestI12ContentThatIsAlteredOnTheWay(t *testing.T) {
	t.Parallel()
	plain := []byte(strings.Repeat(digits, 1000))
	packed := gzipped(string(plain))
	gunzips := alteringProxy{body: plain, fields: map[string]string{"Etag": `W/"e"`}}
	for name, tc := range map[string]struct {
		proxy  alteringProxy
		stored []byte
		coding string
		url    bool // also shows at a URL
	}{
		"GCS decodes":            {alteringProxy{body: plain, fields: map[string]string{"X-Goog-Stored-Content-Encoding": "gzip"}}, packed, "", true},
		"GCS decodes, buffered":  {alteringProxy{body: plain, length: true, fields: map[string]string{"X-Goog-Stored-Content-Encoding": "gzip"}}, packed, "", true},
		"warning":                {alteringProxy{body: plain, length: true, fields: map[string]string{"Warning": `214 UploadServer gunzipped`}}, packed, "", true},
		"a second warning":       {alteringProxy{body: plain, length: true, fields: map[string]string{"Warning": `110 - "old, stale", 214 - "gunzipped"`}}, packed, "", true},
		"gunzip":                 {gunzips, packed, "", false},
		"gunzip, head with gzip": {alteringProxy{body: plain, fields: gunzips.fields, head: map[string]string{"Content-Encoding": "gzip"}}, packed, "", false},
		"gunzip, ignores ranges": {alteringProxy{body: plain, ignores: true, fields: map[string]string{"Etag": `W/"e"`}}, packed, "", false},
		"gzip":                   {alteringProxy{body: packed, fields: map[string]string{"Content-Encoding": "gzip", "Etag": `W/"e"`, "Vary": "Accept-Encoding"}}, plain, "gzip", true},
		"gzip, buffered":         {alteringProxy{body: packed, length: true, fields: map[string]string{"Content-Encoding": "gzip", "Etag": `W/"e"`, "Vary": "Origin, Accept-Encoding"}}, plain, "gzip", true},
		"GCS and gzip":           {alteringProxy{body: packed, length: true, fields: map[string]string{"Content-Encoding": "gzip", "X-Goog-Stored-Content-Encoding": "identity"}}, plain, "gzip", true},
	} {
		for known, info := range map[string]wrapper.Info{
			"": {}, "size": {Size: int64(len(tc.stored))}, "size and tag": {Size: int64(len(tc.stored)), ETag: `"e"`},
			"stored coding": {Size: int64(len(tc.stored)), ETag: `"e"`, ContentEncoding: map[string]string{"": "gzip"}[tc.coding]},
		} {
			for field, req := range map[string]wrapper.Request{
				"": {}, "range": {Range: "bytes=0-9", IfMatch: `"x", "e"`}, "ranges": {Range: "bytes=0-9,50-59"}, "list": {IfNoneMatch: `"x", "y"`},
			} {
				t.Run(strings.Join([]string{name, known, field}, ", "), func(t *testing.T) {
					t.Parallel()
					s := newFaultyStore(t, tc.stored)
					h := tc.proxy.serve(tc.stored)
					s.before = func(_ int64, w http.ResponseWriter, r *http.Request) bool { h(w, r); return true }
					assertAltered(t, s.file().WithInfo(info), req, tc.stored, tc.proxy.body, tc.coding)
					if tc.url {
						assertAltered(t, newOrigin(t, h).file(t).WithInfo(info), req, tc.stored, tc.proxy.body, tc.coding)
					}
				})
			}
		}
	}
}

// assertAltered fetches content of which a GET gets other bytes than those stored. A range may be of the stored bytes.
func assertAltered(t *testing.T, f *wrapper.File, req wrapper.Request, stored, body []byte, coding string) {
	t.Helper()
	resp, err := f.Fetch(t.Context(), req)
	require.NoError(t, err)
	defer resp.Close()
	got, err := io.ReadAll(resp.Body)
	require.NoError(t, err)
	if resp.Status == http.StatusPartialContent {
		assert.Equal(t, string(stored[:resp.Ranges[0].N]), string(got))
		return
	}
	require.Equal(t, http.StatusOK, resp.Status)
	assert.True(t, bytes.Equal(body, got), "%d bytes of %d", len(got), len(body))
	assert.Equal(t, int64(wrapper.UnknownSize), resp.Info.Size)
	assert.Equal(t, coding, resp.Info.ContentEncoding)
	assert.True(t, resp.Info.Sequential)
	assert.Empty(t, resp.Info.Digests)
	assert.NotEqual(t, `"e"`, resp.Info.ETag)
}

func TestI12StoredContentOfGoogleCloudStorageIsNotAltered(t *testing.T) {
	t.Parallel()
	packed := gzipped(digits)
	o := newOrigin(t, func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("ETag", `"e"`)
		w.Header().Set("Content-Encoding", "gzip")
		w.Header().Set("X-Goog-Stored-Content-Encoding", "gzip")
		w.Header().Set("Vary", "Accept-Encoding")
		http.ServeContent(w, r, "", time.Time{}, bytes.NewReader(packed))
	})
	resp, err := o.file(t).Fetch(t.Context(), wrapper.Request{Range: "bytes=0-4"})
	require.NoError(t, err)
	assert.Equal(t, http.StatusPartialContent, resp.Status)
	assert.Equal(t, string(packed[:5]), readAll(t, resp.Body))
	assert.Equal(t, `"e"`, resp.Info.ETag)
}

// The coding of a response is that of its own bytes. The metadata came from a request that a proxy has encoded.
func TestI12CodingIsThatOfTheResponse(t *testing.T) {
	t.Parallel()
	for name, req := range map[string]wrapper.Request{
		"parts":         {Range: "bytes=0-0,-1", IfRange: `"e"`},
		"list of tags":  {IfMatch: `"x", "e"`},
		"unlisted tags": {IfNoneMatch: `"x", "y"`},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			o := encodedRanges(t)
			for _, f := range []*wrapper.File{o.file(t), o.file(t).WithInfo(wrapper.Info{Size: 10})} {
				resp, err := f.Fetch(t.Context(), req)
				require.NoError(t, err)
				assert.Empty(t, resp.Info.ContentEncoding)
				assert.Equal(t, digits, readAll(t, resp.Body))
			}
		})
	}
}

// encodedRanges is a server without HEAD behind a proxy that encodes what a request with a range receives, which is the whole.
func encodedRanges(t *testing.T) *origin {
	t.Helper()
	return newOrigin(t, func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("ETag", `"e"`)
		switch {
		case r.Method == http.MethodHead:
			w.WriteHeader(http.StatusMethodNotAllowed)
		case r.Header.Get("Range") != "":
			w.Header().Set("Content-Encoding", "gzip")
			_ = http.NewResponseController(w).Flush() // a length is unknown yet
			_, _ = w.Write(gzipped(digits))
		default:
			_, _ = io.WriteString(w, digits)
		}
	})
}

// The whole of altered content may be of another version than the metadata, with which the preconditions were decided.
func TestI12PreconditionsHoldOfTheResponse(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		req  wrapper.Request
		want int
	}{
		"If-Match":            {wrapper.Request{IfMatch: `"x", "e"`}, http.StatusPreconditionFailed},
		"If-Match, range":     {wrapper.Request{IfMatch: `"x", "e"`, Range: "bytes=0-4"}, http.StatusPreconditionFailed},
		"If-Match of both":    {wrapper.Request{IfMatch: `"new", "e"`}, http.StatusOK},
		"If-None-Match":       {wrapper.Request{IfNoneMatch: `"x", "new"`}, http.StatusNotModified},
		"If-None-Match, none": {wrapper.Request{IfNoneMatch: `"x", "y"`}, http.StatusOK},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := newFaultyStore(t, []byte(digits))
			s.before = func(_ int64, w http.ResponseWriter, r *http.Request) bool {
				w.Header().Set("ETag", `"e"`)
				switch {
				case r.Method == http.MethodHead:
					w.Header().Set("Content-Length", strconv.Itoa(len(digits)))
				case r.Header.Get("If-Match") != "": // pinned to the version of the metadata
					w.Header().Set("Content-Encoding", "gzip")
					_ = http.NewResponseController(w).Flush()
					_, _ = w.Write(gzipped(digits))
				default: // overwritten meanwhile
					w.Header().Set("ETag", `"new"`)
					_, _ = io.WriteString(w, strings.ToUpper(digits))
				}
				return true
			}
			resp, err := s.file().Fetch(t.Context(), tt.req)
			require.NoError(t, err)
			assert.Equal(t, tt.want, resp.Status)
			if resp.Body != nil {
				assert.Equal(t, strings.ToUpper(digits), readAll(t, resp.Body))
				assert.Equal(t, `"new"`, resp.Info.ETag)
			}
			require.NoError(t, resp.Close())
		})
	}
}
