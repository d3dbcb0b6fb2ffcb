package wrapper_test

import (
	"errors"
	"io"
	"io/fs"
	"net/http"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/go-downloadview/downloadview/wrapper"
)

const digits = "0123456789"

func TestFetchCostsAndWindows(t *testing.T) {
	t.Parallel()
	for name, tc := range map[string]struct {
		req    wrapper.Request
		status int
		body   string
		opens  []window
	}{
		"whole":            {wrapper.Request{}, 200, digits, []window{{0, -1}}},
		"first":            {wrapper.Request{Range: "bytes=0-1"}, 206, "01", []window{{0, 2}}},
		"middle":           {wrapper.Request{Range: "bytes=3-5"}, 206, "345", []window{{3, 3}}},
		"suffix":           {wrapper.Request{Range: "bytes=-2"}, 206, "89", []window{{8, 2}}},
		"to the end":       {wrapper.Request{Range: "bytes=7-"}, 206, "789", []window{{7, 3}}},
		"If-Range holds":   {wrapper.Request{Range: "bytes=7-", IfRange: `"v1"`}, 206, "789", []window{{7, 3}}},
		"If-Range is old":  {wrapper.Request{Range: "bytes=7-", IfRange: `"v0"`}, 200, digits, []window{{0, -1}}},
		"HEAD":             {wrapper.Request{Head: true}, 200, "", nil},
		"HEAD and range":   {wrapper.Request{Head: true, Range: "bytes=0-1"}, 200, "", nil},
		"not modified":     {wrapper.Request{IfNoneMatch: `"v1"`}, 304, "", nil},
		"failed condition": {wrapper.Request{IfMatch: `"v0"`}, 412, "", nil},
		"unsatisfiable":    {wrapper.Request{Range: "bytes=10-"}, 416, "", nil},
	} {
		for _, known := range []bool{false, true} {
			t.Run(name, func(t *testing.T) {
				t.Parallel()
				src := newCountingSource(digits)
				f := wrapper.New("digits", src)
				wantStats := 1
				if known {
					f, wantStats = f.WithInfo(wrapper.Info{Size: 10, ETag: `"v1"`}), 0
				}
				resp, err := f.Fetch(t.Context(), tc.req)
				require.NoError(t, err)
				assert.Equal(t, tc.status, resp.Status)
				if tc.body != "" {
					assert.Equal(t, tc.body, readAll(t, resp.Body))
				} else {
					assert.Nil(t, resp.Body)
				}
				stats, opens, open := src.calls()
				assert.Equal(t, wantStats, stats, "calls of Stat")
				assert.Equal(t, tc.opens, opens)
				assert.Zero(t, open, "bodies left open")
			})
		}
	}
}

func TestPartsAreOpenedOneAfterTheOther(t *testing.T) {
	t.Parallel()
	src := newCountingSource(digits + string(make([]byte, 1000)) + digits)
	resp, err := wrapper.New("f", src).Fetch(t.Context(), wrapper.Request{Range: "bytes=1-2,-3"})
	require.NoError(t, err)
	assert.Equal(t, []wrapper.Range{{Off: 1, N: 2}, {Off: 1017, N: 3}}, resp.Ranges)
	first, err := resp.Part(0)
	require.NoError(t, err)
	assert.Equal(t, "12", readAll(t, first))
	second, err := resp.Part(1)
	require.NoError(t, err)
	assert.Equal(t, "789", readAll(t, second))
	_, opens, open := src.calls()
	assert.Equal(t, []window{{1, 2}, {1017, 3}}, opens)
	assert.Zero(t, open)
}

func TestPartOfAnotherVersionFails(t *testing.T) {
	t.Parallel()
	src := newCountingSource(digits + string(make([]byte, 1000)) + digits)
	resp, err := wrapper.New("f", src).Fetch(t.Context(), wrapper.Request{Range: "bytes=1-2,-3"})
	require.NoError(t, err)
	require.NoError(t, resp.Close())
	src.replace(string(make([]byte, 1020)), `"v2"`)
	_, err = resp.Part(1)
	require.ErrorIs(t, err, wrapper.ErrChanged)
	_, _, open := src.calls()
	assert.Zero(t, open, "bodies left open")
}

func TestFetchIgnoresStaleInfo(t *testing.T) {
	t.Parallel()
	src := newCountingSource(digits)
	f := wrapper.New("f", src).WithInfo(wrapper.Info{Size: 3, ETag: `"old"`, ContentType: "text/x-mine"})
	resp, err := f.Fetch(t.Context(), wrapper.Request{})
	require.NoError(t, err)
	assert.Equal(t, digits, readAll(t, resp.Body))
	assert.Equal(t, int64(10), resp.Info.Size)
	assert.Equal(t, `"v1"`, resp.Info.ETag)
	assert.Equal(t, "text/x-mine", resp.Info.ContentType, "metadata that does not contradict the storage")
	stats, opens, open := src.calls()
	assert.Equal(t, 1, stats)
	assert.Len(t, opens, 2)
	assert.Zero(t, open)
}

