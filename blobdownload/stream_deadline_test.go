package blobdownload_test

import (
	"net/http"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"

	"github.com/go-downloadview/downloadview/blobdownload"
	"github.com/go-downloadview/downloadview/wrapper"
)

// net/http sets the deadline of a stream with a message to the goroutine of the connection. If that reads the message after the
// end of the stream, the deadline resets a complete stream, which RFC 9113 section 5.1 forbids.
func TestNoDeadlineOutlastsAStream(t *testing.T) {
	t.Parallel()
	const tag = `"a"`
	content := wrapper.Bytes("a", []byte(lettersOf(1000))).WithInfo(wrapper.Info{Size: 1000, ETag: tag})
	for name, c := range map[string]struct {
		method string
		header []string
		file   *wrapper.File
		status int
	}{
		"short body":        {"GET", nil, content, http.StatusOK},
		"range":             {"GET", []string{"Range", "bytes=5-9"}, content, http.StatusPartialContent},
		"multipart":         {"GET", []string{"Range", "bytes=5-9,800-900"}, content, http.StatusPartialContent},
		"HEAD":              {"HEAD", nil, content, http.StatusOK},
		"empty body":        {"GET", nil, wrapper.Bytes("a", nil), http.StatusOK},
		"not modified":      {"GET", []string{"If-None-Match", tag}, content, http.StatusNotModified},
		"precondition":      {"GET", []string{"If-Match", `"b"`}, content, http.StatusPreconditionFailed},
		"unsatisfied range": {"GET", []string{"Range", "bytes=5000-"}, content, http.StatusRequestedRangeNotSatisfiable},
		"error":             {"GET", nil, wrapper.Invalid("a", http.ErrNoLocation), http.StatusBadGateway},
		"error of a HEAD":   {"HEAD", nil, wrapper.Invalid("a", http.ErrNoLocation), http.StatusBadGateway},
		"method":            {"POST", nil, content, http.StatusMethodNotAllowed},
		"OPTIONS":           {"OPTIONS", nil, content, http.StatusNoContent},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			for _, proto := range []int{1, 2} {
				w := &deadlineWriter{recordingWriter: newRecordingWriter(), least: time.Hour}
				r := request(t, c.method, "/", c.header...)
				r.ProtoMajor = proto
				quietServer().Handler(viewOf(&blobdownload.Download{File: c.file})).ServeHTTP(w, r)
				assert.Equal(t, c.status, w.status)
				if proto == 1 {
					assert.Positive(t, w.sets)
				} else {
					assert.Zero(t, w.sets)
				}
			}
		})
	}
}
