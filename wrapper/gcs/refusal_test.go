package gcs_test

import (
	"bytes"
	"io/fs"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/go-downloadview/downloadview/blobdownload"
	"github.com/go-downloadview/downloadview/internal/objectserver"
	"github.com/go-downloadview/downloadview/wrapper"
)

func refusal(status int, code string) objectserver.Refusal {
	return objectserver.Refusal{Status: status, Code: code}
}

func TestW6TransientErrorsAreRetriedByCode(t *testing.T) { //nolint:paralleltest // the environment has the service's address
	s := startService(t)
	s.put("k", "content")
	for name, open := range routes {
		for _, r := range []objectserver.Refusal{
			refusal(503, "SlowDown"), refusal(500, "InternalError"), refusal(429, "TooManyRequests"), refusal(408, ""),
			refusal(400, "RequestTimeout"), refusal(403, "userRateLimitExceeded"),
		} {
			f := wrapper.Blob(open(t, s, "bucket"), "k")
			s.Refuse(r)
			resp, err := f.Fetch(t.Context(), wrapper.Request{})
			require.NoError(t, err, "%s %+v", name, r)
			require.NoError(t, resp.Close())
			assert.Equal(t, []int{r.Status, 200}, objectserver.Statuses(s.Take()), "%s %+v", name, r)
		}
	}
}

func TestW7KeyThatCannotExistIsMissing(t *testing.T) { //nolint:paralleltest // the environment has the service's address
	s := startService(t)
	for name, open := range routes {
		f := wrapper.Blob(open(t, s, "bucket"), "k")
		for _, code := range []string{"InvalidArgument", "KeyTooLong", "InvalidURI", "InvalidObjectName"} {
			s.Refuse(refusal(400, code))
			_, err := f.Fetch(t.Context(), wrapper.Request{})
			require.ErrorIs(t, err, fs.ErrNotExist, "%s %s", name, code)
			s.Refuse(refusal(400, code), refusal(400, code))
			_, err = f.Stat(t.Context())
			require.ErrorIs(t, err, fs.ErrNotExist, "%s HEAD %s", name, code)
			assert.Equal(t, http.StatusNotFound, blobdownload.Status(err))
			s.Take()
		}
	}
}

func TestW12WrongCredentialsAreLoggedAsErrors(t *testing.T) { //nolint:paralleltest // the environment has the service's address
	s := startService(t)
	for _, tt := range []struct {
		refusal objectserver.Refusal
		status  int
		lines   int // of level Error, for 10 requests
		advice  string
	}{
		{refusal(403, "AccessDenied"), 403, 1, "storage.objects.get"},
		{refusal(403, "UserProjectAccessDenied"), 403, 1, "serviceusage.services.use"},
		{refusal(401, "AuthenticationRequired"), 502, 1, "unknown to the service"},
		{refusal(400, "UserProjectMissing"), 502, 1, "no project to bill"},
		{refusal(400, "KmsKeyDisabled"), 502, 1, "KMS key"},
		{refusal(404, "NoSuchBucket"), 404, 1, "bucket does not exist"},
		{refusal(404, "NoSuchKey"), 404, 0, ""},
	} {
		for name, open := range routes {
			if name == "SDK" && tt.refusal.Code == "NoSuchBucket" {
				continue // the SDK drops the code of a 404
			}
			var log bytes.Buffer
			server := &blobdownload.Server{Logger: slog.New(slog.NewTextHandler(&log, nil))}
			f := wrapper.Blob(open(t, s, "bucket"), "k")
			for range 10 {
				s.Refuse(tt.refusal)
				w := httptest.NewRecorder()
				r := httptest.NewRequestWithContext(t.Context(), http.MethodGet, "/k", http.NoBody)
				server.Handler(func(*http.Request) (*blobdownload.Download, error) { return &blobdownload.Download{File: f}, nil }).ServeHTTP(w, r)
				assert.Equal(t, tt.status, w.Code, "%s %+v", name, tt.refusal)
			}
			assert.Equal(t, tt.lines, strings.Count(log.String(), "level=ERROR"), "%s %+v %s", name, tt.refusal, &log)
			assert.Contains(t, log.String(), tt.advice)
		}
	}
}

func TestW18FolderMarkersAreMissing(t *testing.T) { //nolint:paralleltest // the environment has the service's address
	s := startService(t)
	s.put("dir/", "")
	for name, open := range routes {
		for _, r := range []wrapper.Request{{}, {Head: true}, {Range: "bytes=0-"}} {
			_, err := wrapper.Blob(open(t, s, "bucket"), "dir/").Fetch(t.Context(), r)
			require.ErrorIs(t, err, fs.ErrNotExist, "%s %+v", name, r)
		}
	}
}

// Through the SDK, the responses with a Date are those with an error, such as one to HEAD for a missing object.
func TestW10SignedURLHoldsByTheServicesClock(t *testing.T) { //nolint:paralleltest // the environment has the service's address
	s := startService(t)
	s.put("k", "content")
	for name, open := range routes {
		for _, skew := range []time.Duration{2 * time.Hour, -2 * time.Hour} {
			s.Skew(skew)
			b := open(t, s, "bucket")
			_, err := wrapper.Blob(b, "none").Stat(t.Context())
			require.ErrorIs(t, err, fs.ErrNotExist)
			assert.Equal(t, http.StatusOK, s.get(t, wrapper.Blob(b, "k"), wrapper.SignOptions{}).StatusCode, "%s %v", name, skew)
		}
	}
}

func TestW11CheckNeedsNoPermissionToList(t *testing.T) { //nolint:paralleltest // the service is one
	s := startService(t)
	for _, tt := range []struct {
		refusal objectserver.Refusal
		ok      bool
	}{
		{refusal(404, "NoSuchKey"), true},
		{refusal(403, "AccessDenied"), true}, // what the right to read alone gets
		{refusal(401, "AuthenticationRequired"), false},
		{refusal(400, "UserProjectMissing"), false},
	} {
		for name, open := range routes {
			b := wrapper.NewBucket(open(t, s, "bucket"))
			s.Take()
			s.Refuse(tt.refusal)
			err := b.Check(t.Context())
			assert.Equal(t, tt.ok, err == nil, "%s %+v %v", name, tt.refusal, err)
			assert.Len(t, s.Take(), 1)
		}
	}
}
