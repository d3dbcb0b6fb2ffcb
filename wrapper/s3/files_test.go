package s3_test

import (
	"archive/zip"
	"bytes"
	"io"
	"net/http"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/go-downloadview/downloadview/internal/objectserver"
	"github.com/go-downloadview/downloadview/wrapper"
	"github.com/go-downloadview/downloadview/wrapper/archive"
)

// A file inside an object costs what a window of the object costs.
func TestFilesOfAnObjectCostOneRequest(t *testing.T) {
	t.Parallel()
	var buf bytes.Buffer
	z := zip.NewWriter(&buf)
	for _, method := range []uint16{zip.Store, zip.Deflate} {
		w, err := z.CreateHeader(&zip.FileHeader{Name: map[uint16]string{zip.Store: "stored", zip.Deflate: "deflated"}[method], Method: method})
		require.NoError(t, err)
		_, err = io.WriteString(w, "content of a file")
		require.NoError(t, err)
	}
	require.NoError(t, z.Close())
	for name, change := range routes {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := startObjects(t)
			put(s, "a.txt", "0123456789")
			put(s, "a.zip", buf.String())
			b := openBucket(t, s.URL, change)
			section := wrapper.Section("part", wrapper.Blob(b, "a.txt"), 2, 3)
			got, err := fetch(t, section)
			require.NoError(t, err)
			assert.Equal(t, "234", got)
			assert.Equal(t, []int{http.StatusPartialContent}, objectserver.Statuses(s.Take()))

			var r archive.Reader
			for _, want := range []struct {
				name string
				cost int
			}{{"stored", 2}, {"deflated", 1}, {"stored", 1}, {"deflated", 1}} {
				var trace wrapper.Trace
				e := r.Entry(wrapper.Blob(b, "a.zip"), want.name)
				resp, err := e.Fetch(wrapper.WithTrace(t.Context(), &trace), wrapper.Request{})
				require.NoError(t, err)
				content, err := io.ReadAll(resp.Body)
				require.NoError(t, err)
				require.NoError(t, resp.Close())
				assert.Equal(t, "content of a file", string(content))
				assert.Len(t, s.Take(), want.cost, want.name)
				assert.EqualValues(t, want.cost, trace.Requests.Load(), want.name)
			}
		})
	}
}
