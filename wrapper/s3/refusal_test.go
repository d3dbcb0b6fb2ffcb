package s3_test

import (
	"io/fs"
	"net/http"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/go-downloadview/downloadview/blobdownload"
	"github.com/go-downloadview/downloadview/internal/objectserver"
	"github.com/go-downloadview/downloadview/wrapper"
)

// forBoth runs a test on each route, against a store with one object, "k".
func forBoth(t *testing.T, run func(t *testing.T, s *objectserver.Server, f *wrapper.File)) {
	t.Helper()
	for name, change := range routes {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := startObjects(t)
			put(s, "k", "content")
			run(t, s, wrapper.Blob(openBucket(t, s.URL, change), "k"))
		})
	}
}

// refusal returns a response with an error.
func refusal(status int, code string) objectserver.Refusal {
	return objectserver.Refusal{Status: status, Code: code}
}

func TestW6TransientErrorsAreRetriedByCode(t *testing.T) {
	t.Parallel()
	for _, r := range []objectserver.Refusal{
		refusal(400, "RequestTimeout"), refusal(400, "Throttling"), refusal(400, "ThrottlingException"), refusal(408, ""),
		refusal(503, "SlowDown"), refusal(500, "InternalError"), refusal(429, "TooManyRequests"), refusal(403, "RequestThrottled"),
		refusal(409, "OperationAborted"),
	} {
		forBoth(t, func(t *testing.T, s *objectserver.Server, f *wrapper.File) {
			t.Helper()
			s.Refuse(r)
			got, err := fetch(t, f)
			require.NoError(t, err, "%+v", r)
			assert.Equal(t, "content", got)
			assert.Equal(t, []int{r.Status, 200}, objectserver.Statuses(s.Take()), "%+v", r)
		})
	}
}

func TestW7KeyThatCannotExistIsMissing(t *testing.T) {
	t.Parallel()
	for _, r := range []objectserver.Refusal{
		refusal(400, "KeyTooLongError"), refusal(400, "XMinioInvalidObjectName"), refusal(400, "InvalidURI"),
		{Status: http.StatusMethodNotAllowed, Code: "MethodNotAllowed", Header: http.Header{"X-Amz-Delete-Marker": {"true"}}},
	} {
		forBoth(t, func(t *testing.T, s *objectserver.Server, f *wrapper.File) {
			t.Helper()
			s.Refuse(r)
			_, err := fetch(t, f)
			require.ErrorIs(t, err, fs.ErrNotExist, "%+v", r)
			assert.Equal(t, http.StatusNotFound, blobdownload.Status(err))
			s.Refuse(r, r, r)
			_, err = f.Stat(t.Context())
			require.ErrorIs(t, err, fs.ErrNotExist, "HEAD %+v: it has no code", r)
		})
	}
}

func TestW13ArchivedObjectIs409(t *testing.T) {
	t.Parallel()
	forBoth(t, func(t *testing.T, s *objectserver.Server, f *wrapper.File) {
		t.Helper()
		s.Refuse(refusal(403, "InvalidObjectState"))
		_, err := fetch(t, f)
		require.ErrorContains(t, err, "archived")
		assert.Equal(t, http.StatusConflict, blobdownload.Status(err))
		for _, tt := range []struct {
			header http.Header
			status int
		}{
			{http.Header{"X-Amz-Storage-Class": {"GLACIER"}}, 409},
			{http.Header{"X-Amz-Storage-Class": {"DEEP_ARCHIVE"}, "X-Amz-Restore": {`ongoing-request="true"`}}, 409},
			{http.Header{"X-Amz-Storage-Class": {"INTELLIGENT_TIERING"}, "X-Amz-Archive-Status": {"ARCHIVE_ACCESS"}}, 409},
			{http.Header{"X-Amz-Storage-Class": {"GLACIER"}, "X-Amz-Restore": {`ongoing-request="false", expiry-date="x"`}}, 200},
			{http.Header{"X-Amz-Storage-Class": {"GLACIER_IR"}}, 200},
		} {
			s.Put("k", &objectserver.Object{Content: []byte("content"), ETag: `"x"`, Header: tt.header})
			_, err := f.Stat(t.Context())
			if tt.status == http.StatusOK {
				require.NoError(t, err, "%v", tt.header)
				continue
			}
			require.ErrorContains(t, err, "archived", "%v", tt.header)
			assert.Equal(t, tt.status, blobdownload.Status(err))
		}
	})
}

func TestW18FolderMarkersAreMissing(t *testing.T) {
	t.Parallel()
	for name, change := range routes {
		s := startObjects(t)
		put(s, "dir/", "")
		put(s, "full/", "content")
		b := openBucket(t, s.URL, change)
		for _, r := range []wrapper.Request{{}, {Head: true}, {Range: "bytes=0-"}, {Range: "bytes=-5"}} {
			_, err := wrapper.Blob(b, "dir/").Fetch(t.Context(), r)
			require.ErrorIs(t, err, fs.ErrNotExist, "%s %+v", name, r)
		}
		got, err := fetch(t, wrapper.Blob(b, "full/"))
		require.NoError(t, err)
		assert.Equal(t, "content", got)
	}
}
