package blobdownload_test

import (
	"net/http"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"

	"github.com/go-downloadview/downloadview/blobdownload"
	"github.com/go-downloadview/downloadview/wrapper"
)

// A request that some proxy interprets otherwise than RFC 9110 is streamed. That costs one Stat if the request alone decides
// it, and no second one if the metadata does.
func TestOnlyPortableRequestsAreOffloaded(t *testing.T) {
	t.Parallel()
	const lm = "Sat, 06 Jan 2024 10:20:30 GMT"
	old := textInfo
	weak, digested := old, old
	weak.ETag = `W/"app"`
	digested.Digests = []wrapper.Digest{{Algorithm: "sha-256", Sum: make([]byte, 32)}}
	for _, tc := range []struct {
		name         string
		info         wrapper.Info
		fields       []string
		offloaded    bool
		status       int // of what is streamed
		stats, opens int32
	}{
		{"no condition", old, nil, true, 200, 1, 0},
		{"one range", old, []string{"Range", "bytes=0-4"}, true, 200, 1, 0},
		{"suffix", old, []string{"Range", "bytes=-4"}, true, 200, 1, 0},
		{"several ranges", old, []string{"Range", "bytes=0-0, 5-6,-1"}, true, 200, 1, 0},
		{"empty member", old, []string{"Range", "bytes=,0-4"}, false, 206, 1, 1},
		{"tab", old, []string{"Range", "bytes=\t0-4"}, false, 206, 1, 1},
		{"beyond an int64", old, []string{"Range", "bytes=0-99999999999999999999"}, false, 206, 1, 1},
		{"one of two is wrong", old, []string{"Range", "bytes=0-4,7-6"}, false, 200, 1, 1},
		{"another unit", old, []string{"Range", "lines=0-4"}, false, 200, 1, 1},
		{"two lines of Range", old, []string{"Range", "bytes=0-4", "Range", "6-7"}, false, 200, 1, 1},
		{"If-None-Match", old, []string{"If-None-Match", `"x", "y"`}, true, 200, 1, 0},
		{"two lines of If-None-Match", old, []string{"If-None-Match", `"x"`, "If-None-Match", `"y"`}, false, 200, 1, 1},
		{"two lines that match", old, []string{"If-None-Match", `"x"`, "If-None-Match", `"app"`}, false, 304, 1, 0},
		{"If-Modified-Since with a zone", old, []string{"If-Modified-Since", "Sat, 06 Jan 2024 10:20:30 +0100"}, false, 200, 1, 1},
		{"the same beside a tag", old, []string{"If-Modified-Since", "Sat, 06 Jan 2024 10:20:30 +0100", "If-None-Match", `"x"`}, true, 200, 1, 0},
		{"two lines of If-Modified-Since", old, []string{"If-Modified-Since", lm, "If-Modified-Since", lm}, false, 200, 1, 1},

		{"If-Range holds", old, []string{"Range", "bytes=0-4", "If-Range", `"app"`}, true, 200, 1, 0},
		{"If-Range of another", old, []string{"Range", "bytes=0-4", "If-Range", `"x"`}, true, 200, 1, 0},
		{"If-Range by date", old, []string{"Range", "bytes=0-4", "If-Range", lm}, true, 200, 1, 0},
		{"If-Range by another date", old, []string{"Range", "bytes=0-4", "If-Range", "Sun, 07 Jan 2024 10:20:30 GMT"}, true, 200, 1, 0},
		{"If-Range by a date of old", old, []string{"Range", "bytes=0-4", "If-Range", "Saturday, 06-Jan-24 10:20:30 GMT"}, false, 206, 1, 1},
		{"If-Range with a zone", old, []string{"Range", "bytes=0-4", "If-Range", "Sat, 06 Jan 2024 10:20:30 +0100"}, false, 200, 1, 1},
		{"If-Range list", old, []string{"Range", "bytes=0-4", "If-Range", `"app", "x"`}, false, 200, 1, 1},
		{"If-Range without Range", old, []string{"If-Range", `"app", "x"`}, true, 200, 1, 0},
		{"weak, repeated", weak, []string{"Range", "bytes=0-4", "If-Range", `W/"app"`}, false, 200, 1, 1},
		{"weak, another", weak, []string{"Range", "bytes=0-4", "If-Range", `"x"`}, true, 200, 1, 0},

		{"digest of what is represented", digested, []string{"Want-Repr-Digest", "sha-256=1"}, false, 200, 1, 1},
		{"and a range", digested, []string{"Want-Repr-Digest", "sha-256=1", "Range", "bytes=0-4"}, false, 206, 1, 1},
		{"digest of what is sent", digested, []string{"Want-Content-Digest", "sha-256=1"}, false, 200, 1, 1},
		{"of a part there is none", digested, []string{"Want-Content-Digest", "sha-256=1", "Range", "bytes=0-4"}, true, 200, 1, 0},
		{"digest by another algorithm", digested, []string{"Want-Repr-Digest", "sha-512=1"}, true, 200, 1, 0},
		{"unknown digest", old, []string{"Want-Repr-Digest", "sha-256=1"}, true, 200, 1, 0},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			src := &statSource{info: tc.info}
			w := record(offloadingServer(blobdownload.AppValidators), http.MethodGet, &blobdownload.Download{File: wrapper.New("k.txt", src)}, nil, tc.fields...)
			assert.Equal(t, tc.offloaded, w.Header().Get("X-Accel-Redirect") != "")
			assert.Equal(t, tc.status, w.Code)
			assert.Equal(t, tc.stats, src.stats.Load(), "Stat calls")
			assert.Equal(t, tc.opens, src.open.Load(), "bodies")
		})
	}
}

// A date of the current second is no strong validator (RFC 9110 section 8.8.2.2), but nginx accepts it.
func TestDateOfThisSecondInIfRangeIsStreamed(t *testing.T) {
	t.Parallel()
	if left := time.Until(time.Now().Truncate(time.Second).Add(time.Second)); left < 500*time.Millisecond {
		time.Sleep(left) // the whole request in one second
	}
	info := textInfo
	info.ModTime = time.Now().Add(time.Hour) // counts as now
	d := &blobdownload.Download{File: wrapper.New("k.txt", &statSource{info: info})}
	w := record(offloadingServer(blobdownload.AppValidators), http.MethodGet, d, nil, "Range", "bytes=0-4", "If-Range", time.Now().UTC().Format(http.TimeFormat))
	assert.Empty(t, w.Header().Get("X-Accel-Redirect"))
	assert.Equal(t, http.StatusOK, w.Code)
	assert.Equal(t, 100, w.Body.Len())
}
