package wrapper_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net/http"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/go-downloadview/downloadview/wrapper"
)

var errBroken = errors.New("broken on purpose")

// brokenBody fails after its first bytes, and at Close.
type brokenBody struct {
	io.Reader
	err error
}

func (b *brokenBody) Read(p []byte) (int, error) {
	if n, err := b.Reader.Read(p); err == nil {
		return n, nil
	}
	return 0, b.err
}

func (b *brokenBody) Close() error { return errBroken }

// brokenSource is content whose bodies fail with an error.
type brokenSource struct {
	*countingSource
	err error
}

func (s *brokenSource) Open(ctx ctx, off, n int64) (io.ReadCloser, error) {
	rc, err := s.countingSource.Open(ctx, off, 2)
	return &brokenBody{rc, s.err}, err
}

func TestErrorsOfBodiesNameTheFile(t *testing.T) {
	t.Parallel()
	elsewhere := &fs.PathError{Op: "read", Path: "/srv/data/0001", Err: errBroken}
	for name, cause := range map[string]error{
		"an error":          errBroken,
		"of another path":   elsewhere,
		"around an error":   fmt.Errorf("disk: %w", elsewhere),
		"of the same name":  &fs.PathError{Op: "read", Path: "dir/f", Err: errBroken},
		"cancelled":         context.Canceled,
		"an unexpected end": io.ErrUnexpectedEOF,
		"a change":          wrapper.ErrChanged,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			f := wrapper.New("dir/f", &brokenSource{newCountingSource(digits + string(make([]byte, 1000))), cause})
			opened, err := f.Open(t.Context(), 0, -1)
			require.NoError(t, err)
			resp, err := f.Fetch(t.Context(), wrapper.Request{Range: "bytes=0-4,1000-1004"})
			require.NoError(t, err)
			part, err := resp.Part(1)
			require.NoError(t, err)
			for of, body := range map[string]io.ReadCloser{
				"Open": opened, "Body": resp.Body, "Part": part, "Reader": f.Reader(t.Context()),
			} {
				got, err := io.ReadAll(body)
				assert.Len(t, got, 2, of)
				assertNamesFile(t, err, "read", cause)
				_, again := body.Read(make([]byte, 1))
				assert.Equal(t, err, again, of)
				assertNamesFile(t, body.Close(), "close", errBroken)
			}
			_, err = f.Reader(t.Context()).ReadAt(make([]byte, 5), 0)
			assertNamesFile(t, err, "read", cause)
		})
	}
}

func assertNamesFile(t *testing.T, err error, op string, cause error) {
	t.Helper()
	pe, ok := err.(*fs.PathError) //nolint:errorlint // the outermost error names the file
	require.True(t, ok, "%T: %v", err, err)
	assert.Equal(t, "dir/f", pe.Path)
	assert.Equal(t, op, pe.Op)
	require.ErrorIs(t, err, cause)
}

func TestPartOfAMissingFileNamesTheFile(t *testing.T) {
	t.Parallel()
	src := newCountingSource(digits + string(make([]byte, 1000)))
	resp, err := wrapper.New("dir/f", src).Fetch(t.Context(), wrapper.Request{Range: "bytes=0-1,1000-1001"})
	require.NoError(t, err)
	require.Equal(t, http.StatusPartialContent, resp.Status)
	require.NoError(t, resp.Close())
	src.gone = true
	part, err := resp.Part(1)
	assert.Nil(t, part, "no body behind a nil pointer")
	assertNamesFile(t, err, "open", fs.ErrNotExist)
}

func TestTheEndOfABodyIsTheBareEOF(t *testing.T) {
	t.Parallel()
	body, err := wrapper.Bytes("f", []byte(digits)).Open(t.Context(), 0, -1)
	require.NoError(t, err)
	_, err = io.Copy(io.Discard, struct{ io.Reader }{body})
	require.NoError(t, err)
	_, err = body.Read(make([]byte, 1))
	assert.Equal(t, io.EOF, err)
	require.NoError(t, body.Close())
}
