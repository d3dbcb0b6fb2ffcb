package gcs_test

import (
	"bytes"
	"compress/gzip"
	"math/rand/v2"
	"net/http"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/go-downloadview/downloadview/blobdownload"
	"github.com/go-downloadview/downloadview/internal/objectserver"
	"github.com/go-downloadview/downloadview/wrapper"
)

// No stored value makes an object unreadable, or a header field invalid.
func TestAnyStoredFieldsAreReadable(t *testing.T) { //nolint:paralleltest // the environment has the service's address
	var packed bytes.Buffer
	z := gzip.NewWriter(&packed)
	_, err := z.Write([]byte("content"))
	require.NoError(t, err)
	require.NoError(t, z.Close())
	for name, open := range routes {
		t.Run(name, func(t *testing.T) {
			s := startService(t)
			server := &blobdownload.Server{}
			f := wrapper.Blob(open(t, s, "bucket"), "report.txt")
			h := server.Handler(func(*http.Request) (*blobdownload.Download, error) { return &blobdownload.Download{File: f}, nil })
			for seed := range uint64(300) {
				fields := objectserver.RandomFields(rand.New(rand.NewPCG(seed, 0)))
				for _, content := range [][]byte{[]byte("content"), packed.Bytes()} {
					s.Put("report.txt", &objectserver.Object{Content: content, ETag: `"x"`, Modified: time.Now(), Header: fields})
					require.NoError(t, objectserver.CheckReadable(h, content), "seed %d: %q", seed, fields)
				}
			}
		})
	}
}
