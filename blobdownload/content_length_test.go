package blobdownload_test

import (
	"net/http"
	"strconv"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/go-downloadview/downloadview/wrapper"
)

// D18: content of unknown length was an empty download.
func TestD18_UnknownSizeIsNotZero(t *testing.T) {
	t.Parallel()
	unsized := newCountingSource("content")
	unsized.info.Size = wrapper.UnknownSize
	views := append(generatedViews([]byte("content")), contentView{
		name: "source", view: fileView(func(string) *wrapper.File { return unsized.file("a") }),
	})
	for _, p := range views {
		t.Run(p.name, func(t *testing.T) {
			t.Parallel()
			srv := startServer(t, quietServer().Handler(p.view))
			for name, header := range map[string][]string{"whole": nil, "range": {"Range", "bytes=0-1"}} {
				resp := get(t, srv, "/?key="+docKey, header...)
				assert.Equal(t, http.StatusOK, resp.StatusCode, name)
				assert.NotEqual(t, "0", resp.Header.Get("Content-Length"), name)
				assert.Equal(t, "none", resp.Header.Get("Accept-Ranges"), name)
				assert.Equal(t, "content", bodyText(t, resp), name)
			}
			head, err := roundTrip(t, srv, "HEAD", "/?key="+docKey)
			require.NoError(t, err)
			assert.Equal(t, http.StatusOK, head.StatusCode)
			assert.EqualValues(t, -1, head.ContentLength)
		})
	}
}

// D19: Content-Length counted characters instead of bytes.
func TestD19_LengthsAreInBytes(t *testing.T) {
	t.Parallel()
	content := "é世界🙂"
	for _, p := range storedViews(t, []byte(content)) {
		t.Run(p.name, func(t *testing.T) {
			t.Parallel()
			h := quietServer().Handler(p.view)
			resp := exchange(t, h, "GET", "/?key="+docKey)
			assert.Equal(t, strconv.Itoa(len(content)), resp.Header.Get("Content-Length"))
			assert.Equal(t, content, bodyText(t, resp))
			part := exchange(t, h, "GET", "/?key="+docKey, "Range", "bytes=1-2")
			assert.Equal(t, http.StatusPartialContent, part.StatusCode)
			assert.Equal(t, content[1:3], bodyText(t, part))
			assert.Equal(t, "bytes 1-2/12", part.Header.Get("Content-Range"))
		})
	}
}
