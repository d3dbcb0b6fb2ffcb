package s3_test

import (
	"bytes"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/go-downloadview/downloadview/blobdownload"
	"github.com/go-downloadview/downloadview/internal/objectserver"
	"github.com/go-downloadview/downloadview/wrapper"
)

func TestW12WrongCredentialsAreLoggedAsErrors(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		refusal objectserver.Refusal
		status  int
		lines   int // of level Error, for 10 requests
		advice  string
	}{
		{refusal(403, "InvalidAccessKeyId"), 403, 1, "access key does not exist"},
		{refusal(403, "SignatureDoesNotMatch"), 403, 1, "secret key is wrong"},
		{refusal(403, "AccessDenied"), 403, 1, "may not read"},
		{refusal(403, "SomethingNew"), 403, 1, "SomethingNew"},
		{refusal(406, ""), 502, 1, "406"},
		{refusal(400, "KMS.DisabledException"), 502, 1, "KMS"},
		{refusal(404, "NoSuchBucket"), 404, 1, "bucket does not exist"},
		{refusal(404, "XAdminUserNotFound"), 403, 1, "access key does not exist"},
		{refusal(404, "SomethingNotFound"), 502, 1, "no such resource"},
		{refusal(404, "NoSuchKey"), 404, 0, ""},
		{refusal(400, "KeyTooLongError"), 404, 0, ""},
	} {
		forBoth(t, func(t *testing.T, s *objectserver.Server, f *wrapper.File) {
			t.Helper()
			var log bytes.Buffer
			server := &blobdownload.Server{Logger: slog.New(slog.NewTextHandler(&log, nil))}
			for range 10 {
				s.Refuse(tt.refusal)
				w := httptest.NewRecorder()
				r := httptest.NewRequestWithContext(t.Context(), http.MethodGet, "/k", http.NoBody)
				server.Handler(func(*http.Request) (*blobdownload.Download, error) { return &blobdownload.Download{File: f}, nil }).ServeHTTP(w, r)
				assert.Equal(t, tt.status, w.Code, "%+v", tt.refusal)
			}
			assert.Equal(t, tt.lines, strings.Count(log.String(), "level=ERROR"), "%+v %s", tt.refusal, &log)
			assert.Contains(t, log.String(), tt.advice)
		})
	}
}
