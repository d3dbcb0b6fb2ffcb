package wrapper_test

import (
	"context"
	"errors"
	"io"
	"net/http"
	"os/exec"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/go-downloadview/downloadview/wrapper"
)

var errMidway = errors.New("midway")

// both returns a file of Func and one of Seq with the same content.
func both(chunks []string, end error) map[string]*wrapper.File {
	return map[string]*wrapper.File{
		"Func": wrapper.Func("f", func(_ ctx, w io.Writer) error {
			for _, c := range chunks {
				if _, err := io.WriteString(w, c); err != nil {
					return err
				}
			}
			return end
		}),
		"Seq": wrapper.Seq("f", func(yield func([]byte, error) bool) {
			var reused []byte
			for _, c := range chunks {
				reused = append(reused[:0], c...)
				if !yield(reused, nil) {
					return
				}
			}
			if end != nil {
				yield(nil, end)
			}
		}),
	}
}

func TestGeneratedContentHasNoRanges(t *testing.T) {
	t.Parallel()
	for kind, f := range both([]string{"ab", "", "cde"}, nil) {
		t.Run(kind, func(t *testing.T) {
			t.Parallel()
			resp, err := f.Fetch(t.Context(), wrapper.Request{Range: "bytes=0-1"})
			require.NoError(t, err)
			assert.Equal(t, http.StatusOK, resp.Status, "Range is ignored")
			assert.Equal(t, int64(wrapper.UnknownSize), resp.Info.Size)
			assert.True(t, resp.Info.Sequential)
			assert.Equal(t, "abcde", readAll(t, resp.Body))
			_, err = f.Open(t.Context(), 1, 1)
			assert.ErrorIs(t, err, errors.ErrUnsupported)
		})
	}
}

func TestGeneratorErrorFailsTheRead(t *testing.T) {
	t.Parallel()
	for kind, f := range both([]string{"ab"}, errMidway) {
		t.Run(kind, func(t *testing.T) {
			t.Parallel()
			r, err := f.Open(t.Context(), 0, -1)
			require.NoError(t, err)
			got, err := io.ReadAll(r)
			require.ErrorIs(t, err, errMidway)
			assert.Equal(t, "ab", string(got))
			require.NoError(t, r.Close())
		})
	}
}

func TestGeneratedContentMustHaveItsDeclaredLength(t *testing.T) {
	t.Parallel()
	for made, want := range map[string]error{"abcde": nil, "abcd": io.ErrUnexpectedEOF, "abcdef": wrapper.ErrLength} {
		for kind, f := range both(strings.Split(made, ""), nil) {
			t.Run(kind+" "+made, func(t *testing.T) {
				t.Parallel()
				resp, err := f.WithInfo(wrapper.Info{Size: 5}).Fetch(t.Context(), wrapper.Request{Range: "bytes=0-1"})
				require.NoError(t, err)
				assert.Equal(t, http.StatusOK, resp.Status)
				assert.Equal(t, int64(5), resp.Info.Size)
				_, err = io.ReadAll(resp.Body)
				if want == nil {
					require.NoError(t, err)
				} else {
					require.ErrorIs(t, err, want)
				}
				require.NoError(t, resp.Body.Close())
			})
		}
	}
}

func TestHeadNeverRunsTheGenerator(t *testing.T) {
	t.Parallel()
	var ran atomic.Bool
	f := wrapper.Func("f", func(ctx, io.Writer) error { ran.Store(true); return nil })
	resp, err := f.Fetch(t.Context(), wrapper.Request{Head: true})
	require.NoError(t, err)
	assert.Nil(t, resp.Body)
	body, err := f.Open(t.Context(), 0, -1)
	require.NoError(t, err)
	require.NoError(t, body.Close())
	assert.False(t, ran.Load(), "a body without a Read")
}

func TestGeneratorStopsWhenTheReaderLeaves(t *testing.T) {
	t.Parallel()
	stopped := make(chan error, 1)
	f := wrapper.Func("f", func(ctx ctx, w io.Writer) error {
		for {
			if _, err := w.Write([]byte("x")); err != nil {
				stopped <- errors.Join(err, ctx.Err())
				return err
			}
		}
	})
	r, err := f.Open(t.Context(), 0, -1)
	require.NoError(t, err)
	_, err = r.Read(make([]byte, 1))
	require.NoError(t, err)
	require.NoError(t, r.Close())
	assert.ErrorIs(t, <-stopped, context.Canceled)
}

func TestGeneratorEndsWithItsContext(t *testing.T) {
	t.Parallel()
	for kind, f := range both([]string{"a", "b"}, nil) {
		t.Run(kind, func(t *testing.T) {
			t.Parallel()
			ctx, cancel := context.WithCancel(t.Context())
			r, err := f.Open(ctx, 0, -1)
			require.NoError(t, err)
			_, err = r.Read(make([]byte, 1))
			require.NoError(t, err)
			cancel()
			_, err = io.ReadAll(r)
			require.ErrorIs(t, err, context.Canceled)
			require.NoError(t, r.Close())
		})
	}
}

func TestGeneratorPanicIsAnError(t *testing.T) {
	t.Parallel()
	f := wrapper.Func("f", func(ctx, io.Writer) error { panic("boom") })
	r, err := f.Open(t.Context(), 0, -1)
	require.NoError(t, err)
	_, err = io.ReadAll(r)
	require.ErrorContains(t, err, "boom")
	require.NoError(t, r.Close())
}

// exec.Cmd writes from a goroutine of its own.
func TestGeneratorMayWriteFromOtherGoroutines(t *testing.T) {
	t.Parallel()
	f := wrapper.Func("f", func(ctx ctx, w io.Writer) error {
		cmd := exec.CommandContext(ctx, "echo", "hello")
		cmd.Stdout = onlyWriter{w}
		return cmd.Run()
	})
	r, err := f.Open(t.Context(), 0, -1)
	require.NoError(t, err)
	assert.Equal(t, "hello\n", readAll(t, r))
}

type onlyWriter struct{ io.Writer }
