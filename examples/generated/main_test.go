package main

import (
	"archive/zip"
	"bytes"
	"context"
	"errors"
	"io"
	"iter"
	"net/http"
	"net/http/httptest"
	"strconv"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/go-downloadview/downloadview/storagetest"
	"github.com/go-downloadview/downloadview/wrapper"
)

func service(t *testing.T, rows query) http.Handler {
	t.Helper()
	bucket := storagetest.NewBucket(t, storagetest.Objects{"2026/1.txt": "2 pens\n", "2025/1.txt": "old\n"})
	return handler(rows, wrapper.NewBucket(bucket.Bucket))
}

func TestTheTableIsCSV(t *testing.T) {
	t.Parallel()
	response := storagetest.Serve(service(t, orders), storagetest.Get(t, "/orders.csv"))
	storagetest.CheckDownload(t, response, storagetest.Want{
		Status: http.StatusOK, MediaType: "text/csv", Filename: "orders.csv", Body: "id,item\n1,\"pen, \"\"red\"\"\"\n",
	})
}

func TestAFailedQueryIsAFailedTransfer(t *testing.T) {
	t.Parallel()
	server := httptest.NewServer(service(t, func(context.Context) iter.Seq2[[]string, error] {
		return func(yield func([]string, error) bool) {
			for i := range 100_000 {
				if !yield([]string{strconv.Itoa(i), "pen"}, nil) {
					return
				}
			}
			yield(nil, errors.New("database is gone"))
		}
	}))
	defer server.Close()
	response, err := server.Client().Get(server.URL + "/orders.csv")
	require.NoError(t, err)
	defer response.Body.Close()
	_, err = io.Copy(io.Discard, response.Body)
	assert.Equal(t, http.StatusOK, response.StatusCode)
	assert.ErrorIs(t, err, io.ErrUnexpectedEOF)
}

func TestTheArchiveHasAllObjectsAndRanges(t *testing.T) {
	t.Parallel()
	h := service(t, orders)
	whole := storagetest.Serve(h, storagetest.Get(t, "/invoices.zip"))
	storagetest.CheckDownload(t, whole, storagetest.Want{Status: http.StatusOK, MediaType: "application/zip", Filename: "invoices.zip"})
	assert.Equal(t, strconv.Itoa(whole.Body.Len()), whole.Header().Get("Content-Length"))
	content := whole.Body.Bytes()
	z, err := zip.NewReader(bytes.NewReader(content), int64(len(content)))
	require.NoError(t, err)
	got := map[string]string{}
	for _, f := range z.File {
		r, err := f.Open()
		require.NoError(t, err)
		text, err := io.ReadAll(r)
		require.NoError(t, err)
		got[f.Name] = string(text)
	}
	assert.Equal(t, map[string]string{"1.txt": "2 pens\n", "readme.txt": "the invoices of 2026\n"}, got)

	rest := storagetest.Serve(h, storagetest.Get(t, "/invoices.zip", storagetest.RangeFrom(40)))
	storagetest.CheckDownload(t, rest, storagetest.Want{Status: http.StatusPartialContent, Body: string(content[40:])})
}
