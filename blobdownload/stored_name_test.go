package blobdownload_test

import (
	"net/http"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"gocloud.dev/blob"
	"gocloud.dev/blob/memblob"

	"github.com/go-downloadview/downloadview/blobdownload"
	"github.com/go-downloadview/downloadview/wrapper"
)

func TestW19TheStoredFilenameIsOffered(t *testing.T) {
	t.Parallel()
	const key = "0b6f4b0e-6a54-4f0c-9d2e-0f4a1f1d5f3c"
	for name, tc := range map[string]struct {
		stored, contentType string
		d                   blobdownload.Download
		want, wantType      string
	}{
		"stored":       {`attachment; filename="report 2025.pdf"`, "application/pdf", blobdownload.Download{}, `attachment; filename="report 2025.pdf"`, "application/pdf"},
		"no type":      {`attachment; filename="report 2025.pdf"`, "application/octet-stream", blobdownload.Download{}, `attachment; filename="report 2025.pdf"`, "application/pdf"},
		"application":  {`attachment; filename="a.pdf"`, "application/pdf", blobdownload.Download{Filename: "b.pdf"}, `attachment; filename="b.pdf"`, "application/pdf"},
		"sanitized":    {`attachment; filename="../../a/b.pdf"`, "application/pdf", blobdownload.Download{}, `attachment; filename="b.pdf"`, "application/pdf"},
		"malformed":    {`attachment; filename="a`, "application/pdf", blobdownload.Download{}, `attachment; filename="` + key + `"`, "application/pdf"},
		"inline":       {`attachment; filename="a.png"`, "image/png", blobdownload.Download{Inline: true}, `inline; filename="a.png"`, "image/png"},
		"not inline":   {`inline; filename="a.png"`, "image/png", blobdownload.Download{}, `attachment; filename="a.png"`, "image/png"},
		"runs code":    {`inline; filename="a.html"`, "image/png", blobdownload.Download{Inline: true}, `attachment; filename="a.html"`, "image/png"},
		"no file name": {`inline`, "application/pdf", blobdownload.Download{}, `attachment; filename="` + key + `"`, "application/pdf"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			b := memblob.OpenBucket(nil)
			t.Cleanup(func() { _ = b.Close() })
			require.NoError(t, b.WriteAll(t.Context(), key, []byte("content"), &blob.WriterOptions{
				ContentType: tc.contentType, ContentDisposition: tc.stored,
			}))
			d := tc.d
			d.File = wrapper.Blob(b, key)
			for _, method := range []string{http.MethodGet, http.MethodHead} {
				w := record(quietServer(), method, &d, nil)
				assert.Equal(t, tc.want, w.Header().Get("Content-Disposition"))
				assert.Equal(t, tc.wantType, w.Header().Get("Content-Type"))
			}
			w := record(offloadingServer(blobdownload.AppValidators), http.MethodGet, &d, nil)
			require.NotEmpty(t, w.Header().Get("X-Accel-Redirect"))
			assert.Equal(t, tc.want, w.Header().Get("Content-Disposition"))
		})
	}
}