func TestFetchFailsIfTheContentKeepsChanging(t *testing.T) {
	t.Parallel()
	src := &everChanging{newCountingSource(digits)}
	_, err := wrapper.New("f", src).Fetch(t.Context(), wrapper.Request{})
	require.ErrorIs(t, err, wrapper.ErrChanged)
	_, _, open := src.calls()
	assert.Zero(t, open)
}

func TestEmptyContentIsNeverOpened(t *testing.T) {
	t.Parallel()
	src := newCountingSource("")
	resp, err := wrapper.New("f", src).Fetch(t.Context(), wrapper.Request{})
	require.NoError(t, err)
	assert.Equal(t, http.StatusOK, resp.Status)
	assert.Nil(t, resp.Body)
	r, err := wrapper.New("f", src).Open(t.Context(), 0, 0)
	require.NoError(t, err)
	assert.Empty(t, readAll(t, r))
	_, opens, _ := src.calls()
	assert.Empty(t, opens)
}

func TestErrorsArePathErrors(t *testing.T) {
	t.Parallel()
	src := newCountingSource(digits)
	src.gone = true
	f := wrapper.New("dir/f", src)
	_, statErr := f.Stat(t.Context())
	_, openErr := f.Open(t.Context(), 0, -1)
	_, fetchErr := f.Fetch(t.Context(), wrapper.Request{})
	_, readErr := f.Reader(t.Context()).Read(make([]byte, 1))
	for op, err := range map[string]error{"stat": statErr, "open": openErr, "fetch": fetchErr, "read": readErr} {
		pe, ok := errors.AsType[*fs.PathError](err)
		require.True(t, ok, op)
		assert.Equal(t, "dir/f", pe.Path, op)
		assert.ErrorIs(t, err, fs.ErrNotExist, op)
	}
}

func TestAdmissionsRunForEveryRequest(t *testing.T) {
	t.Parallel()
	var log []string
	gate := func(name string) wrapper.Admission {
		return func(ctx ctx) (func(), error) {
			log = append(log, "enter "+name)
			return func() { log = append(log, "leave "+name) }, nil
		}
	}
	f := wrapper.New("f", newCountingSource(digits)).WithAdmission(gate("a")).WithAdmission(gate("b"))
	resp, err := f.Fetch(t.Context(), wrapper.Request{})
	require.NoError(t, err)
	assert.Equal(t, []string{"enter a", "enter b", "leave b", "leave a", "enter a", "enter b"}, log)
	readAll(t, resp.Body)
	require.NoError(t, resp.Body.Close())
	assert.Equal(t, []string{"leave b", "leave a"}, log[6:], "once, although the body was closed twice")
}

func TestAnAdmissionRejectsARequest(t *testing.T) {
	t.Parallel()
	full := errors.New("full")
	left := 0
	src := newCountingSource(digits)
	f := wrapper.New("f", src).
		WithAdmission(func(ctx) (func(), error) { return func() { left++ }, nil }).
		WithAdmission(func(ctx) (func(), error) { return nil, full })
	_, err := f.Fetch(t.Context(), wrapper.Request{})
	require.ErrorIs(t, err, full)
	assert.Equal(t, 1, left, "the first admission is left")
	stats, opens, _ := src.calls()
	assert.Zero(t, stats)
	assert.Empty(t, opens)
}

func TestBodiesHaveTheRequestedLength(t *testing.T) {
	t.Parallel()
	for name, tc := range map[string]struct {
		said, made string
		want       error
	}{
		"as said": {"0123", "0123", nil},
		"short":   {"0123", "012", io.ErrUnexpectedEOF},
		"long":    {"0123", "01234", wrapper.ErrLength},
		"nothing": {"0123", "", io.ErrUnexpectedEOF},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			src := &wrongSize{said: int64(len(tc.said)), made: tc.made}
			r, err := wrapper.New("f", src).Open(t.Context(), 0, int64(len(tc.said)))
			require.NoError(t, err)
			got, err := io.ReadAll(r)
			require.NoError(t, r.Close())
			if tc.want == nil {
				require.NoError(t, err)
				assert.Equal(t, tc.made, string(got))
				return
			}
			require.ErrorIs(t, err, tc.want)
			_, again := r.Read(make([]byte, 1))
			assert.ErrorIs(t, again, tc.want, "every further Read")
		})
	}
}

func TestTimesAreComparedInWholeSeconds(t *testing.T) {
	t.Parallel()
	src := newCountingSource(digits)
	mod := time.Date(2026, 1, 2, 3, 4, 5, 678, time.UTC)
	src.info.ModTime = mod.Truncate(time.Second)
	resp, err := wrapper.New("f", src).WithInfo(wrapper.Info{Size: 10, ModTime: mod}).Fetch(t.Context(), wrapper.Request{})
	require.NoError(t, err)
	readAll(t, resp.Body)
	stats, _, _ := src.calls()
	assert.Zero(t, stats)
}
