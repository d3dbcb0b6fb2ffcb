package offload_test

import (
	"net/http"
	"os"
	"path/filepath"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/go-downloadview/downloadview/blobdownload"
	"github.com/go-downloadview/downloadview/wrapper"
)

// TestDateIsTheApplications sets a date other than the file's, and none. With application validators, every proxy sends and
// compares the application's date. Without one, Apache and lighttpd send the date of the file.
func TestDateIsTheApplications(t *testing.T) {
	t.Parallel()
	var unknown time.Time
	ofFile, known := time.Date(2024, 1, 6, 10, 20, 30, 0, time.UTC), time.Date(2020, 2, 2, 2, 2, 2, 0, time.UTC)
	for _, m := range modes {
		if !m.app {
			continue
		}
		t.Run(m.title, func(t *testing.T) {
			t.Parallel()
			dir := filesDir(t)
			path := filepath.Join(dir, "k.txt")
			require.NoError(t, os.WriteFile(path, []byte("0123456789"), 0o644))
			require.NoError(t, os.Chtimes(path, ofFile, ofFile))
			storage, err := blobdownload.OpenStorage(t.Context(), "docs=file://"+dir+"?metadata=skip")
			require.NoError(t, err)
			t.Cleanup(func() { _ = storage.Bucket.Close() })
			var offloaded atomic.Int64
			server := &blobdownload.Server{Optimizer: m.optimizer(dir), Observe: func(_ *http.Request, res blobdownload.Result) {
				if res.Redirect != nil {
					offloaded.Add(1)
				}
			}}
			base := frontOf(m.front).start(t, server.Handler(func(r *http.Request) (*blobdownload.Download, error) {
				info := wrapper.Info{Size: 10, ETag: `"own"`}
				if r.URL.Path == "/dated" {
					info.ModTime = known
				}
				return &blobdownload.Download{File: storage.File("k.txt").WithInfo(info)}, nil
			}), dir, "")

			undated := unknown
			if m.front == "apache2" || m.front == "lighttpd" {
				undated = ofFile
			}
			for _, tc := range []struct {
				name   string
				path   string
				fields []string
				status int
				date   time.Time
			}{
				{"whole", "/dated", nil, 200, known},
				{"part", "/dated", []string{"Range", "bytes=2-4"}, 206, known},
				{"If-Range", "/dated", []string{"Range", "bytes=2-4", "If-Range", known.Format(http.TimeFormat)}, 206, known},
				{"If-Range with the entity-tag", "/dated", []string{"Range", "bytes=2-4", "If-Range", `"own"`}, 206, known},
				{"If-Range with the date of the file", "/dated", []string{"Range", "bytes=2-4", "If-Range", ofFile.Format(http.TimeFormat)}, 200, known},
				{"If-Range of another", "/dated", []string{"Range", "bytes=2-4", "If-Range", `"x"`}, 200, known},
				{"If-Modified-Since", "/dated", []string{"If-Modified-Since", known.Format(http.TimeFormat)}, 304, known},
				{"no date", "/undated", nil, 200, undated},
				{"no date, part", "/undated", []string{"Range", "bytes=2-4"}, 206, undated},
			} {
				resp, body := get(t, base+tc.path, tc.fields...)
				assert.Equal(t, tc.status, resp.StatusCode, tc.name)
				assert.Equal(t, map[int]string{200: "0123456789", 206: "234"}[tc.status], body, tc.name)
				want := ""
				if tc.date != unknown {
					want = tc.date.Format(http.TimeFormat)
				}
				assert.Equal(t, want, resp.Header.Get("Last-Modified"), tc.name)
			}
			assert.EqualValues(t, 8, offloaded.Load())
		})
	}
}
