package providers_test

import (
	"context"
	"io/fs"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"gocloud.dev/blob"

	"github.com/go-downloadview/downloadview/blobdownload"
	"github.com/go-downloadview/downloadview/internal/e2e/s3server"
	"github.com/go-downloadview/downloadview/internal/e2e/wirecount"
	"github.com/go-downloadview/downloadview/wrapper"
)

// writes stores each content in a second of its own, and then deletes the object. It returns the times between the writes:
// the first one before the first write, the last one after the deletion.
func writes(t *testing.T, server *s3server.Server, key string, contents ...string) (times []time.Time) {
	t.Helper()
	pause := func() {
		const half = 600 * time.Millisecond // for servers that date versions in whole seconds
		time.Sleep(half)
		times = append(times, time.Now())
		time.Sleep(half)
	}
	pause()
	for _, content := range contents {
		put(t, server, key, []byte(content))
		pause()
	}
	_, err := server.Client().DeleteObject(context.WithoutCancel(t.Context()), &s3.DeleteObjectInput{
		Bucket: aws.String(s3server.BucketName), Key: &key,
	})
	require.NoError(t, err)
	return append(times, time.Now().Add(time.Second))
}

// Each version of an object is read as of the time after it was written, streamed and by a presigned URL.
func TestS3AsOf(t *testing.T) {
	if !s3server.MinIO() {
		t.Skip("versitygw dates a version by its replacement; make nightly runs this test on MinIO")
	}
	eachLane(t, func(t *testing.T, server *s3server.Server, bucket *blob.Bucket, wire *wirecount.Counter) {
		server.Version(t, s3server.BucketName)
		for _, neighbour := range []string{"dir/k", "dir/k.txt.more", "dir/k.tx", "dir/k.txta"} {
			put(t, server, neighbour, []byte("of another object"))
		}
		const key = "dir/k.txt"
		times := writes(t, server, key, "one", "two", "two", "three")
		f := wrapper.Blob(bucket, key)
		handler := (&blobdownload.Server{}).Handler(blobdownload.View(func(r *http.Request) (*blobdownload.Download, error) {
			at, err := time.Parse(time.RFC3339Nano, r.URL.Query().Get("at"))
			if err != nil {
				return nil, err
			}
			file, err := f.AsOf(r.Context(), at)
			return &blobdownload.Download{File: file}, err
		}).Cached(blobdownload.OfVersion(blobdownload.NoStore)))
		var versions []string
		for i, want := range []string{"", "one", "two", "two", "three", ""} {
			wire.Take()
			file, err := f.AsOf(t.Context(), times[i])
			assert.Len(t, wire.Take(), 1, "one list")
			r := httptest.NewRequestWithContext(t.Context(), http.MethodGet, "/?at="+times[i].UTC().Format(time.RFC3339Nano), http.NoBody)
			w := httptest.NewRecorder()
			handler.ServeHTTP(w, r)
			if want == "" {
				require.ErrorIs(t, err, fs.ErrNotExist, "%d", i)
				assert.Equal(t, http.StatusNotFound, w.Code)
				continue
			}
			require.NoError(t, err, "%d", i)
			assert.NotContains(t, versions, file.Version(), "two writes of one content are two versions")
			versions = append(versions, file.Version())
			assert.Equal(t, want, w.Body.String())
			assert.Equal(t, "public, max-age=31536000, immutable", w.Header().Get("Cache-Control"))
			wire.Take()
			resp, body := fetch(t, file, wrapper.Request{})
			assert.Len(t, wire.Take(), 1)
			assert.Equal(t, want, string(body))
			assert.Equal(t, resp.Info.ETag, w.Header().Get("ETag"), "the version's own")
			assert.Equal(t, file.Version(), resp.Info.Version)
			u, err := file.SignedURL(t.Context(), wrapper.SignOptions{Version: file.Version()})
			require.NoError(t, err)
			_, body = getURL(t, http.MethodGet, u, nil)
			assert.Equal(t, want, string(body))
		}
		_, err := wrapper.Blob(bucket, "dir/none").AsOf(t.Context(), time.Now())
		require.ErrorIs(t, err, fs.ErrNotExist)
	})
}

// Without versioning, the current object is the only one: a replaced one does not exist.
func TestS3AsOfWithoutVersioning(t *testing.T) {
	eachLane(t, func(t *testing.T, server *s3server.Server, bucket *blob.Bucket, _ *wirecount.Counter) {
		put(t, server, "k", []byte("current"))
		f := wrapper.Blob(bucket, "k")
		file, err := f.AsOf(t.Context(), time.Now().Add(time.Second))
		require.NoError(t, err)
		_, body := fetch(t, file, wrapper.Request{})
		assert.Equal(t, "current", string(body))
		_, err = f.AsOf(t.Context(), time.Now().Add(-time.Hour))
		require.ErrorIs(t, err, fs.ErrNotExist)
		put(t, server, "k", []byte("replaced"))
		_, err = file.Fetch(t.Context(), wrapper.Request{})
		require.ErrorIs(t, err, fs.ErrNotExist)
	})
}
