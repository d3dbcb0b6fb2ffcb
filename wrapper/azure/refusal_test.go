package azure_test

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

func TestW6TransientErrorsAreRetriedByCode(t *testing.T) { //nolint:paralleltest // the service's log is one
	put("refusals/k", "content")
	for name, open := range routes {
		for _, r := range []objectserver.Refusal{
			refusal(503, "ServerBusy"), refusal(500, "OperationTimedOut"), refusal(500, "InternalError"), refusal(408, ""), refusal(409, "AccountBeingCreated"),
		} {
			f := wrapper.Blob(open(t, "refusals"), "k")
			service.Take()
			service.Refuse(r)
			_, body, err := fetch(t, f, wrapper.Request{})
			require.NoError(t, err, "%s %+v", name, r)
			assert.Equal(t, "content", body)
			assert.Equal(t, []int{r.Status, 200}, objectserver.Statuses(service.Take()), "%s %+v", name, r)
		}
	}
}

func TestW7KeyThatCannotExistIsMissing(t *testing.T) { //nolint:paralleltest // the service's log is one
	for name, open := range routes {
		f := wrapper.Blob(open(t, "refusals"), "k")
		for _, code := range []string{"InvalidResourceName", "OutOfRangeInput", "InvalidUri", "RequestUrlFailedToParse"} {
			service.Refuse(refusal(400, code))
			_, _, err := fetch(t, f, wrapper.Request{})
			require.ErrorIs(t, err, fs.ErrNotExist, "%s %s", name, code)
			service.Refuse(refusal(400, code))
			_, err = f.Stat(t.Context())
			require.ErrorIs(t, err, fs.ErrNotExist, "%s HEAD %s", name, code)
			assert.Equal(t, http.StatusNotFound, blobdownload.Status(err))
		}
	}
}

