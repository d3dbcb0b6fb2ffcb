package azure_test

import (
	"encoding/xml"
	"errors"
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

// versioned is the container with versioning. Its versions are keys with the id after an @.
const versioned = "versioned"

var versionIDs = []string{"2026-01-01T10:00:00.1234567Z", "2026-01-02T10:00:00.0000001Z", "2026-01-03T10:00:00.0000000Z"}

// versionOf returns the version that a request for an object of the versioned container is for.
func versionOf(r *http.Request) string {
	if !strings.HasPrefix(r.URL.Path, "/"+account+"/"+versioned+"/") {
		return ""
	}
	if id := r.URL.Query().Get("versionid"); id != "" {
		return id
	}
	return versionIDs[len(versionIDs)-1]
}

// listVersions responds to the list of a container's versions in pages of two.
func listVersions(w http.ResponseWriter, r *http.Request, _ func(string) *objectserver.Object) bool {
	q := r.URL.Query()
	if q.Get("comp") != "list" {
		return false
	}
	if !validSharedKey(r, time.Now()) || q.Get("include") != "versions" {
		w.WriteHeader(http.StatusForbidden)
		return true
	}
	type item struct{ Name, VersionId string } //nolint:revive // the service's name
	var all []item
	const key = "dir/k"
	if prefix := q.Get("prefix"); strings.HasPrefix(key, prefix) {
		for _, id := range versionIDs {
			all = append(all, item{"dir/k", id})
		}
		all = append(all, item{"dir/k.txt", "2020-01-01T00:00:00.0000000Z"})
	}
	page := struct {
		XMLName    xml.Name `xml:"EnumerationResults"`
		Blobs      []item   `xml:"Blobs>Blob"`
		NextMarker string
	}{Blobs: all}
	if len(all) > 2 {
		if page.Blobs, page.NextMarker = all[:2], "2"; q.Get("marker") == "2" {
			page.Blobs, page.NextMarker = all[2:], ""
		}
	}
	w.Header().Set("Content-Type", "application/xml")
	_ = xml.NewEncoder(w).Encode(page)
	return true
}

func TestAsOf(t *testing.T) { //nolint:paralleltest // the service's log is one
	for _, id := range versionIDs {
		put(versioned+"/dir/k@"+id, "content of "+id)
	}
	f := wrapper.Blob(openURL(t, versioned), "dir/k")
	for at, want := range map[string]string{
		"2026-01-01T10:00:00Z": "", "2026-01-01T11:00:00Z": versionIDs[0], "2026-01-02T10:00:00.0000001Z": versionIDs[1],
		"2026-01-02T10:00:00Z": versionIDs[0], "2027-01-01T00:00:00Z": versionIDs[2],
	} {
		moment, err := time.Parse(time.RFC3339Nano, at)
		require.NoError(t, err)
		file, err := f.AsOf(t.Context(), moment)
		if want == "" {
			require.ErrorIs(t, err, fs.ErrNotExist, at)
			continue
		}
		require.NoError(t, err, at)
		assert.Equal(t, want, file.Version())
		for _, r := range []wrapper.Request{{}, {Range: "bytes=0-6"}} {
			resp, body, err := fetch(t, file, r)
			require.NoError(t, err, at)
			assert.Equal(t, ("content of " + want)[:len(body)], body)
			assert.NotEmpty(t, body)
			assert.Equal(t, want, resp.Info.Version)
		}
		u, err := file.SignedURL(t.Context(), wrapper.SignOptions{Version: want})
		require.NoError(t, err)
		resp, err := service.Client().Get(u)
		require.NoError(t, err)
		require.NoError(t, resp.Body.Close())
		assert.Equal(t, http.StatusOK, resp.StatusCode)
		assert.Equal(t, want, resp.Header.Get("X-Ms-Version-Id"))
	}
	_, err := wrapper.Blob(openURL(t, versioned), "none").AsOf(t.Context(), time.Now())
	require.ErrorIs(t, err, fs.ErrNotExist)
	_, _, err = fetch(t, f.WithVersion("2026-01-09T10:00:00.0000000Z"), wrapper.Request{})
	require.ErrorIs(t, err, fs.ErrNotExist)
}

// The SDK's requests through Go CDK have no versions.
func TestAsOfThroughTheSDKIsUnsupported(t *testing.T) { //nolint:paralleltest // the service's log is one
	put(versioned+"/dir/k@"+versionIDs[2], "current")
	f := wrapper.Blob(openClient(t, versioned), "dir/k")
	_, err := f.AsOf(t.Context(), time.Now())
	require.ErrorIs(t, err, errors.ErrUnsupported)
	_, _, err = fetch(t, f.WithVersion(versionIDs[0]), wrapper.Request{})
	require.ErrorIs(t, err, errors.ErrUnsupported)
	_, body, err := fetch(t, f, wrapper.Request{})
	require.NoError(t, err)
	assert.Equal(t, "current", body)
}
