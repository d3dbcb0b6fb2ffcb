package wrapper_test

import (
	"context"
	"io"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/go-downloadview/downloadview/wrapper"
)

func TestATooSmallSizeFailsTheRead(t *testing.T) {
	t.Parallel()
	resp, err := wrapper.Bytes("f", []byte(digits)).WithInfo(wrapper.Info{Size: 9}).Fetch(t.Context(), wrapper.Request{})
	require.NoError(t, err)
	_, err = io.ReadAll(resp.Body)
	require.ErrorIs(t, err, wrapper.ErrLength)
	require.NoError(t, resp.Close())
}

func TestACancelledContextMakesNoRequest(t *testing.T) {
	t.Parallel()
	gone, cancel := context.WithCancel(t.Context())
	cancel()
	src := newCountingSource(digits)
	passed := 0
	f := wrapper.New("f", src).WithAdmission(func(ctx) (func(), error) { passed++; return func() {}, nil })
	_, err := f.Stat(gone)
	require.ErrorIs(t, err, context.Canceled)
	_, err = f.Open(gone, 0, -1)
	require.ErrorIs(t, err, context.Canceled)
	stats, opens, _ := src.calls()
	assert.Zero(t, stats)
	assert.Empty(t, opens)
	assert.Zero(t, passed, "admissions")
}

func TestStatAddsTheInfoOfTheApplication(t *testing.T) {
	t.Parallel()
	info, err := wrapper.New("f", newCountingSource("")).WithInfo(wrapper.Info{ContentType: "text/x-mine"}).Stat(t.Context())
	require.NoError(t, err)
	assert.Equal(t, "text/x-mine", info.ContentType)
	assert.Equal(t, `"v1"`, info.ETag)
}

// net/http answers a suffix range of empty content with status 206 and the Content-Range `bytes 0--1/0`.
func TestURLSuffixRangeOfEmptyContent(t *testing.T) {
	t.Parallel()
	o := newOrigin(t, goServer(""))
	resp, err := o.file(t).Fetch(t.Context(), wrapper.Request{Range: "bytes=-5"})
	require.NoError(t, err)
	assert.Nil(t, resp.Body)
	assert.Equal(t, []string{"GET Range: bytes=-5;", "HEAD", "GET"}, o.requests(), "GET confirms the length 0 of HEAD")
}

func TestVersionsOfOneSecondAreDistinguished(t *testing.T) {
	t.Parallel()
	for name, b := range buckets(t) {
		require.NoError(t, b.WriteAll(t.Context(), "k", []byte("AAAA"), nil))
		info, err := wrapper.Blob(b, "k").Stat(t.Context())
		require.NoError(t, err)
		require.NoError(t, b.WriteAll(t.Context(), "k", []byte("BBBB"), nil))
		_, err = io.ReadAll(wrapper.Blob(b, "k").WithInfo(info).Reader(t.Context()))
		assert.ErrorIs(t, err, wrapper.ErrChanged, name)
	}
}
