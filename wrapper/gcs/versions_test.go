package gcs_test

import (
	"encoding/json"
	"io"
	"io/fs"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/go-downloadview/downloadview/internal/objectserver"
	"github.com/go-downloadview/downloadview/wrapper"
)

// history are generations of objects, in the order of the service: by name, the oldest first.
var history = []struct {
	Name        string `json:"name"`
	Generation  string `json:"generation"`
	TimeCreated string `json:"timeCreated"`
	TimeDeleted string `json:"timeDeleted,omitempty"`
}{
	{"k", "11", "2026-01-01T00:00:00Z", "2026-01-02T00:00:00Z"},
	{"k", "22", "2026-01-02T00:00:00Z", "2026-01-03T00:00:00Z"}, // deleted, and written again two days later
	{"k", "33", "2026-01-05T00:00:00Z", ""},
	{"k.txt", "44", "2025-01-01T00:00:00Z", ""},
}

// startVersions starts a service of the history. The content of a generation is its number.
func startVersions(t *testing.T) *service {
	t.Helper()
	s := startService(t)
	s.Server.Verify = func(r *http.Request, now time.Time) *objectserver.Refusal {
		if q := r.URL.Query(); q.Has("X-Goog-Signature") && !validURL(r, &s.key.PublicKey, now) {
			return &objectserver.Refusal{Status: http.StatusForbidden, Code: "SignatureDoesNotMatch"}
		}
		return nil
	}
	s.Server.Key = func(r *http.Request) string { return r.URL.Path + "@" + r.URL.Query().Get("generation") }
	s.Server.Decorate = func(h http.Header, r *http.Request, o *objectserver.Object, _ int, _ string) {
		h.Set("X-Guploader-Uploadid", "AB")
		if o != nil {
			h.Set("X-Goog-Generation", r.URL.Query().Get("generation"))
			h.Set("X-Goog-Hash", "crc32c="+crc32c(o))
		}
	}
	s.Server.Metadata = func(w http.ResponseWriter, r *http.Request, _ func(string) *objectserver.Object) bool {
		if r.URL.Path != "/storage/v1/b/bucket/o" && r.URL.Path != "/b/bucket/o" {
			return false
		}
		assert.Equal(t, "true", r.URL.Query().Get("versions"))
		list, page := map[string]any{"kind": "storage#objects"}, r.URL.Query().Get("pageToken")
		all := history[:2]
		if list["nextPageToken"] = "2"; page == "2" {
			all = history[2:]
			delete(list, "nextPageToken")
		}
		list["items"] = all
		const key = "k"
		if !strings.HasPrefix(key, r.URL.Query().Get("prefix")) {
			list = map[string]any{"kind": "storage#objects"}
		}
		w.Header().Set("Content-Type", "application/json")
		_ = json.NewEncoder(w).Encode(list)
		return true
	}
	for _, o := range history {
		s.put("/bucket/"+o.Name+"@"+o.Generation, o.Generation)
	}
	return s
}

func TestAsOf(t *testing.T) { //nolint:paralleltest // the environment has the service's address
	s := startVersions(t)
	for name, open := range routes {
		f := wrapper.Blob(open(t, s, "bucket"), "k")
		for day, want := range map[string]string{
			"2025-12-31": "", "2026-01-01": "11", "2026-01-02": "22", "2026-01-03": "", "2026-01-04": "", "2026-01-05": "33", "2026-12-31": "33",
		} {
			at, err := time.Parse(time.DateOnly, day)
			require.NoError(t, err)
			file, err := f.AsOf(t.Context(), at)
			if want == "" {
				require.ErrorIs(t, err, fs.ErrNotExist, "%s %s", name, day)
				continue
			}
			require.NoError(t, err, "%s %s", name, day)
			assert.Equal(t, want, file.Version(), "%s %s", name, day)
			resp, err := file.Fetch(t.Context(), wrapper.Request{})
			require.NoError(t, err)
			content, err := io.ReadAll(resp.Body)
			require.NoError(t, err)
			require.NoError(t, resp.Close())
			assert.Equal(t, want, string(content), "%s %s", name, day)
			assert.Equal(t, http.StatusOK, s.get(t, file, wrapper.SignOptions{Version: file.Version(), Method: http.MethodGet}).StatusCode)
		}
		_, err := wrapper.Blob(open(t, s, "bucket"), "none").AsOf(t.Context(), time.Now())
		require.ErrorIs(t, err, fs.ErrNotExist, name)
	}
}
