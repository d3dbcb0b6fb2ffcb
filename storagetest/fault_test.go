package storagetest_test

import (
	"context"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"gocloud.dev/blob"
	"gocloud.dev/gcerrors"

	"github.com/go-downloadview/downloadview/storagetest"
	"github.com/go-downloadview/downloadview/wrapper"
)

func TestFaultsOfABody(t *testing.T) {
	t.Parallel()
	mine := errors.New("mine")
	for name, tc := range map[string]struct {
		at     int64
		action storagetest.Action
		got    string
		err    error
	}{
		"failure":          {0, storagetest.Fail(mine), "", mine},
		"status":           {0, storagetest.Status(429, time.Second), "", &wrapper.UpstreamError{Status: 429, RetryAfter: time.Second}},
		"broken at once":   {0, storagetest.Break(mine), "", mine},
		"broken":           {4, storagetest.Break(nil), "2345", storagetest.ErrInjected},
		"broken at end":    {6, storagetest.Break(nil), "234567", storagetest.ErrInjected},
		"early end":        {4, storagetest.Truncate(), "2345", nil},
		"extra bytes":      {0, storagetest.Extend(2), "234567\x00\x00", nil},
		"flipped byte":     {1, storagetest.Flip(), "2\xcc4567", nil},
		"checksum":         {0, storagetest.Checksum(), "234567", storagetest.ErrChecksum},
		"stall":            {3, storagetest.Stall(time.Millisecond), "234567", nil},
		"drip":             {3, storagetest.Drip(1, time.Microsecond), "234567", nil},
		"ignored range":    {0, storagetest.IgnoreRange(), "0123456789", nil},
		"shifted range":    {0, storagetest.ShiftRange(-1), "123456", nil},
		"overwrite":        {2, storagetest.Overwrite("other"), "234567", nil},
		"removal":          {2, storagetest.Remove(), "234567", nil},
		"function":         {2, storagetest.Run(func() {}), "234567", nil},
		"failing Close":    {0, storagetest.FailClose(mine), "234567", mine},
		"ignored context":  {0, storagetest.IgnoreContext(), "234567", nil},
		"no validators":    {0, storagetest.StripValidators(), "234567", nil},
		"other validators": {0, storagetest.ChangeValidators(), "234567", nil},
		"other size":       {0, storagetest.Resize(3), "234567", nil},
	} {
		for kind, open := range map[string]func(testing.TB, storagetest.Objects) *storagetest.Bucket{
			"memory": storagetest.NewBucket, "directory": storagetest.NewDirBucket,
		} {
			t.Run(name+"/"+kind, func(t *testing.T) {
				t.Parallel()
				b := open(t, storagetest.Objects{"k": "0123456789"})
				b.Fault(storagetest.Fault{Key: "k", Op: storagetest.OpRead, At: tc.at, Action: tc.action})
				got, err := readRange(t.Context(), b.Bucket, 2, 6)
				assert.Equal(t, tc.got, got)
				if want := new(wrapper.UpstreamError); errors.As(tc.err, &want) {
					require.ErrorAs(t, err, &want)
					assert.Equal(t, tc.err, error(want))
					assert.Equal(t, gcerrors.ResourceExhausted, gcerrors.Code(err))
				} else {
					assert.ErrorIs(t, err, tc.err)
				}
				assert.Equal(t, 1, b.Fired())
				assert.Zero(t, b.Open())
			})
		}
	}
}

func readRange(ctx context.Context, b *blob.Bucket, off, n int64) (string, error) {
	r, err := b.NewRangeReader(ctx, "k", off, n, nil)
	if err != nil {
		return "", err
	}
	var buf strings.Builder
	_, err = io.Copy(&buf, struct{ io.Reader }{r})
	return buf.String(), errors.Join(err, r.Close())
}

func TestFaultsChangeMetadata(t *testing.T) {
	t.Parallel()
	b := storagetest.NewBucket(t, storagetest.Objects{"k": "0123456789"})
	before, err := b.Attributes(t.Context(), "k")
	require.NoError(t, err)
	b.Fault(
		storagetest.Fault{Op: storagetest.OpStat, Nth: 1, Action: storagetest.Resize(-1)},
		storagetest.Fault{Op: storagetest.OpStat, Nth: 2, Action: storagetest.StripValidators()},
		storagetest.Fault{Op: storagetest.OpStat, Nth: 3, Action: storagetest.ChangeValidators()},
	)
	resized, err := b.Attributes(t.Context(), "k")
	require.NoError(t, err)
	assert.Equal(t, int64(9), resized.Size)
	stripped, err := b.Attributes(t.Context(), "k")
	require.NoError(t, err)
	assert.Empty(t, stripped.ETag)
	assert.True(t, stripped.ModTime.IsZero())
	changed, err := b.Attributes(t.Context(), "k")
	require.NoError(t, err)
	assert.NotEqual(t, before.ETag, changed.ETag)
	assert.NotEqual(t, before.ModTime, changed.ModTime)
	b.Heal()
	healed, err := b.Attributes(t.Context(), "k")
	require.NoError(t, err)
	assert.Equal(t, before.ETag, healed.ETag)
}

// whenFired calls f in a goroutine once the script's first fault has fired.
func whenFired(t *testing.T, s *storagetest.Script, f func()) {
	t.Helper()
	done := make(chan struct{})
	t.Cleanup(func() { <-done })
	go func() {
		defer close(done)
		for s.Fired() == 0 && t.Context().Err() == nil {
			time.Sleep(time.Millisecond)
		}
		f()
	}()
}

func TestAStallEndsWithTheContextOrTheBody(t *testing.T) {
	t.Parallel()
	b := storagetest.NewBucket(t, storagetest.Objects{"k": "0123456789"})
	b.Fault(storagetest.Fault{Op: storagetest.OpRead, At: 1, Action: storagetest.Stall(0)})
	ctx, cancel := context.WithCancel(t.Context())
	whenFired(t, b.Script, cancel)
	got, err := readRange(ctx, b.Bucket, 0, -1)
	assert.Equal(t, "0", got)
	require.ErrorIs(t, err, context.Canceled)

	// A blob.Reader must not be closed during a Read; a response body may.
	origin := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, "0123456789") }))
	defer origin.Close()
	tr := storagetest.NewTransport(t, nil)
	tr.Fault(storagetest.Fault{At: 1, Action: storagetest.Stall(0)})
	resp, err := tr.Client().Get(origin.URL)
	require.NoError(t, err)
	whenFired(t, tr.Script, func() { assert.NoError(t, resp.Body.Close()) })
	_, err = io.Copy(io.Discard, resp.Body)
	require.ErrorContains(t, err, "closed body")
}

func TestFaultsOfAWriterKeepTheObject(t *testing.T) {
	t.Parallel()
	for _, action := range []storagetest.Action{storagetest.Break(nil), storagetest.FailClose(nil), storagetest.Fail(nil)} {
		t.Run(action.String(), func(t *testing.T) {
			t.Parallel()
			b := storagetest.NewBucket(t, storagetest.Objects{"k": "old"})
			b.Fault(storagetest.Fault{Op: storagetest.OpWrite, At: 2, Action: action})
			require.ErrorIs(t, b.WriteAll(t.Context(), "k", []byte("new content"), nil), storagetest.ErrInjected)
			got, err := readRange(t.Context(), b.Bucket, 0, -1)
			require.NoError(t, err)
			assert.Equal(t, "old", got)
		})
	}
}