func TestW12WrongCredentialsAreLoggedAsErrors(t *testing.T) { //nolint:paralleltest // the service's log is one
	put("refusals/k", "content")
	for _, tt := range []struct {
		refusal objectserver.Refusal
		status  int
		lines   int // of level Error, for 10 requests
		advice  string
	}{
		{refusal(403, "AuthenticationFailed"), 403, 1, "key or signature is wrong"},
		{refusal(403, "AuthorizationPermissionMismatch"), 403, 1, "Storage Blob Data Reader"},
		{refusal(403, "KeyBasedAuthenticationNotPermitted"), 403, 1, "use Entra ID"},
		{refusal(401, "NoAuthenticationInformation"), 502, 1, "no credentials"},
		{refusal(412, "LeaseIdMissing"), 502, 1, "a lease is required"},
		{refusal(409, "BlobUsesCustomerSpecifiedEncryption"), 502, 1, "customer's key"},
		{refusal(404, "ContainerNotFound"), 404, 1, "container does not exist"},
		{refusal(404, "BlobNotFound"), 404, 0, ""},
		{refusal(400, "InvalidResourceName"), 404, 0, ""},
	} {
		for name, open := range routes {
			var log bytes.Buffer
			server := &blobdownload.Server{Logger: slog.New(slog.NewTextHandler(&log, nil))}
			f := wrapper.Blob(open(t, "refusals"), "k")
			for range 10 {
				service.Refuse(tt.refusal)
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

func TestW13ArchivedBlobIs409(t *testing.T) { //nolint:paralleltest // the service's log is one
	for name, open := range routes {
		put("refusals/cold", "content")
		f := wrapper.Blob(open(t, "refusals"), "cold")
		for _, code := range []string{"BlobArchived", "BlobBeingRehydrated"} {
			service.Refuse(refusal(409, code))
			_, _, err := fetch(t, f, wrapper.Request{})
			require.ErrorContains(t, err, "archived", name)
			assert.Equal(t, http.StatusConflict, blobdownload.Status(err), name)
		}
		service.Put("refusals/cold", &objectserver.Object{
			Content: []byte("content"), ETag: `"x"`, Header: http.Header{"X-Ms-Access-Tier": {"Archive"}},
		})
		_, err := f.Stat(t.Context())
		require.ErrorContains(t, err, "archived", name)
		assert.Equal(t, http.StatusConflict, blobdownload.Status(err), name)
		service.Put("refusals/cold", &objectserver.Object{
			Content: []byte("content"), ETag: `"x"`, Header: http.Header{"X-Ms-Access-Tier": {"Cool"}},
		})
		_, err = f.Stat(t.Context())
		require.NoError(t, err, name)
	}
}

func TestW18FoldersAreMissing(t *testing.T) { //nolint:paralleltest // the service's log is one
	for name, open := range routes {
		b := open(t, "refusals")
		for _, marker := range [][2]string{
			{"X-Ms-Meta-Hdi_isfolder", "true"}, {"X-Ms-Meta-Hdi_isfolder", "True"}, {"X-Ms-Resource-Type", "directory"},
			{"Content-Type", "application/x-directory; charset=UTF-8"}, {"Content-Type", "application/directory"},
		} {
			field, value := marker[0], marker[1]
			service.Put("refusals/folder", &objectserver.Object{ETag: `"x"`, Modified: time.Unix(1, 0), Header: http.Header{field: {value}}})
			for _, r := range []wrapper.Request{{}, {Head: true}} {
				_, _, err := fetch(t, wrapper.Blob(b, "folder"), r)
				require.ErrorIs(t, err, fs.ErrNotExist, "%s %s %+v", name, field, r)
			}
		}
		put("refusals/dir/", "")
		for _, r := range []wrapper.Request{{}, {Head: true}, {Range: "bytes=0-"}} {
			_, _, err := fetch(t, wrapper.Blob(b, "dir/"), r)
			require.ErrorIs(t, err, fs.ErrNotExist, "%s %+v", name, r)
		}
	}
}

// A proxy in front of the service sets a Date of its own: it is neither learnt nor kept.
func TestW9WrongDateOfAProxyIsNotLearnt(t *testing.T) { //nolint:paralleltest // the service's log is one
	put("refusals/k", "content")
	for name, open := range routes {
		f := wrapper.Blob(open(t, "refusals"), "k")
		wrong := objectserver.Refusal{Status: 403, Code: "AuthenticationFailed", Header: http.Header{
			"Date": {time.Now().Add(2 * time.Hour).UTC().Format(http.TimeFormat)},
		}}
		service.Refuse(wrong)
		if name == "direct" {
			service.Refuse(wrong) // its retry by the wrong Date
		}
		_, _, err := fetch(t, f, wrapper.Request{})
		require.ErrorIs(t, err, fs.ErrPermission, name)
		service.Take()
		_, _, err = fetch(t, f, wrapper.Request{})
		require.NoError(t, err, name)
		assert.Equal(t, []int{200}, objectserver.Statuses(service.Take()), name)
	}
}

// The SDK's requests are signed by this machine's clock: the log has the reason why they fail.
func TestW10RefusalForTheClockIsInTheLog(t *testing.T) { //nolint:paralleltest // it reads the program's log
	put("refusals/k", "content")
	service.Skew(2 * time.Hour)
	defer service.Skew(0)
	var log bytes.Buffer
	before := slog.Default()
	slog.SetDefault(slog.New(slog.NewTextHandler(&log, nil)))
	defer slog.SetDefault(before)
	f := wrapper.Blob(openClient(t, "refusals"), "k")
	service.Take()
	_, _, err := fetch(t, f, wrapper.Request{})
	require.ErrorIs(t, err, fs.ErrPermission)
	assert.Equal(t, []int{403}, objectserver.Statuses(service.Take()))
	assert.Regexp(t, `Set the clock.*this_machine="(2h0m0s|1h59m59s) behind"`, log.String())
}

func TestW11CheckNeedsNoPermissionToList(t *testing.T) { //nolint:paralleltest // the service is one
	for _, tt := range []struct {
		refusal objectserver.Refusal
		ok      bool
	}{
		{refusal(404, "BlobNotFound"), true},
		{refusal(404, "ContainerNotFound"), false},
		{refusal(403, "AuthorizationPermissionMismatch"), false},
		{refusal(403, "AuthenticationFailed"), false},
	} {
		for name, open := range routes {
			b := wrapper.NewBucket(open(t, "refusals"))
			service.Take()
			service.Refuse(tt.refusal)
			err := b.Check(t.Context())
			assert.Equal(t, tt.ok, err == nil, "%s %+v %v", name, tt.refusal, err)
			assert.Len(t, service.Take(), 1)
		}
	}
}
